// What the cache saves: the same query served from it and past it, n times, as bars.
import { Button } from "@graphiql/react";
import { useEffect, useRef, useState } from "react";

import { type Comparison, compare, median } from "./compare";
import type { Exchange } from "./exchanges";
import { counted, milliseconds } from "./figures";

const MOST_RUNS = 200;

export function Compare({ exchange }: { exchange: Exchange }) {
  const [runs, setRuns] = useState(20);
  const [comparison, setComparison] = useState<Comparison | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  async function start() {
    const controller = new AbortController();
    running.current = controller;
    setBusy(true);
    setProblem(null);
    await compare(exchange, runs, controller.signal, setComparison).catch((error: Error) => {
      if (!controller.signal.aborted) setProblem(error.message);
    });
    setBusy(false);
  }
  return (
    <div className="kanvaro-block">
      <h3>What it saves</h3>
      <div className="kanvaro-row">
        <label>
          Runs{" "}
          <input
            type="number"
            min={1}
            max={MOST_RUNS}
            value={runs}
            onChange={(event) => setRuns(Math.min(MOST_RUNS, Math.max(1, Number(event.target.value))))}
          />
        </label>
        {isBusy ? (
          <Button type="button" onClick={() => running.current?.abort()}>
            Stop
          </Button>
        ) : (
          <Button type="button" onClick={() => void start()}>
            Compare
          </Button>
        )}
      </div>
      {problem && (
        <p role="alert" className="kanvaro-problem">
          {problem}
        </p>
      )}
      {comparison && <Chart comparison={comparison} />}
    </div>
  );
}

function Chart({ comparison: { cached, bypassed, wanted, missed } }: { comparison: Comparison }) {
  const highest = Math.max(...cached.server, ...bypassed.server);
  const [fast, slow] = [median(cached.server), median(bypassed.server)];
  return (
    <div className="kanvaro-chart">
      <Bars name="From the cache" source="cached" times={cached.server} whole={cached.whole} highest={highest} />
      <Bars name="Past it" source="bypassed" times={bypassed.server} whole={bypassed.whole} highest={highest} />
      <p role="status">
        {fast > 0 && slow > 0 && <strong>{(slow / fast).toFixed(1)} times </strong>}
        as long without the cache of answers, in the server, by the medians of {counted(cached.server.length, "run")}
        {cached.server.length < wanted ? ` of ${wanted}` : ""}.
        {missed > 0 && ` ${missed} of the runs from the cache were not served from it.`}
      </p>
    </div>
  );
}

interface Series {
  name: string;
  source: string;
  times: number[];
  whole: number[];
  highest: number;
}

function Bars({ name, source, times, whole, highest }: Series) {
  return (
    <div className="kanvaro-bars">
      <div>
        {name}: <strong>{milliseconds(median(times))}</strong>{" "}
        <span className="kanvaro-dim">
          in the server, {milliseconds(Math.min(...times))} to {milliseconds(Math.max(...times))};{" "}
          {milliseconds(median(whole))} until it is here
        </span>
      </div>
      <div className="kanvaro-bar-row" aria-hidden="true">
        {times.map((time, run) => (
          <span
            key={run}
            data-source={source}
            style={{ height: `${Math.max(2, (time / highest) * 100)}%` }}
            title={milliseconds(time)}
          />
        ))}
      </div>
    </div>
  );
}

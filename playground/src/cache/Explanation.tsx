// Why: what the server tells of how an operation is answered, on request of whoever may inspect the cache.
import { Button, Spinner } from "@graphiql/react";
import { useState } from "react";

import { may, person } from "../session/session";
import { type Exchange, explainsAll } from "./exchanges";
import { explain } from "./explain";
import { counted, span } from "./figures";
import { Fact } from "./LastAnswer";
import { Fields } from "./Fields";
import { Places } from "./Places";
import { Reads } from "./Reads";
import { Tags } from "./Tags";
import { type Told, meaning } from "./told";

export function Explanation({ exchange }: { exchange: Exchange }) {
  person.use();
  const isAll = explainsAll.use();
  const [told, setTold] = useState<Told | null>(exchange.told);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  if (!may("cache:inspect")) {
    return <p className="kanvaro-dim">Whoever has the permission cache:inspect can have an answer explained here.</p>;
  }
  async function ask() {
    setBusy(true);
    setProblem(null);
    await explain(exchange).then(setTold, (error: Error) => setProblem(error.message));
    setBusy(false);
  }
  return (
    <div className="kanvaro-block">
      <h3>Where it comes from</h3>
      <div className="kanvaro-row">
        {exchange.isQuery && (
          <Button type="button" onClick={() => void ask()} disabled={isBusy}>
            Explain
          </Button>
        )}
        <label title="Such an answer is always made anew, and not kept">
          <input type="checkbox" checked={isAll} onChange={(event) => explainsAll.set(event.target.checked)} /> Explain
          each run
        </label>
        {isBusy && <Spinner />}
      </div>
      {problem && (
        <p role="alert" className="kanvaro-problem">
          {problem}
        </p>
      )}
      {told ? <Details told={told} again={exchange.isQuery ? ask : null} /> : <Hint isQuery={exchange.isQuery} />}
    </div>
  );
}

function Hint({ isQuery }: { isQuery: boolean }) {
  return (
    <p className="kanvaro-dim">
      {isQuery
        ? "Runs the query once more, past the cache of answers, and tells what each part of it came from."
        : "A mutation is not run again to be explained; have each run explained, then run it."}
    </p>
  );
}

function Details({ told, again }: { told: Told; again: (() => Promise<void>) | null }) {
  const { answer, roundTrips, plan } = told;
  return (
    <>
      <dl className="kanvaro-facts">
        <Fact name="Kept before">{held(told)}</Fact>
        <Fact name="May be kept">{keepable(told)}</Fact>
        {answer.scope && <Fact name="Scope">{answer.scope}</Fact>}
        <Fact name="Depends on">{consulted(answer.consulted)}</Fact>
        <Fact name="Round trips">
          {roundTrips ? `${roundTrips.cache} to the cache, ${roundTrips.store} to the store` : "not told"}
        </Fact>
      </dl>
      {answer.tags && <Tags tags={answer.tags} purged={again} />}
      {told.reads && <Reads reads={told.reads} />}
      {told.reads && <Fields reads={told.reads} />}
      {told.paths && <Places places={told.paths} more={told.pathsLeftOut ?? false} />}
      {plan && plan.length > 0 && (
        <details className="kanvaro-details">
          <summary>{counted(plan.length, "round trip")}, in their order</summary>
          <ol>
            {plan.map((trip, place) => (
              <li key={place}>
                batch {trip.batch}: {trip.to} <code>{trip.verb}</code>, {counted(trip.keys, "key")}
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

function held({ answer: { held } }: Told): string {
  if (!held) return "nothing was looked for";
  if (held.outcome === "withheld") return meaning(held.outcome);
  if (held.outcome === "miss") return `no: ${meaning(held.reason ?? "absent")}`;
  return `yes, ${span(held.age)} old, ${span(held.ttlLeft)} left${held.outcome === "stale" ? ", stale" : ""}`;
}

function keepable({ answer }: Told): string {
  if (!answer.keepable) return `no: ${meaning(answer.reason ?? "policy")}`;
  const stale = answer.staleWhileRevalidate ? `, and ${span(answer.staleWhileRevalidate)} while it is made anew` : "";
  return `${span(answer.maxAge)}${stale}`;
}

/** How much of the viewer the answer was made of. */
function consulted(level: string): string {
  const words: Record<string, string> = {
    nothing: "nothing of who asks",
    signedin: "whether somebody is signed in",
    organization: "the organisation",
    permissions: "what the viewer may",
    person: "the person",
    session: "the session",
  };
  return words[level] ?? level;
}

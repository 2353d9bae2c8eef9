// What the headers of the last answer say, and how the ones before it went.
import type { ReactNode } from "react";

import type { Exchange } from "./exchanges";
import { bytes, milliseconds, span } from "./figures";
import { OUTCOMES } from "./told";

export function LastAnswer({ exchange, earlier }: { exchange: Exchange; earlier: Exchange[] }) {
  const { answer, operation } = exchange;
  return (
    <div className="kanvaro-block">
      <div className="kanvaro-outcome" role="status">
        <Badge outcome={answer.cache} />
        <span>{OUTCOMES[answer.cache] ?? `The server answered ${answer.status} without a word on caching.`}</span>
      </div>
      <dl className="kanvaro-facts">
        <Fact name="Operation">{operation.operationName ?? "without a name"}</Fact>
        <Fact name="Age">{span(answer.age)}</Fact>
        <Fact name="Time left">{answer.cache === "BYPASS" ? "–" : span(answer.ttl)}</Fact>
        <Fact name="Time">
          {milliseconds(answer.took)}, in the server {milliseconds(answer.serverTook)}
        </Fact>
        <Fact name="Size">
          {bytes(answer.bytes)}
          {answer.sentBytes !== null && answer.sentBytes !== answer.bytes && `, sent as ${bytes(answer.sentBytes)}`}
        </Fact>
        <Fact name="Clients">
          <code>{answer.policy ?? "–"}</code>
        </Fact>
      </dl>
      <div className="kanvaro-trail" role="img" aria-label="The last answers, the latest at the right">
        {[...earlier].reverse().map((one) => (
          <span
            key={one.id}
            className="kanvaro-dot"
            data-outcome={one.answer.cache}
            title={`${one.operation.operationName ?? "without a name"}: ${one.answer.cache}, ${milliseconds(one.answer.took)}`}
          />
        ))}
      </div>
    </div>
  );
}

/** HIT, STALE, MISS or BYPASS in its colour. */
export function Badge({ outcome }: { outcome: string }) {
  return (
    <span className="kanvaro-badge" data-outcome={outcome}>
      {outcome || "?"}
    </span>
  );
}

/** A line of facts. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

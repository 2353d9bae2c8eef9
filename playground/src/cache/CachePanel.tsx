// The Cache panel: how the cache stood to the last answer, why, and what it saves.
import { exchanges } from "./exchanges";
import { Compare } from "./Compare";
import { Explanation } from "./Explanation";
import { LastAnswer } from "./LastAnswer";

export function CachePanel() {
  const all = exchanges.use();
  const [last] = all;
  return (
    <section className="kanvaro-panel" aria-label="Cache">
      <h2>Cache</h2>
      {last ? (
        <>
          <LastAnswer exchange={last} earlier={all} />
          <Explanation key={`told ${last.id}`} exchange={last} />
          {last.isQuery && <Compare key={`compared ${last.id}`} exchange={last} />}
        </>
      ) : (
        <p className="kanvaro-dim">
          Run an operation: this panel tells whether its answer came from the cache, what it was made of and what would
          make it anew.
        </p>
      )}
    </section>
  );
}

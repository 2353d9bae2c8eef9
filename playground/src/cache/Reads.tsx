// What an answer was made of, batch by batch: how much came from where, and each thing on demand.
import { counted, span } from "./figures";
import { type Read, meaning } from "./told";

/** More of one kind in one batch are not listed. */
const MOST_LISTED = 200;

export function Reads({ reads }: { reads: Read[] }) {
  const batches = Map.groupBy(reads, (read) => read.batch);
  return (
    <div className="kanvaro-reads">
      {[...batches].map(([batch, reads]) => (
        <div key={batch} className="kanvaro-batch">
          <h4>Batch {batch}</h4>
          {[...Map.groupBy(reads, (read) => read.of)].map(([of, reads]) => (
            <Kind key={of} of={of} reads={reads} />
          ))}
        </div>
      ))}
    </div>
  );
}

function Kind({ of, reads }: { of: string; reads: Read[] }) {
  return (
    <details className="kanvaro-details">
      <summary>
        {named(of, reads.length)}
        <Share reads={reads} />
      </summary>
      <table className="kanvaro-table">
        <thead>
          <tr>
            <th>Key</th>
            <th>From</th>
            <th>Age</th>
            <th>Left</th>
          </tr>
        </thead>
        <tbody>
          {reads.slice(0, MOST_LISTED).map((read, place) => (
            <tr key={place}>
              <td title={read.tag ? `tag ${read.tag}` : "never kept"}>
                <code>{read.key ?? "–"}</code>
              </td>
              <td title={read.outcome === "hit" ? undefined : meaning(read.outcome)} data-source={source(read)}>
                {read.level ?? ""} {read.outcome === "hit" ? "" : read.outcome}
              </td>
              <td>{span(read.age)}</td>
              <td>{span(read.ttlLeft)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** A bar of how much came from where. */
export function Share({ reads }: { reads: Read[] }) {
  const sources = Map.groupBy(reads, source);
  const said = [...sources].map(([source, some]) => `${some.length} ${source}${reasons(some)}`).join(", ");
  return (
    <span className="kanvaro-share">
      <span className="kanvaro-share-bar" aria-hidden="true">
        {[...sources].map(([source, some]) => (
          <span key={source} data-source={source} style={{ width: `${(some.length / reads.length) * 100}%` }} />
        ))}
      </span>
      <span className="kanvaro-dim">{said}</span>
    </span>
  );
}

/** Why these were not served from the cache, where they were not. */
function reasons(reads: Read[]): string {
  const words = new Set(reads.map((read) => read.outcome).filter((word) => word !== "hit" && word !== "withheld"));
  return words.size > 0 ? ` (${[...words].join(", ")})` : "";
}

/** What the server's words for lists and counts mean; kinds of entities have their own names. */
const NAMES: Record<string, string> = {
  page: "list",
  count: "count",
  status_counts: "count by status",
  memberships: "list of memberships",
};

function named(of: string, count: number): string {
  const name = NAMES[of] ?? of;
  const [first = "", ...rest] = name.split(" ");
  return [counted(count, first), ...rest].join(" ");
}

function source(read: Read): string {
  return read.outcome === "withheld" ? "withheld" : (read.level ?? "store");
}

// Which field read how much, from where, and why not from the cache.
import { Share } from "./Reads";
import type { Read } from "./told";

export function Fields({ reads }: { reads: Read[] }) {
  const fields = byField(reads);
  if (fields.size === 0) return null;
  return (
    <details className="kanvaro-details" data-part="fields">
      <summary>By field</summary>
      <table className="kanvaro-table">
        <thead>
          <tr>
            <th>Field</th>
            <th>Read</th>
            <th>From</th>
          </tr>
        </thead>
        <tbody>
          {[...fields].map(([field, reads]) => (
            <tr key={field} data-field={field}>
              <td>
                <code>{field}</code>
              </td>
              <td>{reads.length}</td>
              <td>
                <Share reads={reads} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** What several fields read counts for each of them. */
function byField(reads: Read[]): Map<string, Read[]> {
  const fields = new Map<string, Read[]>();
  for (const read of reads) {
    for (const field of read.fields ?? []) {
      fields.set(field, [...(fields.get(field) ?? []), read]);
    }
  }
  return fields;
}

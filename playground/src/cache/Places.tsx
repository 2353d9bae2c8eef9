// What each place of the answer came from, from the root down.
import { span } from "./figures";
import { type Place, meaning } from "./told";

/** More places are not listed. */
const MOST_LISTED = 200;

export function Places({ places, more }: { places: Place[]; more: boolean }) {
  return (
    <details className="kanvaro-details" data-part="places">
      <summary>By place in the answer</summary>
      <table className="kanvaro-table">
        <thead>
          <tr>
            <th>Place</th>
            <th>From</th>
            <th>Age</th>
            <th>Left</th>
          </tr>
        </thead>
        <tbody>
          {places.slice(0, MOST_LISTED).map((place, at) => (
            <tr key={at} data-place={place.path.join(".")}>
              <td title={titled(place)}>
                <code>{place.path.join(".") || "the whole answer"}</code>
              </td>
              <td title={isPlain(place) ? undefined : meaning(place.outcome)}>
                {place.level ?? ""} {isPlain(place) ? "" : place.outcome}
              </td>
              <td>{span(place.age)}</td>
              <td>{span(place.ttlLeft)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {(more || places.length > MOST_LISTED) && <p className="kanvaro-dim">There are more places than are listed.</p>}
    </details>
  );
}

/** Whether the level says it all. */
function isPlain(place: Place): boolean {
  return place.outcome === "hit" || place.outcome === place.level;
}

function titled(place: Place): string {
  const tags = place.tags?.length ? `tags ${place.tags.join(", ")}` : "no tags of its own";
  const kept = place.scope ? `; ${place.scope}, ${span(place.maxAge)} at most` : "";
  return `${place.field ? `${place.field}: ` : ""}${tags}${kept}`;
}

// What an answer is renewed by, each with a button that does so for whoever may.
import { UnStyledButton } from "@graphiql/react";
import { useState } from "react";

import { may } from "../session/session";
import { purge } from "./explain";
import { counted } from "./figures";

export function Tags({ tags, purged }: { tags: string[]; purged: (() => Promise<void>) | null }) {
  const [said, setSaid] = useState<string | null>(null);
  async function renew(tag: string) {
    try {
      await purge(tag);
      setSaid(`${tag} is purged: what bears it is read anew.`);
      await purged?.();
    } catch (error) {
      setSaid((error as Error).message);
    }
  }
  return (
    <details className="kanvaro-details" open={tags.length <= 6}>
      <summary>{counted(tags.length, "tag")}: a write of any of them renews the answer</summary>
      <ul className="kanvaro-tags">
        {tags.map((tag) => (
          <li key={tag}>
            <code>{tag}</code>
            {may("cache:purge") && (
              <UnStyledButton type="button" onClick={() => void renew(tag)} aria-label={`Purge ${tag}`}>
                Purge
              </UnStyledButton>
            )}
          </li>
        ))}
      </ul>
      <p role="status" className="kanvaro-dim">
        {said}
      </p>
    </details>
  );
}

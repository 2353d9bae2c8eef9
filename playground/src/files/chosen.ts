// The files that were chosen in this page, by the places that they go to.
import type { GraphQLSchema, DocumentNode } from "graphql";

import { Cell } from "../cell";
import type { ChosenFile } from "../server/post";
import { places } from "./places";

/** By path in the variables. */
export const chosen = new Cell<Record<string, File[]>>({});

/** Chooses these for a place; none: chooses nothing. */
export function choose(path: string, files: File[]): void {
  const { [path]: _, ...others } = chosen.get();
  chosen.set(files.length === 0 ? others : { ...others, [path]: files });
}

/** The files that go along with an operation. */
export function filesFor(
  document: DocumentNode | null,
  schema: GraphQLSchema | null,
  name?: string | null,
): ChosenFile[] {
  if (!document || !schema) return [];
  return places(document, schema, name).flatMap(({ path, isList }) => {
    const files = chosen.get()[path] ?? [];
    return files.map((file, place) => ({ path: isList ? `${path}.${place}` : path, file }));
  });
}

// The pairs of tests/it/sdl_diff/pairs.txt: [{ name, old, new, expected }], expected as lines `SEVERITY CHANGE path`.
import { readFileSync } from "node:fs";

export function pairs() {
  const text = readFileSync(new URL("../it/sdl_diff/pairs.txt", import.meta.url), "utf8");
  return text.split("\n=== ").slice(1).map((section) => {
    const [, name, old, next, expected] = section.match(/^(.*)\n([^]*?)\n---\n([^]*?)\n>>>([^]*)$/);
    return { name, old, new: next, expected: expected.split("\n").map((line) => line.trim()).filter(Boolean).sort() };
  });
}

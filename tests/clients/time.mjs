// Times a pair of 10 000-type schemas in `kanvaro schema diff` and in graphql-inspector, in turns, in one run. A measurement, not a test:
//   node tests/clients/time.mjs target/release/kanvaro
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiffRule, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";

const TYPES = 10_000;
const program = process.argv[2];
if (!program) {
  console.error("usage: node time.mjs KANVARO");
  process.exit(2);
}

function large(odd) {
  let sdl = "type Query { first: T0 }\n";
  for (let index = 0; index < TYPES - 1; index++) {
    const next = (index + 1) % (TYPES - 1);
    const late = odd && index % 10 === 0 ? "late: Int!" : "late: Int";
    sdl +=
      `"""The type of number ${index}."""\ntype T${index} {\n  "Its id."\n  id: ID!\n  name: String\n` +
      `  list(first: Int = 20, after: String): [T${next}!]!\n  ${late}\n  old: String @deprecated(reason: "gone")\n}\n`;
  }
  return sdl;
}

const [old, next] = [large(false), large(true)];
const place = mkdtempSync(join(tmpdir(), "kanvaro-time-"));
const files = ["old.graphql", "new.graphql"].map((name) => join(place, name));
writeFileSync(files[0], old);
writeFileSync(files[1], next);
console.log(`${TYPES} types, ${(old.length / 1e6).toFixed(1)} MB each; milliseconds with reading both, ours with the start of the program`);
for (let turn = 0; turn < 5; turn++) {
  let start = performance.now();
  const ended = spawnSync(program, ["schema", "diff", ...files, "--format", "json"], { encoding: "utf8", maxBuffer: 1 << 28 });
  const ours = performance.now() - start;
  if (ended.status === 2 || ended.error) throw new Error(ended.stderr ?? String(ended.error));
  const found = JSON.parse(ended.stdout).changes.length;
  start = performance.now();
  const changes = await diff(buildSchema(old), buildSchema(next), [DiffRule.simplifyChanges]);
  const theirs = performance.now() - start;
  console.log(`kanvaro ${ours.toFixed(0)} (${found} changes)  graphql-inspector ${theirs.toFixed(0)} (${changes.length} changes)`);
}
rmSync(place, { recursive: true, force: true });

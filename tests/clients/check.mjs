// Holds schema/schema.graphql against what its clients run: graphql-js, relay-compiler, graphql-codegen and tsc.
// Everything is made in a directory of its own: relay-compiler adds what it makes to a git repository by itself.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSchema, lexicographicSortSchema, printSchema, validateSchema } from "graphql";

const here = fileURLToPath(new URL(".", import.meta.url));
const file = join(here, "../../schema/schema.graphql");
const text = readFileSync(file, "utf8");
let failed = 0;

function told(what, problems) {
  console.log(`${problems.length === 0 ? "ok    " : "FAILED"} ${what}`);
  problems.forEach((problem) => console.log(`       ${problem}`));
  failed += problems.length === 0 ? 0 : 1;
}

function attempt(what, work) {
  try {
    told(what, work() ?? []);
  } catch (error) {
    told(what, [String(error.message ?? error)]);
  }
}

// Where directives stand isn't printed by graphql-js, so they are taken out of the file before the two are compared.
function withoutDirectives(sdl) {
  return sdl.replace(/ @(?!deprecated|specifiedBy|oneOf)\w+\([^()]*\)/g, (hit, at) => (sdl.slice(0, at).endsWith("directive") ? hit : ""));
}

attempt("graphql-js builds it and finds it valid", () => validateSchema(buildSchema(text)).map(String));
attempt("graphql-js prints it the same", () => {
  const lines = (sdl) => sdl.split("\n").map((line) => line.trim()).filter(Boolean);
  const theirs = lines(printSchema(lexicographicSortSchema(buildSchema(text))));
  const ours = lines(withoutDirectives(text));
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  if (at < 0 && ours.length === theirs.length) return [];
  return [`ours:   ${ours[at] ?? "(ends)"}`, `theirs: ${theirs[at] ?? "(ends)"}`];
});

function run(directory, tool, ...args) {
  const ended = spawnSync(process.execPath, [join(here, "node_modules", tool), ...args], { cwd: directory, encoding: "utf8" });
  if (ended.status !== 0) throw new Error(`${tool}: ${ended.stdout}${ended.stderr}`);
}

function made(directory, expected) {
  const found = readdirSync(join(directory, "artifacts"));
  return expected.filter((name) => !found.includes(name)).map((name) => `${name} was not made`);
}

const place = mkdtempSync(join(tmpdir(), "kanvaro-clients-"));
try {
  for (const name of ["relay", "codegen"]) {
    cpSync(join(here, name), join(place, name), { recursive: true });
    cpSync(file, join(place, name, "schema.graphql"));
    mkdirSync(join(place, name, "artifacts"));
  }
  symlinkSync(join(here, "node_modules"), join(place, "node_modules"));
  attempt("relay-compiler compiles connections, refetches and store updates with it", () => {
    const directory = join(place, "relay");
    run(directory, "relay-compiler/cli.js", "relay.config.json");
    return made(directory, ["BoardQuery.graphql.ts", "BoardTasksPageQuery.graphql.ts", "BoardCreateMutation.graphql.ts"]);
  });
  attempt("graphql-codegen's client preset types operations with strict scalars, and tsc agrees", () => {
    const directory = join(place, "codegen");
    run(directory, "@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.ts");
    const missing = made(directory, ["graphql.ts", "gql.ts", "fragment-masking.ts"]);
    const strict = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];
    run(directory, "typescript/bin/tsc", ...strict, "use.ts");
    return missing;
  });
} finally {
  rmSync(place, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

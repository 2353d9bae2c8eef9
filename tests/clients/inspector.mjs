// The verdicts of `kanvaro schema diff` on the pairs of tests/it/sdl_diff/pairs.txt (which a Rust test holds against
// the program) beside those of graphql-inspector, as the table of docs/schema.md. Fails when the two differ in a way
// that isn't explained there, or when the table is old; with --write the table is written anew.
import { readFileSync, writeFileSync } from "node:fs";
import { DiffRule, diff } from "@graphql-inspector/core";
import { buildSchema } from "graphql";
import { pairs } from "./pairs.mjs";

const LEVELS = { BREAKING: "BREAKING", DANGEROUS: "DANGEROUS", NON_BREAKING: "SAFE" };
const docs = new URL("../../docs/schema.md", import.meta.url);

const split = (line) => line.split(" ");
const kind = (line) => split(line)[1];
const path = (line) => split(line)[2] ?? "";

// Each takes their lines and ours and gives their lines as they would be without the difference.
const EXPLAINED = [
  [
    "a",
    (theirs, ours) =>
      theirs.map((line) => {
        const same = ours.find((own) => kind(own) === kind(line) && path(own) !== path(line) && endsIn(path(own), path(line)));
        return same && !ours.includes(line) ? `${split(line)[0]} ${kind(line)} ${path(same)}` : line;
      }),
  ],
  [
    "b",
    (theirs, ours) => {
      const changed = ours.filter((own) => kind(own) === "DIRECTIVE_USAGE_ARGUMENT_CHANGED");
      return changed.reduce((lines, own) => {
        const gone = `DANGEROUS DIRECTIVE_USAGE_ARGUMENT_REMOVED ${path(own)}`;
        const come = `SAFE DIRECTIVE_USAGE_ARGUMENT_ADDED ${path(own)}`;
        if (!lines.includes(gone) || !lines.includes(come)) return lines;
        return [...lines.filter((line) => line !== gone && line !== come), `DANGEROUS ${kind(own)} ${path(own)}`];
      }, theirs);
    },
  ],
  [
    "c",
    (theirs, ours) => {
      const tells = (line) => ours.some((own) => /DEPRECATION/.test(kind(own)) && path(line).startsWith(path(own)));
      return theirs.filter((line) => !(kind(line).startsWith("DIRECTIVE_USAGE_") && tells(line)));
    },
  ],
  [
    "d",
    (theirs) =>
      theirs.map((line) => (path(line).endsWith(".@deprecated.reason") ? line.replace(/^DANGEROUS/, "SAFE") : line)),
  ],
  [
    "e",
    (theirs, ours) =>
      theirs.map((line) => {
        const safe = line.replace(/^BREAKING/, "SAFE");
        return kind(line) === "DIRECTIVE_ARGUMENT_ADDED" && ours.includes(safe) ? safe : line;
      }),
  ],
  ["f", (theirs, ours) => [...theirs, ...ours.filter((own) => kind(own) === "SCHEMA_DESCRIPTION_CHANGED" && !theirs.includes(own))]],
];

// Whether our path is theirs with one step more, or names the schema where theirs names nothing.
function endsIn(own, their) {
  const parent = own.slice(0, own.lastIndexOf("."));
  return parent === their || (their === "undefined" && parent === "schema") || (own.startsWith("schema.") && own === `schema${their}`);
}

function worst(lines) {
  return ["BREAKING", "DANGEROUS", "SAFE"].find((level) => lines.some((line) => line.startsWith(level))) ?? "no change";
}

async function judge({ name, old, new: next, expected }) {
  const changes = await diff(buildSchema(old), buildSchema(next), [DiffRule.simplifyChanges]);
  const theirs = changes.map((change) => `${LEVELS[change.criticality.level]} ${change.type} ${change.path}`).sort();
  let [left, why] = [theirs, ""];
  for (const [letter, without] of EXPLAINED) {
    const after = without(left, expected).sort();
    if (after.join("\n") !== left.join("\n")) why += letter;
    left = after;
  }
  const same = left.join("\n") === expected.join("\n");
  return { name, ours: worst(expected), theirs: worst(theirs), why, same, left, expected };
}

const rows = await Promise.all(pairs().map(judge));
const table = [
  "| pair | kanvaro | graphql-inspector | differs in |",
  "|---|---|---|---|",
  ...rows.map((row) => `| ${row.name} | ${row.ours} | ${row.theirs === row.ours ? row.theirs : `**${row.theirs}**`} | ${row.why} |`),
].join("\n");

const [begin, end] = ["<!-- verdicts: tests/clients/inspector.mjs --write -->\n", "\n<!-- /verdicts -->"];
const text = readFileSync(docs, "utf8");
const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
let failed = rows.filter((row) => !row.same);
for (const row of failed) console.log(`FAILED ${row.name}\n  ours   ${row.expected.join("\n         ")}\n  theirs ${row.left.join("\n         ")}`);
if (process.argv.includes("--write")) {
  writeFileSync(docs, text.slice(0, from) + table + text.slice(to));
} else if (text.slice(from, to) !== table) {
  console.log("FAILED the table of docs/schema.md is old: node tests/clients/inspector.mjs --write");
  failed = [...failed, table];
}
const differ = rows.filter((row) => row.ours !== row.theirs).length;
console.log(`${rows.length} pairs beside graphql-inspector: ${rows.length - differ} of the same verdict, ${differ} explained otherwise`);
process.exit(failed.length === 0 ? 0 : 1);

// Answers GraphQL requests as graphql-js does: node oracle.mjs SCHEMA.graphql WORLD.json
//
// A line of JSON on standard input is a request { query, variables, operationName, viewer, session }, the last two
// the ids of a user and of their session, or null; with a mutation, `made` has the ids of what the server has made for it, by kind. Its answer is a line on standard output: { errors, data }, or { invalid } for a document that validation refuses.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { execute, parse, validate } from "graphql";

import { coded } from "./errors.mjs";
import { mutations } from "./mutations.mjs";
import { makeSchema } from "./schema.mjs";
import { Viewer } from "./viewer.mjs";
import { World } from "./world.mjs";

const [schemaPath, worldPath] = process.argv.slice(2);
if (!worldPath) {
  console.error("usage: node oracle.mjs SCHEMA.graphql WORLD.json");
  process.exit(2);
}
const schema = makeSchema(readFileSync(schemaPath, "utf8"), mutations);
const world = World.read(worldPath);
const documents = new Map();

// The parsed document, or what is wrong with it. The last one is kept: a test asks it several times.
function understand(query) {
  if (!documents.has(query)) {
    documents.clear();
    const document = parse(query);
    documents.set(query, { document, invalid: validate(schema, document).map((error) => error.message) });
  }
  return documents.get(query);
}

function answer({ query, variables, operationName, viewer, session, made }) {
  const { document, invalid } = understand(query);
  if (invalid.length > 0) return { invalid };
  const user = viewer && world.get("User", viewer);
  const contextValue = { world, viewer: user && new Viewer(world, user, session), made };
  const { errors, data } = execute({ schema, document, variableValues: variables, operationName, contextValue });
  return { errors: errors?.map(coded), data };
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  let answered;
  try {
    answered = answer(JSON.parse(line));
  } catch (error) {
    answered = { invalid: [error.stack] };
  }
  process.stdout.write(`${JSON.stringify(answered)}\n`);
}

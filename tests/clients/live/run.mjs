// Runs popular clients, the real packages, against servers with demo data that are started and stopped here:
//   node run.mjs KANVARO PYTHON [--only WORD]
import { Server } from "../../browser/server.mjs";
import { tests as apollo } from "./apollo/tests.mjs";
import { tests as codegen } from "./codegen/tests.mjs";
import { Made } from "./made.mjs";
import { tests as python } from "./python/tests.mjs";
import { tests as relay } from "./relay/tests.mjs";
import { tests as trusted } from "./trusted/tests.mjs";
import { tests as urql } from "./urql/tests.mjs";
import { Wire } from "./wire.mjs";
import { world } from "./world.mjs";

const [kanvaro, interpreter, ...options] = process.argv.slice(2);
if (!kanvaro || !interpreter) {
  console.error("usage: node run.mjs KANVARO PYTHON [--only WORD]");
  process.exit(2);
}
const only = options[0] === "--only" ? options[1] : null;

const made = await Made.make();
let failed = 0;
let passed = 0;
try {
  await against([], [...apollo, ...urql, ...relay, ...codegen, ...python]);
  await against(["--documents", ...made.files, "--documents-only"], trusted);
} finally {
  made.remove();
}
if (passed + failed === 0) throw new Error(`no test has ${only} in its name`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs tests against a server of their own that is started with these arguments. */
async function against(more, tests) {
  const chosen = tests.filter(([name]) => !only || name.includes(only));
  if (chosen.length === 0) return;
  const server = await Server.start(kanvaro, more);
  try {
    const wire = await Wire.signedIn(server);
    const found = await world(wire);
    for (const [name, test] of chosen) await run({ server, wire: wire.anew(), anonymous: new Wire(wire.url), ...found }, name, test);
  } finally {
    await server.stop();
  }
}

async function run(given, name, test) {
  const start = performance.now();
  try {
    const { artifact: relay, manifests, persisted, typed } = made;
    await test({ ...given, interpreter, relay, manifests, persisted, typed });
    console.log(`ok     ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    passed += 1;
  } catch (error) {
    console.log(`FAILED ${name}\n${error.stack}`);
    failed += 1;
  }
}

// Runs every audit of npm graphql-http against a server: node audit.mjs http://127.0.0.1:4000/graphql
// MUST, SHOULD and MAY alike have to pass; anything else than "ok" is a failure, and so is a suite that has shrunk.
import { serverAudits } from "graphql-http";

// What the pinned version of the suite holds: fewer would mean that some were not run.
const EXPECTED = 60;

const url = process.argv[2];
if (!url) {
  console.error("usage: node audit.mjs URL");
  process.exit(2);
}

let passed = 0;
let failed = 0;
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  const ok = result.status === "ok";
  console.log(`${ok ? "ok    " : "FAILED"} ${audit.id} ${audit.name}${ok ? "" : `: ${result.reason}`}`);
  if (ok) passed += 1;
  else failed += 1;
}
if (passed + failed < EXPECTED) {
  console.log(`FAILED the suite has ${passed + failed} audits, ${EXPECTED} were expected`);
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

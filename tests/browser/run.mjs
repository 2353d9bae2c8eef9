// Runs the tests of tests/ in Chromium against a server with demo data that it starts and stops itself:
//   node run.mjs KANVARO CHROMIUM [--only WORD] [--pictures DIRECTORY]
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { Page } from "./page.mjs";
import { Server } from "./server.mjs";
import { tests as cache } from "./tests/cache.mjs";
import { tests as editing } from "./tests/editing.mjs";
import { tests as files } from "./tests/files.mjs";
import { tests as place } from "./tests/place.mjs";
import { tests as session } from "./tests/session.mjs";
import { tests as trusted } from "./tests/trusted.mjs";
import { pictures } from "./pictures.mjs";

const SIZE = { width: 1280, height: 800 };

const [kanvaro, executablePath, ...options] = process.argv.slice(2);
if (!kanvaro || !executablePath) {
  console.error("usage: node run.mjs KANVARO CHROMIUM [--only WORD] [--pictures DIRECTORY]");
  process.exit(2);
}
const option = (name) => (options.includes(name) ? options[options.indexOf(name) + 1] : null);
const [only, directory] = [option("--only"), option("--pictures")];

const server = await Server.start(kanvaro);
// Root may not have the sandbox; nothing but this server's own page is opened.
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
let failed = 0;
try {
  if (directory) await pictures({ browser, server, directory, size: SIZE });
  else failed = await all();
} finally {
  await browser.close();
  await server.stop();
}
process.exit(failed === 0 ? 0 : 1);

async function all() {
  const chosen = [...session, ...editing, ...cache, ...files, ...place, ...trusted].filter(([name]) => !only || name.includes(only));
  if (chosen.length === 0) throw new Error(`no test has ${only} in its name`);
  let failed = 0;
  for (const [name, test] of chosen) {
    const context = await browser.newContext({ viewport: SIZE });
    const page = new Page(await context.newPage(), server.url);
    const start = performance.now();
    try {
      await test({ page, context, server });
      page.isQuiet();
      console.log(`ok     ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      const path = join(tmpdir(), `kanvaro-browser-failed-${failed}.png`);
      const seen = await context.pages().at(-1).screenshot({ path }).then(() => `; what was to be seen: ${path}`, () => "");
      console.log(`FAILED ${name}${seen}\n${error.stack}`);
    }
    await context.close();
  }
  console.log(`${chosen.length - failed} passed, ${failed} failed`);
  return failed;
}

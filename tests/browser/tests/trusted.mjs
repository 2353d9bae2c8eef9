// The page of a server that answers trusted documents and nothing else: it says why nothing can be asked there.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { Page } from "../page.mjs";
import { Server } from "../server.mjs";

const REFUSAL = /400 \(Bad Request\)$/;

/** Opens a page and waits until it shows the refusal; the browser itself complains of it, and of nothing else. */
async function shows(context, url, place) {
  const page = new Page(await context.newPage(), url);
  await page.page.goto(url);
  await page.page.locator(place, { hasText: "answers trusted documents" }).first().waitFor();
  assert.ok(page.complaints.every((complaint) => REFUSAL.test(complaint)), page.complaints.join("\n"));
  page.complaints = [];
  page.isQuiet();
}

export const tests = [
  [
    "where only trusted documents are answered the page says so instead of the schema",
    async ({ context, server }) => {
      const manifest = join(server.directory, "manifest.json");
      await writeFile(manifest, JSON.stringify({ role: "query Role { viewer { role } }" }));
      const trusting = await Server.start(server.program, ["--documents", manifest, "--documents-only"]);
      try {
        await shows(context, trusting.url, ".graphiql-response .view-line");
        await shows(context, `${trusting.url}plain`, "#docs");
      } finally {
        await trusting.stop();
      }
    },
  ],
];

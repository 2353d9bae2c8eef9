// Where the page is served, and what its policy keeps it from.
import assert from "node:assert/strict";
import http from "node:http";

import { Page } from "../page.mjs";

/** Serves a server below a prefix, as a proxy in front of it would. */
async function behind(url, prefix) {
  const target = new URL(url);
  const proxy = http.createServer((request, response) => {
    if (!request.url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end();
      return;
    }
    const { method, headers } = request;
    const path = request.url.slice(prefix.length);
    const onward = http.request({ host: target.hostname, port: target.port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
  return { proxy, base: `http://127.0.0.1:${proxy.address().port}${prefix}/` };
}

export const tests = [
  [
    "it works at /graphiql and behind a prefix",
    async ({ context, server }) => {
      const { proxy, base } = await behind(server.url, "/tools/kanvaro");
      try {
        for (const path of [`${server.url}graphiql`, base, `${base}graphiql`, `${base}graphiql/`]) {
          const page = new Page(await context.newPage(), path);
          await page.open();
          await page.type("{ __typename ");
          await page.run();
          await page.shows('"__typename": "Query"');
          page.isQuiet();
          await page.page.close();
        }
      } finally {
        proxy.closeAllConnections();
        proxy.close();
      }
    },
  ],
  [
    "the plain page runs a query too",
    async ({ context, server }) => {
      const page = new Page(await context.newPage(), `${server.url}plain`);
      await page.page.goto(page.base);
      await page.page.getByLabel("Query").fill("{ __typename }");
      await page.page.getByRole("button", { name: "Run" }).click();
      await page.page.locator("#result", { hasText: '"__typename": "Query"' }).waitFor();
      await page.page.locator("#docs details").first().waitFor();
      page.isQuiet();
    },
  ],
  [
    "its policy lets no script of another kind run and no other host be asked",
    async ({ context, server }) => {
      const page = new Page(await context.newPage(), server.url);
      await page.open();
      const refused = await page.page.evaluate(async () => {
        const violated = [];
        document.addEventListener("securitypolicyviolation", (event) => violated.push(event.effectiveDirective));
        await fetch("http://localhost:9/").catch(() => undefined);
        await new Promise((done) => {
          // Not what the test itself does is to be judged, but what the page would do.
          setTimeout(() => {
            try {
              new Function("return 1")();
            } catch {
              // The policy's doing.
            }
            done();
          });
        });
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        await new Promise((done) => setTimeout(done, 100));
        return { violated, ran: window.ran === true };
      });
      assert.deepEqual(refused, { violated: ["connect-src", "script-src", "script-src-elem"], ran: false });
    },
  ],
  [
    "it is dark where the system is, and as is chosen in its settings",
    async ({ page, context }) => {
      const background = () =>
        page.page.evaluate(() => getComputedStyle(document.querySelector(".graphiql-container")).backgroundColor);
      await page.open();
      const light = await background();
      await page.page.emulateMedia({ colorScheme: "dark" });
      const dark = await background();
      assert.notEqual(dark, light);
      await page.page.getByRole("button", { name: "Open settings dialog" }).click();
      await page.page.getByRole("button", { name: "Light" }).click();
      assert.equal(await background(), light);
      assert.equal(context.pages().length, 1);
    },
  ],
];

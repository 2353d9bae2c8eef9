// The Cache panel against what the server really did.
import assert from "node:assert/strict";

/** Each time another document, whose answer nobody has asked for yet. */
let asked = 0;
const query = () => `query Names${(asked += 1)} { projects(first: 5) { nodes { name creator { fullName } } `;
/** How often a query is run until its answer has been kept, which happens a moment after it was sent. */
const TRIES = 20;

async function ready({ page, server }) {
  await page.open();
  await page.signIn(server.email, server.password);
  await page.type(query());
  return page.panel("Cache");
}

async function untilHit(page) {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    await page.focus();
    if ((await page.run()).headers()["x-cache"] === "HIT") return;
  }
  throw new Error("it is never a hit");
}

export const tests = [
  [
    "the panel goes from MISS to HIT, explains, and a purge brings MISS back",
    async ({ page, server }) => {
      const panel = await ready({ page, server });
      await page.focus();
      const first = await page.run();
      assert.equal(first.headers()["x-cache"], "MISS");
      await page.shows("fullName");
      await panel.locator(".kanvaro-badge", { hasText: "MISS" }).waitFor();
      await untilHit(page);
      await panel.locator(".kanvaro-badge", { hasText: "HIT" }).waitFor();
      await panel.getByText("Served as it was kept").waitFor();

      await panel.getByRole("button", { name: "Explain", exact: true }).click();
      await panel.getByText(/^yes, .* left$/).waitFor();
      await panel.getByText("PRIVATE", { exact: true }).waitFor();
      await panel.getByText(/\d+ to the cache, \d+ to the store/).waitFor();
      await panel.locator("summary", { hasText: "Project" }).first().click();
      await panel.locator("td:visible", { hasText: "project:" }).first().waitFor();

      await panel.locator("summary", { hasText: "By field" }).click();
      await panel.locator('tr[data-field="Query.projects"]:visible', { hasText: "process" }).waitFor();
      await panel.locator("summary", { hasText: "By place" }).click();
      await panel.locator("tr[data-place]:visible", { hasText: "the whole answer" }).waitFor();

      const tags = panel.locator("details", { hasText: "tags" }).first();
      if (!(await tags.evaluate((details) => details.open))) await tags.locator("summary").click();
      // The row after the last is read too, to know whether there is one, but the answer that was kept needn't bear its tag.
      await panel.getByRole("button", { name: /^Purge project:organization=/ }).click();
      await panel.getByText("is purged: what bears it is read anew").waitFor();
      await page.focus();
      assert.equal((await page.run()).headers()["x-cache"], "MISS");
      await panel.locator(".kanvaro-badge", { hasText: "MISS" }).waitFor();
    },
  ],
  [
    "a comparison shows a bar for each run",
    async ({ page, server }) => {
      const panel = await ready({ page, server });
      await page.focus();
      await untilHit(page);
      await panel.getByLabel("Runs").fill("6");
      await panel.getByRole("button", { name: "Compare" }).click();
      await panel.getByText(/by the medians of 6 runs\./).waitFor();
      assert.equal(await panel.locator(".kanvaro-bar-row > span[data-source=cached]").count(), 6);
      assert.equal(await panel.locator(".kanvaro-bar-row > span[data-source=bypassed]").count(), 6);
      assert.equal(await panel.getByText("were not served from it").count(), 0);
    },
  ],
  [
    "a run that is explained shows no more than the data in the result",
    async ({ page, server }) => {
      const panel = await ready({ page, server });
      await page.focus();
      await page.run();
      await panel.getByLabel("Explain each run").check();
      await page.focus();
      const answer = await page.run();
      assert.equal(answer.headers()["x-cache"], "BYPASS");
      assert.ok((await answer.json()).extensions.cache);
      await panel.getByRole("heading", { name: "Batch 1" }).waitFor();
      await page.shows("fullName");
      assert.ok(!(await page.result()).includes("extensions"));
    },
  ],
  [
    "whoever may not inspect is told so, and sees the headers all the same",
    async ({ page }) => {
      await page.open();
      await page.type("{ viewer { role ");
      await page.focus();
      await page.run();
      const panel = await page.panel("Cache");
      await panel.getByText("has the permission cache:inspect").waitFor();
      await panel.locator(".kanvaro-badge").waitFor();
      assert.equal(await panel.getByRole("button", { name: "Explain" }).count(), 0);
    },
  ],
];

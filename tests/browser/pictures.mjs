// Takes the pictures of docs/images: the board with its Cache panel, light and dark.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Page } from "./page.mjs";

const RUNS = "20";

export async function pictures({ browser, server, directory, size }) {
  await mkdir(directory, { recursive: true });
  for (const colorScheme of ["light", "dark"]) {
    const context = await browser.newContext({ viewport: size, colorScheme });
    const page = new Page(await context.newPage(), server.url);
    await page.open();
    await page.signIn(server.email, server.password);
    await page.page.getByRole("button", { name: "Examples" }).click();
    await page.page.getByRole("menuitem", { name: "Board", exact: true }).click();
    await page.page.locator(".graphiql-query-editor .view-line", { hasText: "# Board" }).waitFor();
    const panel = await page.panel("Cache");
    for (let run = 0; run < 3; run += 1) {
      await page.focus();
      await page.run();
      await page.page.waitForTimeout(300);
    }
    if (colorScheme === "light") {
      await panel.getByRole("button", { name: "Explain", exact: true }).click();
      await panel.getByRole("heading", { name: "Batch 1" }).waitFor();
    } else {
      await panel.getByLabel("Runs").fill(RUNS);
      await panel.getByRole("button", { name: "Compare" }).click();
      await panel.getByText(`medians of ${RUNS} runs.`).waitFor();
      await panel.locator(".kanvaro-chart").scrollIntoViewIfNeeded();
    }
    await page.page.mouse.move(size.width / 2, 5);
    await page.page.screenshot({ path: join(directory, `playground-${colorScheme}.png`) });
    page.isQuiet();
    await context.close();
  }
}

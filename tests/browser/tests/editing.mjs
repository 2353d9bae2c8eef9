// The editor: typing with completion, the docs, the explorer, headers, tabs, the examples.
import assert from "node:assert/strict";

export const tests = [
  [
    "what is typed is completed by the schema and tidied up",
    async ({ page }) => {
      await page.open();
      await page.type("{ view");
      await page.page.keyboard.press("Control+Space");
      await page.page.locator(".suggest-widget .monaco-list-row", { hasText: "viewer" }).first().waitFor();
      await page.page.keyboard.press("Escape");
      await page.type("{viewer{role");
      await page.page.keyboard.press("Shift+Control+P");
      await page.page.locator(".graphiql-query-editor .view-line", { hasText: /^\s{4}role$/ }).waitFor();
    },
  ],
  [
    "what the schema doesn't have is underlined",
    async ({ page }) => {
      await page.open();
      await page.type("{ nothingOfTheKind ");
      await page.page.locator(".graphiql-query-editor .squiggly-error").first().waitFor();
    },
  ],
  [
    "the docs are found by the keyboard",
    async ({ page }) => {
      await page.open();
      const docs = await page.panel("Documentation Explorer");
      await docs.getByText("Root Types").waitFor();
      const search = docs.locator("input").first();
      // The page heeds the keys a moment after the panel is there.
      do {
        await page.page.keyboard.press("Control+Alt+K");
        await page.page.waitForTimeout(50);
      } while (!(await search.evaluate((input) => input === document.activeElement)));
      await page.page.keyboard.type("board");
      await page.page.getByRole("option", { name: "board", exact: false }).first().click();
      await docs.getByText(/board of a project/i).first().waitFor();
    },
  ],
  [
    "the explorer writes the query",
    async ({ page }) => {
      await page.open();
      await page.type("{ viewer { role ");
      const explorer = await page.panel("GraphiQL Explorer");
      await explorer.getByText("permissions").click();
      await page.page.locator(".graphiql-query-editor .view-line", { hasText: "permissions" }).waitFor();
    },
  ],
  [
    "headers go along, tabs keep their own operation",
    async ({ page }) => {
      await page.open();
      await page.type("query One { __typename ");
      await page.page.getByRole("button", { name: "Headers", exact: true }).click();
      await page.page.locator(".graphiql-editor-tool .monaco-editor:visible").click();
      await page.page.keyboard.insertText('{ "X-Request-Id": "from-the-page" }');
      const answer = await page.run();
      assert.equal(answer.headers()["x-request-id"], "from-the-page");
      await page.page.getByRole("button", { name: "New tab" }).click();
      await page.type("query Two { __typename ");
      await page.page.getByRole("button", { name: "One", exact: true }).click();
      await page.page.locator(".graphiql-query-editor .view-line", { hasText: "query One" }).waitFor();
    },
  ],
  [
    "every example runs, with ids of what is there",
    async ({ page, server }) => {
      await page.open();
      await page.signIn(server.email, server.password);
      const menu = page.page.getByRole("button", { name: "Examples" });
      await menu.click();
      const titles = await page.page.getByRole("menuitem").allInnerTexts();
      await page.page.keyboard.press("Escape");
      assert.ok(titles.length >= 19, `${titles}`);
      for (const title of titles) {
        await menu.click();
        await page.page.getByRole("menuitem", { name: title, exact: true }).click();
        await page.page.locator(".graphiql-query-editor .view-line", { hasText: `# ${title}` }).first().waitFor();
        await page.page.locator(".graphiql-query-editor .monaco-editor.focused").waitFor();
        const body = await (await page.run()).json();
        assert.equal(body.errors, undefined, `${title}: ${JSON.stringify(body.errors)}`);
        const answers = Object.values(body.data);
        assert.ok(answers.every((answer) => answer !== null), `${title} finds something: ${JSON.stringify(body.data)}`);
        assert.ok(answers.every((answer) => !answer.userErrors?.length), `${title}: ${JSON.stringify(body.data)}`);
      }
    },
  ],
  [
    "the menu of examples is used without a mouse",
    async ({ page }) => {
      await page.open();
      await page.page.getByRole("button", { name: "Examples" }).focus();
      await page.page.keyboard.press("Enter");
      await page.chooses(page.page.getByRole("menuitem").first());
      await page.page.keyboard.press("ArrowDown");
      await page.chooses(page.page.getByRole("menuitem").nth(1));
      await page.page.keyboard.press("Enter");
      await page.page.locator(".graphiql-query-editor .view-line", { hasText: "# Dashboard" }).waitFor();
    },
  ],
];

// Signing in and out, and that a session is its tab's alone.
import assert from "node:assert/strict";

import { Page } from "../page.mjs";

const WHO = "{ viewer { user { email } } }";

export const tests = [
  [
    "a wrong password is said, the right one signs in, and only this tab",
    async ({ page, context, server }) => {
      await page.open();
      await page.page.getByRole("button", { name: "Sign in" }).click();
      await page.page.getByLabel("Email").fill(server.email);
      await page.page.getByLabel("Password").fill("not this one");
      await page.page.keyboard.press("Enter");
      await page.page.getByRole("alert").filter({ hasText: /password/i }).waitFor();
      await page.page.keyboard.press("Escape");
      await page.signIn(server.email, server.password);
      await page.type(WHO);
      await page.run();
      await page.shows(server.email);

      await page.keeps("email");
      await page.open();
      await page.focus();
      await page.run();
      await page.shows(server.email);
      assert.deepEqual(await context.cookies(), [], "the token is kept in the tab, not in a cookie");

      const other = new Page(await context.newPage(), server.url);
      await other.open();
      await other.page.getByRole("button", { name: "Sign in" }).waitFor();
      await other.type(WHO);
      await other.run();
      await other.shows('"viewer": null');
      other.isQuiet();
    },
  ],
  [
    "whoever signs out is signed out, here and at the server",
    async ({ page, server }) => {
      await page.open();
      await page.signIn(server.email, server.password);
      const token = await page.page.evaluate(() => sessionStorage.getItem("kanvaro-token"));
      await page.page.getByRole("button", { name: "▾" }).nth(1).click();
      await page.page.getByRole("menuitem", { name: "Sign out" }).click();
      await page.page.getByRole("button", { name: "Sign in" }).waitFor();
      await page.type(WHO);
      await page.run();
      await page.shows('"viewer": null');
      const answer = await fetch(new URL("graphql", server.url), {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: WHO }),
      });
      assert.equal((await answer.json()).errors[0].extensions.code, "UNAUTHENTICATED");
    },
  ],
  [
    "the login mutation in the editor signs in as the form does",
    async ({ page, server }) => {
      await page.open();
      const { email, password } = server;
      await page.type(`mutation { login(input: { email: "${email}", password: "${password}" }) { token } }`);
      await page.run();
      await page.page.getByRole("button", { name: "▾" }).nth(1).waitFor();
    },
  ],
];

// The page as a person uses it, and a watch over what it does: what it writes to the console, whom it asks.
import assert from "node:assert/strict";

/** Busy machines are slow; nothing here measures time. */
const PATIENCE = 120_000;

/** A page that is open. */
export class Page {
  /** `base`: where it is, and whom it may ask. */
  constructor(page, base) {
    this.page = page;
    this.base = base;
    this.complaints = [];
    this.requests = [];
    page.setDefaultTimeout(PATIENCE);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.message}`));
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText;
      // What was still under way when the page was left or loaded anew is given up by the browser.
      if (why !== "net::ERR_ABORTED") this.complaints.push(`failed: ${request.url()} ${why}`);
    });
    page.on("request", (request) => this.requests.push(request.url()));
  }

  /** Opens it and waits until its editors and the schema are there. */
  async open() {
    await this.page.goto(this.base, { waitUntil: "load" });
    await this.page.locator(".graphiql-container").waitFor();
    for (const part of [".graphiql-query-editor", ".graphiql-editor-tool", ".graphiql-response"]) {
      await this.page.locator(`${part} .monaco-editor`).first().waitFor();
    }
    await this.page.getByRole("button", { name: "Re-fetch GraphQL schema" }).waitFor();
    await this.page.waitForFunction(() => !document.querySelector(".graphiql-sidebar .rotating"));
  }

  async signIn(email, password) {
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.getByLabel("Email").fill(email);
    await this.page.getByLabel("Password").fill(password);
    await this.page.keyboard.press("Enter");
    await this.page.locator(".kanvaro-bar-button", { hasText: "▾" }).nth(1).waitFor();
  }

  /** Replaces what stands in the editor by typing; the editor closes brackets by itself. */
  async type(text) {
    await this.focus();
    await this.page.keyboard.press("Control+A");
    await this.page.keyboard.press("Delete");
    await this.page.keyboard.type(text, { delay: 5 });
    await this.page.keyboard.press("Escape");
  }

  /** Puts the cursor into the editor. */
  async focus() {
    await this.page.locator(".graphiql-query-editor .monaco-editor").first().click();
  }

  /** Waits until the result pane shows this. */
  async shows(text) {
    const lines = this.page.locator(".graphiql-response .view-line");
    await lines.filter({ hasText: text }).first().waitFor();
  }

  /** Waits until the keys reach this: a menu that has opened takes the focus, and moves it, a moment later. */
  async chooses(item) {
    await item.waitFor();
    const deadline = Date.now() + PATIENCE;
    while (!(await item.evaluate((element) => element === document.activeElement))) {
      assert.ok(Date.now() < deadline, "the focus comes to it");
      await this.page.waitForTimeout(20);
    }
  }

  /** Waits until what stands in the editor is kept for when the page is opened again: half a second after it was typed. */
  async keeps(text) {
    const isKept = (text) => JSON.parse(localStorage.getItem("graphiql:tabState"))?.tabs.some((tab) => tab.query?.includes(text));
    await this.page.waitForFunction(isKept, text);
  }

  /** Runs what stands in the editor, and waits for the answer. */
  async run() {
    const answered = this.page.waitForResponse((response) => response.url().endsWith("/graphql"));
    await this.page.keyboard.press("Control+Enter");
    return answered;
  }

  /** What the result pane shows. */
  async result() {
    const lines = this.page.locator(".graphiql-response .view-lines");
    // The editor writes blanks that don't break.
    return (await lines.innerText()).replaceAll("\u00a0", " ");
  }

  async panel(name) {
    const button = this.page.getByRole("button", { name: `Show ${name}` });
    if (await button.isVisible()) await button.click();
    return this.page.locator(".graphiql-plugin");
  }

  /** Nothing was complained of, and nobody else was asked. */
  isQuiet() {
    const { origin } = new URL(this.base);
    const foreign = this.requests.filter((url) => !url.startsWith(origin) && !/^(data|blob):/.test(url));
    assert.deepEqual(foreign, [], "the page asks no other host");
    assert.deepEqual(this.complaints, [], "nothing in the console");
  }
}

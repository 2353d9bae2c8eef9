// Files from the page: chosen in it, uploaded to the server, and fetched again by the addresses that it answers.
import assert from "node:assert/strict";

const NOTE = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("Hello from the page.") };
/** A PNG of one pixel. */
const DOT = {
  name: "dot.png",
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  ),
};

/** The id of some task that whoever is signed in sees. */
async function someTask(page) {
  return page.page.evaluate(async () => {
    const answer = await fetch("graphql", {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${sessionStorage.getItem("kanvaro-token")}` },
      body: JSON.stringify({ query: "{ tasks(first: 1) { nodes { id } } }" }),
    });
    return (await answer.json()).data.tasks.nodes[0].id;
  });
}

export const tests = [
  [
    "files chosen in the page are uploaded, and what is made of them comes back",
    async ({ page, server }) => {
      await page.open();
      await page.signIn(server.email, server.password);
      const task = await someTask(page);
      await page.type(
        "mutation Send($picture: Upload!, $files: [Upload!]!) { uploadAvatar(input: { file: $picture }) { user { avatar { url width } } } " +
          `attachToTask(input: { taskId: "${task}", files: $files }) { task { attachments { name url } } } `,
      );
      const panel = await page.panel("Files");
      await panel.getByLabel("$picture").setInputFiles(DOT);
      await panel.getByLabel("$files").setInputFiles([{ ...NOTE, name: "a.txt" }, { ...NOTE, name: "b.txt" }]);
      await panel.getByText("a.txt, 20 bytes").waitFor();
      await page.focus();
      const answered = await page.run();
      assert.match(answered.request().headers()["content-type"], /^multipart\/form-data/);
      const { data, errors } = await answered.json();
      assert.equal(errors, undefined, JSON.stringify(errors));
      const { avatar } = data.uploadAvatar.user;
      assert.equal(avatar.width, 1);
      const { attachments } = data.attachToTask.task;
      assert.deepEqual(attachments.map(({ name }) => name), ["a.txt", "b.txt"]);
      const picture = await fetch(new URL(avatar.url, server.url));
      assert.equal(picture.headers.get("content-type"), "image/webp");
      const note = await fetch(new URL(attachments[1].url, server.url));
      assert.equal(await note.text(), "Hello from the page.");
    },
  ],
  [
    "an operation without files is told how it would take some",
    async ({ page }) => {
      await page.open();
      const panel = await page.panel("Files");
      await panel.getByText("The operation takes no file").waitFor();
    },
  ],
];

// Files from the page: what is sent for a variable of type Upload. The server's part is tested where the server is.
import assert from "node:assert/strict";

const FILE = { name: "note.txt", mimeType: "text/plain", buffer: Buffer.from("Hello from the page.") };

/** Gives the page a schema with uploads, and answers what it sends to them. */
async function withUploads(page, sent) {
  await page.page.route("**/graphql", async (route) => {
    const request = route.request();
    if ((request.headers()["content-type"] ?? "").startsWith("multipart/form-data")) {
      sent.push(request);
      return route.fulfill({ json: { data: { done: true } } });
    }
    if (request.postDataJSON()?.operationName !== "IntrospectionQuery") return route.continue();
    const answer = await (await route.fetch()).json();
    return route.fulfill({ json: extended(answer) });
  });
}

function extended(answer) {
  const { types, mutationType } = answer.data.__schema;
  const common = { description: null, fields: null, inputFields: null, interfaces: null, enumValues: null, possibleTypes: null };
  const named = (kind, name) => ({ kind, name, ofType: null });
  const input = (name, type) => ({ name, description: null, type, defaultValue: null, isDeprecated: false, deprecationReason: null });
  if (!types.some((type) => type.name === "Upload")) types.push({ ...common, kind: "SCALAR", name: "Upload" });
  const upload = named("SCALAR", "Upload");
  const fields = [input("file", upload), input("more", { kind: "LIST", name: null, ofType: upload }), input("note", named("SCALAR", "String"))];
  types.push({ ...common, kind: "INPUT_OBJECT", name: "TestedInput", inputFields: fields });
  types.find((type) => type.name === mutationType.name).fields.push({
    name: "tested",
    description: null,
    args: [input("input", named("INPUT_OBJECT", "TestedInput"))],
    type: named("SCALAR", "Boolean"),
    isDeprecated: false,
    deprecationReason: null,
  });
  return answer;
}

export const tests = [
  [
    "files chosen in the page are sent as the multipart request specification has it",
    async ({ page }) => {
      const sent = [];
      await withUploads(page, sent);
      await page.open();
      await page.type("mutation Send($input: TestedInput) { tested(input: $input) ");
      const panel = await page.panel("Files");
      await panel.getByLabel("$input.file").setInputFiles(FILE);
      await panel.getByLabel("$input.more").setInputFiles([{ ...FILE, name: "a.txt" }, { ...FILE, name: "b.txt" }]);
      await panel.getByText("note.txt, 20 bytes").waitFor();
      await page.focus();
      await page.run();
      await page.shows('"done": true');
      const form = await new Response(sent[0].postDataBuffer(), { headers: { "content-type": sent[0].headers()["content-type"] } }).formData();
      assert.deepEqual([...form.keys()], ["operations", "map", "0", "1", "2"]);
      const operations = JSON.parse(form.get("operations"));
      assert.deepEqual(operations.variables, { input: { file: null, more: [null, null] } });
      assert.equal(operations.operationName, "Send");
      assert.deepEqual(JSON.parse(form.get("map")), {
        0: ["variables.input.file"],
        1: ["variables.input.more.0"],
        2: ["variables.input.more.1"],
      });
      assert.equal(form.get("0").name, "note.txt");
      assert.equal(await form.get("2").text(), "Hello from the page.");
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

// Uploads by what people upload with - curl, apollo-upload-client, Python's gql, and fetch where a file goes by itself - to a
// server with demo data, and fetches what was made of each:
//   node upload.mjs KANVARO PYTHON
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApolloClient, InMemoryCache, gql } from "@apollo/client";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";

import { Server } from "../browser/server.mjs";

const [kanvaro, python] = process.argv.slice(2);
if (!python) {
  console.error("usage: node upload.mjs KANVARO PYTHON");
  process.exit(2);
}
const AVATAR = `mutation Avatar($file: Upload!) {
  uploadAvatar(input: { file: $file }) { user { avatar { width variants { url bytes } } } userErrors { message } }
}`;
const ATTACH = `mutation Attach($task: ID!, $files: [Upload!]!) {
  attachToTask(input: { taskId: $task, files: $files }) { task { attachments { name url } } userErrors { message } }
}`;
const CREATE = `mutation Create($input: CreateUploadInput!) {
  createUpload(input: $input) { upload { id url method headers { name value } } userErrors { message } }
}`;
const COMPLETE = `mutation Complete($input: CompleteUploadInput!) {
  completeUpload(input: $input) { user { avatar { width variants { url bytes } } } task { attachments { name url } } userErrors { message } }
}`;
const server = await Server.start(kanvaro);
const endpoint = new URL("graphql", server.url).href;
const place = mkdtempSync(join(tmpdir(), "kanvaro-upload-"));
let failed = 0;

async function attempt(what, work) {
  try {
    await work();
    console.log(`ok     ${what}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${what}\n       ${error.stack ?? error}`);
  }
}

async function ask(query, variables, token) {
  const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const answer = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  return (await answer.json()).data;
}

// A PNG of one colour, of another width for each client.
function png(width) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(10, 4);
  head.set([8, 2], 8);
  const lines = Buffer.alloc(10 * (1 + 3 * width), 200);
  for (let line = 0; line < 10; line += 1) lines[line * (1 + 3 * width)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function equal(found, expected, what) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
  }
}

/** What a client was answered has the picture of this width, and all of its sizes come back. */
async function checkAvatar(data, width) {
  equal(data.uploadAvatar.userErrors.length, 0, "user errors");
  const { avatar } = data.uploadAvatar.user;
  equal(avatar.width, width, "the picture's width");
  for (const { url, bytes } of avatar.variants) {
    const served = await fetch(new URL(url, endpoint));
    equal([served.status, (await served.arrayBuffer()).byteLength], [200, bytes], url);
  }
}

async function checkFiles(data, contents) {
  equal(data.attachToTask.userErrors.length, 0, "user errors");
  const last = data.attachToTask.task.attachments.slice(-contents.length);
  const served = await Promise.all(last.map(async ({ url }) => (await fetch(new URL(url, endpoint))).text()));
  equal(served, contents, "the files");
}

async function hex(file) {
  return createHash("sha256").update(new Uint8Array(await file.arrayBuffer())).digest("hex");
}

/** What `createUpload` gives for this file. */
async function create(token, file, kind, targetId) {
  const said = { name: file.name, contentType: file.type, bytes: file.size, sha256: await hex(file) };
  const { upload, userErrors } = (await ask(CREATE, { input: { kind, targetId, ...said } }, token)).createUpload;
  equal(userErrors, [], "user errors");
  return upload;
}

function run(program, ...args) {
  const ended = spawnSync(program, args, { encoding: "utf8" });
  if (ended.status !== 0) throw new Error(`${program} ended with ${ended.status}: ${ended.stdout}${ended.stderr}`);
  return JSON.parse(ended.stdout);
}

try {
  const login = "mutation($input: LoginInput!) { login(input: $input) { token } }";
  const { token } = (await ask(login, { input: { email: server.email, password: server.password } })).login;
  const task = (await ask("{ tasks(first: 1) { nodes { id } } }", {}, token)).tasks.nodes[0].id;
  const file = (name, content) => {
    const path = join(place, name);
    writeFileSync(path, content);
    return path;
  };
  const [one, two] = [file("one.txt", "first"), file("two.txt", "second")];

  await attempt("curl, as the specification has it", async () => {
    const request = [endpoint, "-sS", "-H", `Authorization: Bearer ${token}`, "-H", "GraphQL-Require-Preflight: 1"];
    const operations = JSON.stringify({ query: AVATAR, variables: { file: null } });
    const map = JSON.stringify({ 0: ["variables.file"] });
    const avatar = run("curl", ...request, "-F", `operations=${operations}`, "-F", `map=${map}`, "-F", `0=@${file("a.png", png(11))}`);
    await checkAvatar(avatar.data, 11);
    const list = JSON.stringify({ query: ATTACH, variables: { task, files: [null, null] } });
    const places = JSON.stringify({ 0: ["variables.files.0"], 1: ["variables.files.1"] });
    const files = run("curl", ...request, "-F", `operations=${list}`, "-F", `map=${places}`, "-F", `0=@${one}`, "-F", `1=@${two}`);
    await checkFiles(files.data, ["first", "second"]);
  });

  await attempt("apollo-upload-client", async () => {
    const headers = { authorization: `Bearer ${token}`, "Apollo-Require-Preflight": "true" };
    const client = new ApolloClient({ cache: new InMemoryCache(), link: new UploadHttpLink({ uri: endpoint, headers }) });
    const picture = new File([png(12)], "a.png", { type: "image/png" });
    const avatar = await client.mutate({ mutation: gql(AVATAR), variables: { file: picture } });
    await checkAvatar(avatar.data, 12);
    const files = ["third", "fourth"].map((content) => new File([content], `${content}.txt`, { type: "text/plain" }));
    await checkFiles((await client.mutate({ mutation: gql(ATTACH), variables: { task, files } })).data, ["third", "fourth"]);
  });

  await attempt("Python's gql", async () => {
    const script = fileURLToPath(new URL("upload.py", import.meta.url));
    const answers = run(python, script, endpoint, token, AVATAR, file("b.png", png(13)), ATTACH, task, one, two);
    await checkAvatar(answers.avatar, 13);
    await checkFiles(answers.files, ["first", "second"]);
  });

  await attempt("fetch, a file by itself", async () => {
    for (const [kind, target, file] of [
      ["AVATAR", null, new File([png(14)], "a.png", { type: "image/png" })],
      // Browsers know no type of such a name.
      ["ATTACHMENT", task, new File(["fifth"], "fifth.unheard-of")],
    ]) {
      const { id, url, method, headers } = await create(token, file, kind, target);
      const put = await fetch(new URL(url, endpoint), { method, body: file, headers: headers.map(({ name, value }) => [name, value]) });
      equal(put.status, 200, "what the file was answered");
      const done = (await ask(COMPLETE, { input: { uploadId: id } }, token)).completeUpload;
      if (kind === "AVATAR") await checkAvatar({ uploadAvatar: done }, 14);
      else await checkFiles({ attachToTask: done }, ["fifth"]);
    }
  });

  await attempt("curl, a file by itself that it asks for first", async () => {
    const content = "sixth ".repeat(500_000);
    const { id, url, headers } = await create(token, new File([content], "sixth.txt", { type: "text/plain" }), "ATTACHMENT", task);
    const sent = headers.flatMap(({ name, value }) => ["-H", `${name}: ${value}`]);
    const put = (path) => spawnSync("curl", ["-sS", "-w", "%{http_code}", "-T", path, ...sent, new URL(url, endpoint).href], { encoding: "utf8" });
    const refused = put(file("longer.txt", `${content}!`));
    if (!refused.stdout.endsWith("413")) throw new Error(`a longer file: ${refused.stdout}${refused.stderr}`);
    equal(put(file("sixth.txt", content)).stdout, "200", "what the file was answered");
    await checkFiles({ attachToTask: (await ask(COMPLETE, { input: { uploadId: id } }, token)).completeUpload }, [content]);
  });
} finally {
  rmSync(place, { recursive: true, force: true });
  await server.stop();
}
process.exit(failed === 0 ? 0 : 1);

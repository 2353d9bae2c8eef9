// Python's gql, in a process of its own.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("client.py", import.meta.url));

export const tests = [
  ["Python's gql takes the schema from the server, refuses what isn't valid, and reads times", async ({ wire, server, interpreter, project }) => {
    const ended = spawnSync(interpreter, [program, wire.url, server.email, server.password, project.id], { encoding: "utf8", timeout: 60_000 });
    if (ended.status !== 0 || ended.stdout.trim() !== "ok") throw new Error(`${ended.stdout}${ended.stderr}`);
  }],
];

// A server with demo data in a directory of its own, as somebody has it who runs it for the first time.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATIENCE = 120_000;

export class Server {
  /** Starts it, with these further arguments, and waits until it says where it is and how to sign in. */
  static async start(program, more = []) {
    const directory = await mkdtemp(join(tmpdir(), "kanvaro-server-"));
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("KANVARO_")));
    const child = spawn(program, ["serve", ...more], { cwd: directory, env: { ...env, KANVARO_LISTEN: "127.0.0.1:0" } });
    let said = "";
    child.stderr.on("data", (text) => (said += text));
    const ready = new Promise((done, fail) => {
      child.stdout.on("data", (text) => {
        said += text;
        if (said.includes("Ctrl-C stops it.")) done();
      });
      child.on("exit", (code) => fail(new Error(`the server ended with ${code}:\n${said}`)));
      setTimeout(() => fail(new Error(`the server isn't ready:\n${said}`)), PATIENCE).unref();
    });
    const server = new Server(program, child, directory);
    await ready.catch(async (error) => {
      await server.stop();
      throw error;
    });
    server.url = `${said.match(/GraphiQL\s+(\S+)/)[1]}`;
    server.email = said.match(/Sign in as\s+(\S+)/)[1];
    server.password = said.match(/Password\s+(\S+)/)[1];
    return server;
  }

  constructor(program, child, directory) {
    this.program = program;
    this.child = child;
    this.directory = directory;
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((done) => this.child.once("exit", done));
      this.child.kill();
      await ended;
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}

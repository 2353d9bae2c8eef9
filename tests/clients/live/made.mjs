// What the clients' own tools make of their documents: Relay's artifacts, typed documents, manifests. In a directory of its
// own: relay-compiler adds what it makes to a git repository by itself.
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { SIGN_IN } from "./wire.mjs";
import { COLUMNS, PROJECTS } from "./world.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "../node_modules");
const schema = join(here, "../../../schema/schema.graphql");

export class Made {
  /** Has all of it made. */
  static async make() {
    const place = mkdtempSync(join(tmpdir(), "kanvaro-clients-"));
    symlinkSync(modules, join(place, "node_modules"));
    for (const name of ["apollo", "codegen", "relay"]) {
      cpSync(join(here, name), join(place, name), { recursive: true });
      cpSync(schema, join(place, name, "schema.graphql"));
    }
    const made = new Made(place);
    try {
      await Promise.all([made.relay(), made.codegen(), made.apollo()]);
      writeFileSync(made.files[3], JSON.stringify({ signIn: SIGN_IN, projects: PROJECTS, columns: COLUMNS }));
    } catch (error) {
      made.remove();
      throw error;
    }
    return made;
  }

  constructor(place) {
    this.place = place;
    this.require = createRequire(join(place, "made.cjs"));
  }

  async relay() {
    writeFileSync(this.files[1], "{}");
    for (const [config, artifacts] of [["relay.config.json", "artifacts"], ["persisted.config.json", "persisted"]]) {
      mkdirSync(join(this.place, "relay", artifacts));
      await this.run("relay", "relay-compiler/cli.js", config);
    }
  }

  async codegen() {
    await this.run("codegen", "@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.ts");
    const strict = ["--strict", "--skipLibCheck", "--module", "commonjs", "--target", "es2022", "--outDir", "built"];
    await this.run("codegen", "typescript/bin/tsc", ...strict, "use.ts");
  }

  async apollo() {
    const config = "persisted-query-manifest.config.json";
    await this.run("apollo", "@apollo/generate-persisted-query-manifest/cli.js", "--config", config);
  }

  /** One of Relay's artifacts. */
  artifact = (name) => this.require(`./relay/artifacts/${name}.graphql.js`);

  /** The same, of a document that was persisted. */
  persisted = (name) => this.require(`./relay/persisted/${name}.graphql.js`);

  /** The client of typed documents. */
  get typed() {
    return this.require("./codegen/built/use.js");
  }

  /** The manifests' files. */
  get files() {
    const files = ["apollo/persisted-query-manifest.json", "relay/persisted.json", "codegen/artifacts/persisted-documents.json", "own.json"];
    return files.map((file) => join(this.place, file));
  }

  /** Apollo's manifest. */
  get manifests() {
    return { apollo: JSON.parse(readFileSync(this.files[0], "utf8")) };
  }

  async run(directory, tool, ...args) {
    const child = spawn(process.execPath, [join(modules, tool), ...args], { cwd: join(this.place, directory) });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    const code = await new Promise((done) => child.on("close", done));
    if (code !== 0) throw new Error(`${tool} ended with ${code}: ${said}`);
  }

  remove() {
    rmSync(this.place, { recursive: true, force: true });
  }
}

// The data of a test: all that its store holds, by kind and id.
import { readFileSync } from "node:fs";

import { KINDS } from "./ids.mjs";

export class World {
  #kinds = new Map();

  // `dump`: { now, entities: { Task: [document] } }, the documents as the store has them.
  constructor(dump) {
    this.moment = dump.now;
    this.now = Date.parse(dump.now);
    for (const kind of KINDS) {
      const documents = (dump.entities[kind] ?? []).map((document) => ({
        ...document,
        // An asset says by a field of this name what it is for.
        assetKind: document.kind,
        kind,
        id: document._id,
      }));
      this.#kinds.set(kind, new Map(documents.map((document) => [document.id, document])));
    }
  }

  static read(path) {
    return new World(JSON.parse(readFileSync(path, "utf8")));
  }

  get(kind, id) {
    return this.#kinds.get(kind).get(id) ?? null;
  }

  all(kind) {
    return [...this.#kinds.get(kind).values()];
  }

  put(document) {
    this.#kinds.get(document.kind).set(document.id, document);
  }

  remove(document) {
    this.#kinds.get(document.kind).delete(document.id);
  }
}

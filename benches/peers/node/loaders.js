// The loaders of one request: one DataLoader for entities of all kinds, one for lists and counts. A batch is one multi-get;
// what is missing comes from MongoDB, by kind side by side, and is put back in one pipeline.

import DataLoader from 'dataloader';
import { ObjectId } from 'mongodb';

import { KINDS, WITHHELD, parse, plain, reference } from './entities.js';
import { storeCalls } from './metrics.js';

export class Loaders {
  /// `engines`: the collections of MongoDB and a client of Redis.
  constructor(engines) {
    this.engines = engines;
    this.entities = new DataLoader((ids) => this.#entities(ids));
    this.lists = new DataLoader((questions) => this.#lists(questions), { cacheKeyFn: (question) => question.key });
  }

  /// One entity by its bare id; null when there is none.
  get(code, hex) {
    return hex == null ? null : this.entities.load(reference(code, hex));
  }

  /// Many of one kind, in their order, without those that are absent.
  async all(code, hexes) {
    const found = await Promise.all(hexes.map((hex) => this.entities.load(reference(code, hex))));
    return found.filter((entity) => entity !== null);
  }

  /// The rows of a list, which is a question with `kind`, `filter`, `sort` and `limit`.
  async page(question) {
    return this.all(question.code, await this.lists.load(question));
  }

  async #entities(ids) {
    const texts = await this.engines.redis.mget(ids.map(entityKey));
    const found = texts.map((text) => (text === null ? undefined : JSON.parse(text)));
    if (found.includes(undefined)) await this.#fetch(ids, found);
    return found;
  }

  /// Fills the gaps in `found` from the store, and the cache with them.
  async #fetch(ids, found) {
    const wanted = new Map();
    ids.forEach((id, place) => {
      if (found[place] !== undefined) return;
      const { code, hex } = parse(id);
      if (!wanted.has(code)) wanted.set(code, []);
      wanted.get(code).push(hex);
    });
    const loads = [...wanted].map(async ([code, hexes]) => {
      storeCalls.inc();
      const among = { _id: { $in: hexes.map((hex) => ObjectId.createFromHexString(hex)) } };
      const rows = await this.engines.collection(code).find(among, { projection: WITHHELD }).toArray();
      return rows.map((row) => [code, plain(row)]);
    });
    const rows = (await Promise.all(loads)).flat();
    const byId = new Map(rows.map(([code, row]) => [reference(code, row._id), row]));
    ids.forEach((id, place) => (found[place] ??= byId.get(id) ?? null));
    this.#keep(rows);
  }

  /// Nobody waits for the fill; should it fail, the next reader misses.
  #keep(rows) {
    if (rows.length === 0) return;
    const pipeline = this.engines.redis.pipeline();
    for (const [code, row] of rows) {
      pipeline.set(entityKey(reference(code, row._id)), JSON.stringify(row), 'EX', KINDS[code].seconds);
    }
    pipeline.exec().catch(() => {});
  }

  async #lists(questions) {
    const texts = await this.engines.redis.mget(questions.map((question) => question.key));
    const found = texts.map((text) => (text === null ? undefined : JSON.parse(text)));
    const missing = questions.filter((_, place) => found[place] === undefined);
    if (missing.length === 0) return found;
    const answers = await this.#ask(missing);
    const pipeline = this.engines.redis.pipeline();
    questions.forEach((question, place) => {
      if (found[place] !== undefined) return;
      found[place] = answers.get(question.key);
      pipeline.set(question.key, JSON.stringify(found[place]), 'EX', KINDS[question.code].listSeconds);
    });
    pipeline.exec().catch(() => {});
    return found;
  }

  /// Pages side by side; all counts by status are one aggregation.
  async #ask(questions) {
    const counts = questions.filter((question) => question.project);
    const pages = questions.filter((question) => !question.project);
    const [counted, ...paged] = await Promise.all([this.#count(counts), ...pages.map((page) => this.#find(page))]);
    return new Map([...counted, ...paged]);
  }

  async #find(question) {
    storeCalls.inc();
    const options = { projection: question.idsOnly ? { _id: 1 } : WITHHELD, sort: question.sort, limit: question.limit };
    const found = await this.engines.collection(question.code).find(question.filter, options).toArray();
    const rows = found.map((row) => [question.code, plain(row)]);
    if (!question.idsOnly) {
      for (const [code, row] of rows) this.entities.prime(reference(code, row._id), row);
      this.#keep(rows);
    }
    return [question.key, rows.map(([, row]) => row._id)];
  }

  async #count(questions) {
    if (questions.length === 0) return [];
    storeCalls.inc();
    const among = questions.map((question) => ObjectId.createFromHexString(question.project));
    const groups = await this.engines
      .collection('tsk')
      .aggregate([
        { $match: { project: { $in: among }, isArchived: false } },
        { $group: { _id: { project: '$project', status: '$status' }, count: { $sum: 1 } } },
      ])
      .toArray();
    const counts = new Map(questions.map((question) => [question.project, {}]));
    for (const { _id, count } of groups) counts.get(_id.project.toHexString())[_id.status] = count;
    return questions.map((question) => [question.key, counts.get(question.project)]);
  }
}

const entityKey = (id) => `entity:${id}`;

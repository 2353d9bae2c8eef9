// Pages of lists: what the arguments of a connection mean, cursors, and the page itself.
import { badInput, quoted } from "./errors.mjs";
import { documentId } from "./ids.mjs";

const USUAL = 20;
const MOST = 100;
const LAST_ROW = 100_000;
const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);

const time = {
  text: String,
  read: (text) => {
    const moment = /^[+-]?[0-9]+$/.test(text) ? Number(text) : NaN;
    return moment >= EARLIEST && moment <= LATEST ? moment : null;
  },
};

// What lists are sorted by: the value that an entity has there, and how cursors write and read it.
export const KEYS = {
  createdAt: { ...time, of: (entity) => Date.parse(entity.createdAt) },
  updatedAt: { ...time, of: (entity) => Date.parse(entity.updatedAt) },
  dueSort: { ...time, of: (task) => (task.dueDate ? Date.parse(task.dueDate) : LATEST) },
  priority: { text: String, of: (task) => task.priority, read: (text) => (/^\+?0*[0-3]$/.test(text) ? Number(text) : null) },
  rank: { text: String, of: (task) => task.rank, read: (text) => (/^[0-9A-Za-z]{1,200}$/.test(text) ? text : null) },
};

// The page that the arguments name, in a list sorted by `key`.
export function readPage({ first, after, last, before, page, limit }, key) {
  const given = (...values) => values.some((value) => value != null);
  if (!given(page, limit)) return byCursor({ first, after, last, before }, key);
  if (given(first, after, last, before)) {
    throw badInput("page and limit don't go with first, after, last and before: use one kind of paging");
  }
  const rows = limit == null ? USUAL : checkRows("limit", limit, "go on with page");
  if ((page ?? 1) < 1) throw badInput("page: pages are numbered from 1");
  const skip = ((page ?? 1) - 1) * rows;
  if (skip >= LAST_ROW) {
    throw badInput(`page: page numbers reach the first ${LAST_ROW} rows; go further with first and after`);
  }
  return { rows, skip, backward: false, after: null, before: null };
}

function byCursor({ first, after, last, before }, key) {
  if (first != null && last != null) {
    throw badInput("first doesn't go with last: ask for one end of the list at a time");
  }
  let rows = USUAL;
  if (last != null) rows = checkRows("last", last, "go on with before: startCursor");
  if (first != null) rows = checkRows("first", first, "go on with after: endCursor");
  const backward = last != null || (first == null && before != null && after == null);
  return { rows, skip: 0, backward, after: place("after", after, key), before: place("before", before, key) };
}

function checkRows(argument, asked, wayOn) {
  if (asked < 1) throw badInput(`${argument}: ${asked} is too few; ask for 1 to ${MOST}`);
  if (asked <= MOST) return asked;
  const limit = `is more than the ${MOST} rows of one page; ask for at most ${MOST} and ${wayOn}`;
  throw badInput(`${argument}: ${asked} ${limit}`);
}

// The rows of a list that stand on the page, in the list's order. `direction`: 1 or -1.
export function readRows(entities, key, direction, page) {
  const compare = (a, b) => direction * (order(a.value, b.value) || order(a.id, b.id));
  let rows = entities.map((entity) => ({ entity, id: entity.id, value: KEYS[key].of(entity) })).sort(compare);
  if (page.after) rows = rows.filter((row) => compare(row, page.after) > 0);
  if (page.before) rows = rows.filter((row) => compare(row, page.before) < 0);
  rows = rows.slice(page.skip);
  const more = rows.length > page.rows;
  rows = page.backward ? rows.slice(-page.rows) : rows.slice(0, page.rows);
  const cursors = rows.map((row) => encode(key, row));
  return {
    rows: rows.map((row, at) => ({ node: row.entity, cursor: cursors[at] })),
    pageInfo: {
      hasNextPage: page.backward ? page.before !== null : more,
      hasPreviousPage: page.backward ? more : page.skip > 0 || page.after !== null,
      startCursor: cursors[0] ?? null,
      endCursor: cursors.at(-1) ?? null,
    },
  };
}

const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const encode = (key, { value, id }) =>
  Buffer.from(`1:${key}:${KEYS[key].text(value)}:${id}`).toString("base64url");

// The place that a cursor names.
function place(argument, text, key) {
  if (text == null) return null;
  const cursor = decode(text);
  if (!cursor) {
    throw badInput(`${argument}: ${quoted(text)} is not a cursor of this API; cursors come from edges and pageInfo`);
  }
  if (cursor.key !== key) {
    throw badInput(`${argument}: this cursor is of a list sorted by another field; start again without it`);
  }
  return cursor;
}

function decode(text) {
  const bytes = Buffer.from(text, "base64url");
  if (Buffer.byteLength(text) > 400 || bytes.toString("base64url") !== text) return null;
  const parts = bytes.toString("utf8").split(":");
  const [version, key, written, digits] = parts;
  if (parts.length !== 4 || version !== "1" || !Object.hasOwn(KEYS, key)) return null;
  const [value, id] = [KEYS[key].read(written), documentId(digits)];
  return value === null || id === null ? null : { key, value, id };
}

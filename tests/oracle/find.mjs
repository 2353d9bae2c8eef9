// One search over all kinds: what it finds, in which order, and where.
import { badInput, quoted, unauthenticated } from "./errors.mjs";
import { parseId } from "./ids.mjs";
import { checkLength, where } from "./lists.mjs";
import { readPage } from "./paging.mjs";
import { fold, isLetter, terms, typed, wholeMatcher } from "./search.mjs";

const MOST = 100;
const FRAGMENTS = 5;
const LONGEST = 160;
const BEFORE = 40;
const KINDS = ["Project", "Task", "User", "Comment"];

export function search(context, { text, kinds, projectId, first, after }) {
  const { rows } = readPage({ first }, "createdAt");
  const passed = after == null ? 0 : readCursor(after);
  if (!context.viewer) throw unauthenticated();
  checkLength("text", text);
  const project = projectId == null ? null : parseId("projectId", "Project", projectId);
  const words = typed(text);
  const looksFor = (kind) => kinds == null || kinds.includes(kind.toUpperCase());
  const named = looksFor("Task") ? called(context, text) : null;
  const all = words.length === 0 ? [] : found(context, text, words, looksFor, project);
  const ranked = [...new Set(all)].map((entity) => ({ entity, score: score(entity, words, context.viewer) })).sort(compare);
  const isNamed = named && (project === null || named.project === project);
  const entities = ranked.map(({ entity }) => entity).filter((entity) => !isNamed || entity !== named);
  if (isNamed) entities.unshift(named);
  const hits = entities.slice(passed, passed + rows).map((node, at) => ({ node, words, place: passed + at + 1 }));
  const pageInfo = {
    hasNextPage: entities.length > passed + hits.length,
    hasPreviousPage: passed > 0,
    startCursor: hits.length > 0 ? cursor(hits[0].place) : null,
    endCursor: hits.length > 0 ? cursor(hits.at(-1).place) : null,
  };
  return { edges: hits, nodes: hits.map(({ node }) => node), pageInfo };
}

export const SearchEdge = {
  cursor: ({ place }) => cursor(place),
  node: ({ node }) => node,
  fragments: ({ node, words }, _, { viewer }) =>
    texts(node, viewer).flatMap((text) => fragment(text, words) ?? []).slice(0, FRAGMENTS),
};

export function displayNumbers(text) {
  return /^([0-9]+)\.([0-9]+)$/.exec(text.trim())?.slice(1).map(Number) ?? null;
}

// The task of these numbers, or that had them before it was moved, if the viewer sees it.
export function numbered({ world, viewer }, [project, task]) {
  const find = (kind, matches) => {
    const own = (entity) => entity.organization === viewer.organization;
    const found = world.all(kind).find((entity) => own(entity) && matches(entity));
    return found && viewer.sees(found) ? found : null;
  };
  const home = find("Project", ({ number }) => number === project);
  const current = home && find("Task", (found) => found.project === home.id && found.number === task);
  return current ?? find("Task", ({ formerDisplayIds }) => formerDisplayIds.includes(`${project}.${task}`));
}

function called(context, text) {
  const numbers = displayNumbers(text);
  return numbers && numbered(context, numbers);
}

function found(context, text, words, looksFor, project) {
  const { world, viewer } = context;
  const matches = wholeMatcher(text);
  const hung = where(context, null, project);
  const own = (entity) => entity.organization === viewer.organization;
  const newest = (kind, isListed, isFound = (entity) => matches(terms(texts(entity, viewer, viewer.readsAddresses()).map(({ text }) => text)))) => {
    const all = world.all(kind).filter((entity) => isListed(entity) && isFound(entity));
    return all.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, MOST);
  };
  const all = [];
  if (looksFor("Task")) {
    const isListed = (task) => hung(task) && !task.isArchived;
    all.push(...newest("Task", isListed, (task) => matches(terms([task.title, task.displayId]))), ...newest("Task", isListed));
  }
  if (looksFor("Comment")) all.push(...newest("Comment", hung));
  if (project === null && looksFor("Project")) {
    const listed = (project) => viewer.has("project:view_all") || viewer.belongs(project);
    all.push(...newest("Project", (project) => own(project) && listed(project) && !project.isArchived));
  }
  if (project === null && looksFor("User")) all.push(...newest("User", (user) => own(user) && user.isActive));
  return all.filter((entity) => viewer.sees(entity));
}

// The texts that are looked into, and how much each tells; 0 for long ones. The address of a client only where it is
// read: in general by who may, but nobody is found by it for being oneself.
function texts(entity, viewer, isRead = viewer.mayReadAddress(entity)) {
  const of = (field, weight) => ({ field, text: entity[field], weight });
  switch (entity.kind) {
    case "Task": {
      const labels = entity.labels.map((text) => ({ field: "labels", text, weight: 2 }));
      return [of("title", 4), of("displayId", 4), ...labels, of("description", 0)];
    }
    case "Project":
      return [of("name", 4), of("description", 0)];
    case "User":
      return [of("firstName", 4), of("lastName", 4), ...(isRead || entity.role !== "client" ? [of("email", 2)] : [])];
    default:
      return [of("body", 0)];
  }
}

function score(entity, words, viewer) {
  const best = words.map(() => 1);
  for (const { text, weight } of texts(entity, viewer).filter(({ weight }) => weight > 0)) {
    for (const { word, isWhole } of places([...text], words)) {
      best[word] = Math.max(best[word], weight * 2 + (isWhole ? 1 : 0));
    }
  }
  return best.reduce((sum, one) => sum + one, 0);
}

function compare(a, b) {
  const [kindA, kindB] = [a, b].map(({ entity }) => KINDS.indexOf(entity.kind));
  const [timeA, timeB] = [a, b].map(({ entity }) => Date.parse(entity.updatedAt));
  return b.score - a.score || kindA - kindB || timeB - timeA || (a.entity.id < b.entity.id ? 1 : -1);
}

// Where words of the text begin with one of these.
function places(text, words) {
  const found = [];
  let letters = [];
  const close = () => {
    words.forEach((wanted, word) => {
      const length = [...wanted].length;
      const begins = letters.length >= length && [...wanted].every((one, at) => letters[at].letter === one);
      if (begins) found.push({ start: letters[0].start, end: letters[length - 1].end, word, isWhole: letters.length === length });
    });
    letters = [];
  };
  text.forEach((character, at) => {
    const folded = [...fold(character)];
    if (folded.length === 0 && letters.length > 0) letters.at(-1).end = at + 1;
    for (const letter of folded) {
      if (isLetter(letter)) letters.push({ letter, start: at, end: at + 1 });
      else close();
    }
  });
  close();
  return found;
}

function fragment({ field, text }, words) {
  const letters = [...text];
  const found = merged(places(letters, words));
  if (found.length === 0) return null;
  const start = letters.length <= LONGEST ? 0 : Math.min(Math.max(found[0].start - BEFORE, 0), letters.length - LONGEST);
  const shown = { start, end: Math.min(start + LONGEST, letters.length) };
  const parts = [];
  const add = (start, end, isMatch) => {
    if (start >= end) return;
    const before = start === shown.start && shown.start > 0 ? "…" : "";
    const after = end === shown.end && shown.end < letters.length ? "…" : "";
    parts.push({ text: before + letters.slice(start, end).join("") + after, isMatch });
  };
  let at = shown.start;
  for (const range of found) {
    const [start, end] = [Math.max(range.start, at), Math.min(range.end, shown.end)];
    if (start >= end) continue;
    add(at, start, false);
    add(start, end, true);
    at = end;
  }
  add(at, shown.end, false);
  return { field, parts };
}

function merged(ranges) {
  const merged = [];
  for (const { start, end } of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

const cursor = (place) => Buffer.from(`1:search:${place}`).toString("base64url");

function readCursor(text) {
  const bytes = Buffer.from(text, "base64url");
  const isOurs = bytes.toString("base64url") === text && bytes.length < 20;
  const place = isOurs && /^1:search:(\+?[0-9]+)$/.exec(bytes.toString("utf8"));
  if (!place) throw badInput(`after: ${quoted(text)} is not a cursor of a search; cursors come from edges and pageInfo`);
  return Number(place[1]);
}

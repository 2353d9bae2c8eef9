// The lists of the API: what is on them by their filters, and a page of them as a connection.
import { badInput, forbidden, unauthenticated } from "./errors.mjs";
import { parseId } from "./ids.mjs";
import { readPage, readRows } from "./paging.mjs";
import { matcher, terms } from "./search.mjs";

const MOST_VALUES = 100;
const LONGEST_SEARCH = 10_000;
export const PRIORITIES = ["LOW", "MEDIUM", "HIGH", "CRITICAL"];

const SORTS = { CREATED: "createdAt", UPDATED: "updatedAt", DUE: "dueSort", PRIORITY: "priority", RANK: "rank" };

// The people of the viewer's organisation.
export function users({ world, viewer }, { filter, ...page }) {
  if (!viewer) throw unauthenticated();
  const { role, customRoleId, active, search } = filter ?? {};
  const all = [(user) => user.organization === viewer.organization, (user) => user.isActive === (active ?? true)];
  if (role != null) all.push((user) => user.role === role.toLowerCase());
  const custom = customRoleId == null ? null : parseId("filter.customRoleId", "CustomRole", customRoleId);
  if (custom) all.push((user) => user.customRole === custom);
  const findable = (user) => user.role !== "client" || viewer.readsAddresses();
  searched(all, search, (user) => [user.firstName, user.lastName, ...(findable(user) ? [user.email] : [])]);
  return connection({ world, viewer }, "User", all, "createdAt", -1, page);
}

// Who was asked to join the viewer's organisation.
export function invitations({ world, viewer }, page) {
  if (!viewer) throw unauthenticated();
  if (!viewer.has("user:invite")) throw forbidden("user:invite");
  const own = (invitation) => invitation.organization === viewer.organization;
  return connection({ world, viewer }, "Invitation", [own], "createdAt", -1, page);
}

// The roles that the viewer's organisation has made itself.
export function customRoles({ world, viewer }, page) {
  if (!viewer) throw unauthenticated();
  const own = (role) => role.organization === viewer.organization;
  return connection({ world, viewer }, "CustomRole", [own], "createdAt", -1, page);
}

// The viewer's own sessions, those that have ended by themselves among them.
export function sessions({ world, viewer }, page) {
  const own = (session) => session.userId === viewer.user.id;
  return connection({ world, viewer }, "Session", [own], "createdAt", -1, page);
}

// The projects that the viewer sees in lists.
export function projects({ world, viewer }, { filter, ...page }) {
  if (!viewer) throw unauthenticated();
  const { status, archived, search } = filter ?? {};
  const all = [
    (project) => project.organization === viewer.organization,
    (project) => viewer.has("project:view_all") || viewer.belongs(project),
    (project) => project.isArchived === (archived ?? false),
  ];
  if (status != null) all.push((project) => project.status === status.toLowerCase());
  searched(all, search, (project) => [project.name, project.description]);
  return connection({ world, viewer }, "Project", all, "createdAt", -1, page);
}

// The tasks of a project that the viewer is known to see, or without one those of all that they see.
export function tasks({ world, viewer }, within, { filter, sort, ...page }) {
  filter ??= {};
  const asked = filter.projectId == null ? null : parseId("filter.projectId", "Project", filter.projectId);
  if (!viewer) throw unauthenticated();
  const all = [where({ world, viewer }, within, asked), ...conditions(filter)];
  const [, key, way] = /^(.*)_(ASC|DESC)$/.exec(sort ?? "CREATED_DESC");
  return connection({ world, viewer }, "Task", all, SORTS[key], way === "ASC" ? 1 : -1, page);
}

// The tasks in a column of a board, by rank.
export function cards({ world, viewer }, project, status, first) {
  const all = [(task) => task.project === project && task.status === status && !task.isArchived];
  return connection({ world, viewer }, "Task", all, "rank", 1, { first });
}

// The tasks that are a part of this one.
export function subtasks({ world, viewer }, task, page) {
  return connection({ world, viewer }, "Task", [isPart(task)], "createdAt", 1, page);
}

// How many of them are in each status.
export function partCounts(world, task) {
  const counts = new Map();
  for (const part of world.all("Task").filter(isPart(task))) counts.set(part.status, (counts.get(part.status) ?? 0) + 1);
  return counts;
}

const isPart = (task) => (part) => part.project === task.project && part.parent === task.id && !part.isArchived;

// What was said of a task.
export function comments({ world, viewer }, task, page) {
  return connection({ world, viewer }, "Comment", [(comment) => comment.task === task], "createdAt", 1, page);
}

// How many tasks of a project are in each status, without archived ones.
export function statusCounts(world, project) {
  const counts = new Map();
  for (const task of world.all("Task")) {
    if (task.project === project && !task.isArchived) counts.set(task.status, (counts.get(task.status) ?? 0) + 1);
  }
  return counts;
}

export function checkLength(argument, text) {
  const characters = [...text].length;
  if (characters <= LONGEST_SEARCH) return;
  throw badInput(
    `${argument}: ${characters} characters are more than the ${LONGEST_SEARCH} of a search; its first 10 words count`,
  );
}

// Which tasks and comments are listed: those of one project that the viewer sees, or of all of them.
export function where({ world, viewer }, within, asked) {
  const own = (task) => task.organization === viewer.organization;
  if (within !== null && asked !== null && within !== asked) return () => false;
  if (within !== null) return (task) => own(task) && task.project === within;
  if (asked !== null) return viewer.find("Project", asked) ? (task) => own(task) && task.project === asked : () => false;
  if (viewer.has("project:view_all")) return own;
  const theirs = new Set(world.all("Project").filter((project) => viewer.belongs(project)).map(({ id }) => id));
  return (task) => own(task) && theirs.has(task.project);
}

function conditions(filter) {
  const all = [(task) => task.isArchived === (filter.archived ?? false)];
  const { status, priority, assigneeId, creatorId, dueFrom, dueTo, updatedSince, search } = filter;
  if (status != null) all.push(oneOf("filter.status", status, (task) => task.status));
  if (priority != null) all.push(oneOf("filter.priority", priority, (task) => PRIORITIES[task.priority]));
  const assignee = assigneeId == null ? null : parseId("filter.assigneeId", "User", assigneeId);
  if (assignee) all.push((task) => task.assignedTo.includes(assignee));
  const creator = creatorId == null ? null : parseId("filter.creatorId", "User", creatorId);
  if (creator) all.push((task) => task.createdBy === creator);
  if (dueFrom != null) all.push((task) => task.dueDate !== null && Date.parse(task.dueDate) >= dueFrom);
  if (dueTo != null) all.push((task) => task.dueDate !== null && Date.parse(task.dueDate) <= dueTo);
  if (updatedSince != null) all.push((task) => Date.parse(task.updatedAt) >= updatedSince);
  searched(all, search, (task) => [task.title, task.displayId, ...task.labels, task.description]);
  return all;
}

function oneOf(argument, values, of) {
  if (values.length > MOST_VALUES) {
    throw badInput(`${argument}: ${values.length} values are more than the ${MOST_VALUES} allowed; ask in parts`);
  }
  return (entity) => values.includes(of(entity));
}

function searched(all, text, texts) {
  if (text == null) return;
  checkLength("filter.search", text);
  const matches = matcher(text);
  all.push((entity) => matches(terms(texts(entity))));
}

// Rows that the viewer doesn't see leave a gap in their page: their places were counted before.
function connection({ world, viewer }, kind, conditions, key, direction, page) {
  const wanted = readPage(page, key);
  const listed = world.all(kind).filter((entity) => conditions.every((condition) => condition(entity)));
  const { rows, pageInfo } = readRows(listed, key, direction, wanted);
  const edges = rows.filter((row) => viewer.sees(row.node));
  return { edges, nodes: edges.map((edge) => edge.node), pageInfo, totalCount: listed.length };
}

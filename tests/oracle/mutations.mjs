// What some mutations do, so that selections under their payloads can be compared: those with an effect on one document.
// They change the world as they change the server's store. `made`: the ids that the server has given to what is new.
import { forbidden, notFound, unauthenticated } from "./errors.mjs";
import { globalId, parseId } from "./ids.mjs";
import { PRIORITIES } from "./lists.mjs";
import { DATE_FORMATS, TIME_FORMATS, stored } from "./preferences.mjs";

const MOST_RATE = 100_000_000_000;

export const mutations = {
  Mutation: {
    updateTask: changes((input, { world, viewer }) => {
      const id = parseId("taskId", "Task", input.taskId);
      const task = allowed(viewer, viewer.find("Task", id), "Task", "task:update");
      expect(task, input);
      const { title, priority, storyPoints, isArchived } = input;
      const after = {
        title: "title" in input ? line("title", title) : task.title,
        priority: "priority" in input ? PRIORITIES.indexOf(priority) : task.priority,
        storyPoints: "storyPoints" in input ? storyPoints : task.storyPoints,
        isArchived: "isArchived" in input ? isArchived : task.isArchived,
      };
      return { task: save(world, task, after) };
    }),
    archiveProject: changes((input, context) => archive(input, context, true)),
    restoreProject: changes((input, context) => archive(input, context, false)),
    updateProfile: changes(({ firstName }, { world, viewer }) => {
      const user = world.get("User", viewer.user.id);
      return { user: save(world, user, { firstName: line("firstName", firstName) }) };
    }),
    updatePreferences: changes((input, { world, viewer }) => {
      const user = world.get("User", viewer.user.id);
      for (const field of Object.keys(input)) {
        if (input[field] === null) throw new Refusal({}, field, "REQUIRED", "can't be null; leave it out to keep what it is");
      }
      const after = { ...user.preferences };
      if ("theme" in input) after.theme = input.theme.toLowerCase();
      if ("sidebarCollapsed" in input) after.sidebarCollapsed = input.sidebarCollapsed;
      if ("dateFormat" in input) after.dateFormat = stored(DATE_FORMATS, input.dateFormat);
      if ("timeFormat" in input) after.timeFormat = stored(TIME_FORMATS, input.timeFormat);
      save(world, user, { preferences: after });
      return { viewer };
    }),
    setUserRates: changes((input, { world, viewer }) => {
      const user = viewer.find("User", parseId("userId", "User", input.userId));
      if (!user) throw notFound("User");
      if (!viewer.has("user:update")) throw forbidden("user:update");
      expect(user, input);
      const after = {};
      for (const field of ["hourlyRate", "billingRate"]) {
        if (field in input) after[field] = input[field] && rate(field, input[field]);
      }
      return { user: save(world, user, after) };
    }),
    addComment: changes((input, { world, viewer, made }) => {
      const id = parseId("taskId", "Task", input.taskId);
      const task = allowed(viewer, viewer.find("Task", id), "Task", "task:manage_comments");
      const body = text("body", input.body);
      const comment = {
        kind: "Comment",
        id: made.shift(),
        organization: task.organization,
        version: 1,
        project: task.project,
        task: task.id,
        author: viewer.user.id,
        parent: null,
        mentions: [],
        body,
        editedAt: null,
        createdAt: world.moment,
        updatedAt: world.moment,
      };
      world.put(comment);
      return { comment };
    }),
    editComment: changes((input, { world, viewer }) => {
      const comment = changeable(viewer, input);
      const body = text("body", input.body);
      const editedAt = body === comment.body ? comment.editedAt : world.moment;
      return { comment: save(world, comment, { body, editedAt }) };
    }),
    deleteComment: changes((input, { world, viewer }) => {
      const comment = changeable(viewer, input);
      world.remove(comment);
      return { deletedId: globalId("Comment", comment.id) };
    }),
  },
  TaskPayload: payload("task"),
  ProjectPayload: payload("project"),
  UserPayload: payload("user"),
  PreferencesPayload: payload("viewer"),
  CommentPayload: payload("comment"),
  DeleteCommentPayload: payload("deletedId"),
  UserError: { field: ({ field }) => field, code: ({ code }) => code, message: ({ message }) => message },
};

// What the sender can mend: it is no error of the request.
class Refusal extends Error {
  constructor(payload, field, code, message) {
    super(message);
    this.payload = { ...payload, userErrors: [{ field, code, message }] };
  }
}

function payload(object) {
  return { [object]: (payload) => payload[object] ?? null, userErrors: ({ userErrors }) => userErrors ?? [] };
}

function changes(change) {
  return (_, { input }, context) => {
    if (!context.viewer) throw unauthenticated();
    try {
      return change(input, context);
    } catch (error) {
      if (error instanceof Refusal) return error.payload;
      throw error;
    }
  };
}

function archive(input, { world, viewer }, isArchived) {
  const id = parseId("projectId", "Project", input.projectId);
  const project = allowed(viewer, viewer.find("Project", id), "Project", "project:archive");
  expect(project, input);
  return { project: save(world, project, { isArchived }) };
}

// The comment of an input: everybody looks after their own, who may edit all tasks after everybody's.
function changeable(viewer, { commentId }) {
  const id = parseId("commentId", "Comment", commentId);
  const comment = viewer.findWritable(id);
  const isOwn = comment?.author === viewer.user.id;
  return allowed(viewer, comment, "Comment", isOwn ? "task:manage_comments" : "task:edit_all");
}

function allowed(viewer, entity, kind, permission) {
  if (!entity) throw notFound(kind);
  if (!viewer.may(permission, viewer.projectOf(entity))) throw forbidden(permission);
  return entity;
}

function expect(entity, { expectedVersion }) {
  if (expectedVersion == null || expectedVersion === entity.version) return;
  const message = "somebody else has changed it since; the payload has it as it is now";
  throw new Refusal({ [entity.kind.toLowerCase()]: entity }, "expectedVersion", "CONFLICT", message);
}

// Writes it with this changed, unless nothing is.
function save(world, entity, change) {
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  if (Object.entries(change).every(([field, value]) => same(entity[field], value))) return entity;
  const after = { ...entity, ...change, version: entity.version + 1, updatedAt: world.moment };
  world.put(after);
  return after;
}

function rate(field, { amount, currency }) {
  if (amount < 0 || amount > MOST_RATE) {
    throw new Refusal({}, `${field}.amount`, "OUT_OF_RANGE", `is ${amount}; from 0 to ${MOST_RATE} is allowed`);
  }
  return { amount, currency };
}

function line(field, value) {
  const trimmed = text(field, value);
  if (/\p{Cc}/u.test(trimmed)) {
    throw new Refusal({}, field, "INVALID", "is one line of text, without control characters");
  }
  return trimmed;
}

function text(field, value) {
  const trimmed = value.trim();
  if (trimmed === "") throw new Refusal({}, field, "REQUIRED", "can't be blank");
  return trimmed;
}

// Many tasks changed in one step: for each the rules of one alone, and all of them or none.
import { changes, done, filled, line, noted, save, write, wrong } from "./changes.mjs";
import { forbidden } from "./errors.mjs";
import { globalId, parseId } from "./ids.mjs";
import { PRIORITIES } from "./lists.mjs";

const MOST = 100;
const MOST_POINTS = 1_000;

export const bulkUpdateTasks = changes((input, { world, viewer }) => {
  const results = judged(input, viewer, "task:update");
  const after = new Map();
  for (const { task, errors } of results) {
    if (task) after.set(task, changed(input, errors));
  }
  if (isFine(results)) for (const result of results) result.task = save(world, result.task, after.get(result.task));
  return answer(results);
});

export const bulkDeleteTasks = changes((input, { world, viewer }) => {
  const results = judged(input, viewer, "task:delete");
  if (isFine(results)) {
    remove(world, results.map(({ task }) => task));
    for (const result of results) result.task = null;
  }
  return answer(results);
});

export const BulkTasksPayload = { results: ({ results }) => results, userErrors: ({ userErrors }) => userErrors };
export const BulkTaskResult = {
  taskId: ({ id }) => globalId("Task", id),
  task: ({ task }) => task,
  userErrors: ({ errors }) => errors,
};

const isFine = (results) => results.every(({ errors }) => errors.length === 0);

// The named tasks with what is wrong with each, if the viewer may do this to all that they see.
function judged({ taskIds, expectedVersions }, viewer, permission) {
  const ids = taskIds.map((text) => parseId("taskIds", "Task", text));
  checkNames(ids, expectedVersions);
  const found = ids.map((id) => ({ id, task: viewer.find("Task", id), errors: [] }));
  for (const { task } of found) {
    if (task && !viewer.may(permission, viewer.projectOf(task))) throw forbidden(permission);
  }
  for (const [place, { task, errors }] of found.entries()) {
    if (!task) {
      errors.push(wrong(`taskIds.${place}`, "NOT_FOUND", "is no task that you see; it may have been removed"));
    } else if (expectedVersions && expectedVersions[place] !== task.version) {
      const message = "somebody else has changed the task since; the result has it as it is now";
      errors.push(wrong(`expectedVersions.${place}`, "CONFLICT", message));
    }
  }
  return found;
}

function checkNames(ids, versions) {
  const errors = [];
  if (ids.length === 0) errors.push(wrong("taskIds", "REQUIRED", "names no task"));
  if (ids.length > MOST) {
    errors.push(wrong("taskIds", "TOO_LONG", `${ids.length} are too many; ${MOST} are allowed`));
  }
  for (const [place, id] of ids.entries()) {
    if (ids.indexOf(id) < place) errors.push(wrong(`taskIds.${place}`, "TAKEN", "is named before already"));
  }
  if (versions && versions.length !== ids.length) {
    const message = `are ${versions.length}, and the tasks are ${ids.length}: one for each`;
    errors.push(wrong("expectedVersions", "INVALID", message));
  }
  done(errors, { results: [] });
}

// What changes of each task; what is wrong with it is added.
function changed(input, errors) {
  const after = {};
  if ("labels" in input) {
    const words = (input.labels ?? []).map((label, place) => noted(errors, () => line(`labels.${place}`, label)));
    after.labels = [...new Set(words)];
  }
  const priority = noted(errors, () => filled(input, "priority"));
  if (priority) after.priority = PRIORITIES.indexOf(priority);
  const isArchived = noted(errors, () => filled(input, "isArchived"));
  if (isArchived !== undefined) after.isArchived = isArchived;
  if ("storyPoints" in input) {
    after.storyPoints = input.storyPoints;
    if (input.storyPoints < 0 || input.storyPoints > MOST_POINTS) {
      const message = `is ${input.storyPoints}; from 0 to ${MOST_POINTS} is allowed`;
      errors.push(wrong("storyPoints", "OUT_OF_RANGE", message));
    }
  }
  return after;
}

// With their comments and files; what was a part of them or depends on them stands on its own.
function remove(world, tasks) {
  const gone = new Set(tasks.map(({ id }) => id));
  for (const left of world.all("Task").filter(({ id }) => !gone.has(id))) {
    const dependencies = left.dependencies.filter((id) => !gone.has(id));
    const isPart = gone.has(left.parent);
    if (isPart || dependencies.length < left.dependencies.length) {
      write(world, left, { parent: isPart ? null : left.parent, dependencies });
    }
  }
  for (const task of tasks) {
    const isBelow = (of) => (entity) => entity.organization === task.organization && entity[of] === task.id;
    const below = [...world.all("Comment").filter(isBelow("task")), ...world.all("Asset").filter(isBelow("owner"))];
    for (const entity of [task, ...below]) world.remove(entity);
  }
}

// What is wrong with several tasks alike is said once of all.
function answer(results) {
  const said = new Map();
  for (const error of results.flatMap(({ errors }) => errors)) {
    const key = JSON.stringify([error.field, error.message]);
    if (!said.has(key)) said.set(key, error);
  }
  return { results, userErrors: [...said.values()] };
}

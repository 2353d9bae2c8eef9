// What tasks depend on: tasks that the viewer sees, never in a ring.
import { Refusal, allowed, changes, expect, save } from "./changes.mjs";
import { parseId } from "./ids.mjs";

const MOST = 50;
const FIELD = "dependsOnId";

export const addTaskDependency = changes((input, { world, viewer }) => {
  const { task, on } = named(input, viewer);
  if (on === task.id) refuse("INVALID", "is the task itself");
  if (!viewer.find("Task", on)) refuse("NOT_FOUND", "is no task of the organisation");
  const isThere = task.dependencies.includes(on);
  if (task.dependencies.length >= MOST && !isThere) {
    refuse("OUT_OF_RANGE", `is one too many: a task depends on ${MOST} others at most`);
  }
  if (behind(world, on).has(task.id)) {
    refuse("INVALID", "depends on this task itself, if by way of others");
  }
  return { task: isThere ? task : save(world, task, { dependencies: [...task.dependencies, on] }) };
});

export const removeTaskDependency = changes((input, { world, viewer }) => {
  const { task, on } = named(input, viewer);
  if (!task.dependencies.includes(on) || !viewer.find("Task", on)) {
    refuse("NOT_FOUND", "is none of the tasks that this one depends on");
  }
  return { task: save(world, task, { dependencies: task.dependencies.filter((id) => id !== on) }) };
});

function refuse(code, message) {
  throw new Refusal({}, FIELD, code, message);
}

function named(input, viewer) {
  const id = parseId("taskId", "Task", input.taskId);
  const on = parseId(FIELD, "Task", input.dependsOnId);
  const task = allowed(viewer, viewer.find("Task", id), "Task", "task:update");
  expect(task, input);
  return { task, on };
}

// All that this task depends on, if by way of others, and itself.
function behind(world, id, met = new Set([id])) {
  for (const next of world.get("Task", id)?.dependencies ?? []) {
    if (!met.has(next)) behind(world, next, met.add(next));
  }
  return met;
}

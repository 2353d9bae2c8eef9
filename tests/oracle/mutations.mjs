// What some mutations do, so that selections under their payloads can be compared. They change the world as they change the
// server's store. `made`: the ids that the server has given to what is new, by kind. Those that number or rank tasks are
// left out: what comes of them would be worked out a second time here.
import { BulkTaskResult, BulkTasksPayload, bulkDeleteTasks, bulkUpdateTasks } from "./bulk.mjs";
import { allowed, changes, expect, line, payload, save, text } from "./changes.mjs";
import { addTaskDependency, removeTaskDependency } from "./dependencies.mjs";
import { globalId, parseId } from "./ids.mjs";
import { PRIORITIES } from "./lists.mjs";
import { updatePreferences } from "./preferences.mjs";
import { setUserRates } from "./rates.mjs";
import { createCustomRole, deleteCustomRole, setUserRole, updateCustomRole } from "./rights.mjs";

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
    addComment: changes((input, { world, viewer, made }) => {
      const id = parseId("taskId", "Task", input.taskId);
      const task = allowed(viewer, viewer.find("Task", id), "Task", "task:manage_comments");
      const body = text("body", input.body);
      const comment = {
        kind: "Comment",
        id: made.Comment.shift(),
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
    addTaskDependency,
    removeTaskDependency,
    bulkUpdateTasks,
    bulkDeleteTasks,
    createCustomRole,
    updateCustomRole,
    deleteCustomRole,
    setUserRole,
    setUserRates,
    updatePreferences,
  },
  TaskPayload: payload("task"),
  ProjectPayload: payload("project"),
  UserPayload: payload("user"),
  PreferencesPayload: payload("viewer"),
  CommentPayload: payload("comment"),
  DeleteCommentPayload: payload("deletedId"),
  CustomRolePayload: payload("customRole"),
  DeleteCustomRolePayload: payload("deletedId", "customRole"),
  BulkTasksPayload,
  BulkTaskResult,
  UserError: { field: ({ field }) => field, code: ({ code }) => code, message: ({ message }) => message },
};

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

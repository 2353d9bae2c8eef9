// What each field of the schema says: a function of the object, the arguments and { world, viewer }. Every field of
// every object type stands here; one that is missing is found when the schema is put together.
import { Dashboard, TaskCounts } from "./dashboard.mjs";
import { device } from "./device.mjs";
import { forbidden, quoted, unauthenticated, badInput } from "./errors.mjs";
import { SearchEdge, displayNumbers, numbered, search } from "./find.mjs";
import { globalId, parseId, parseReference } from "./ids.mjs";
import {
  PRIORITIES,
  cards,
  comments,
  customRoles,
  invitations,
  partCounts,
  projects,
  sessions,
  statusCounts,
  subtasks,
  tasks,
  users,
} from "./lists.mjs";
import { projectRole } from "./permission.mjs";
import { DATE_FORMATS, TIME_FORMATS } from "./preferences.mjs";
import { optimized, signed, srcset, thumbnail, url, variantUrl } from "./pictures.mjs";

const MOST_IDS = 100;

const own = (...names) => Object.fromEntries(names.map((name) => [name, (object) => object[name]]));
const upper = (...names) => Object.fromEntries(names.map((name) => [name, (object) => object[name].toUpperCase()]));
const node = { id: ({ kind, id }) => globalId(kind, id), ...own("version", "createdAt", "updatedAt") };

// What another object points at; null when it is absent or not seen.
const one = (kind, of) => (object, _, { viewer }) => {
  const id = of(object);
  return id && viewer ? viewer.find(kind, id) : null;
};

// The same for many, without those that are absent or not seen.
const many = (kind, of) => (object, _, { viewer }) =>
  of(object).flatMap((id) => viewer?.find(kind, id) ?? []);

// Whether a task of this project is neither done nor cancelled.
const isOpen = (task, project) => {
  const category = project.boardColumns.find(({ key }) => key === task.status)?.category ?? "active";
  return category === "backlog" || category === "active";
};

// How much is done of so many tasks in each status of this project.
const progress = (project, counts) => {
  const of = { backlog: 0, active: 0, done: 0, cancelled: 0 };
  for (const [status, count] of counts) {
    const column = project.boardColumns.find(({ key }) => key === status);
    of[column?.category ?? "active"] += count;
  }
  const total = of.backlog + of.active + of.done;
  return { total, done: of.done, percent: total === 0 ? 0 : Math.floor((of.done * 100) / total) };
};

// What the viewer names by its id.
const named = (kind, argument) => (_, args, { viewer }) => {
  if (!viewer) throw unauthenticated();
  return viewer.find(kind, parseId(argument, kind, args[argument]));
};

// The picture of an asset that another object points at.
const picture = (of) => (object, args, context) => one("Asset", of)(object, args, context)?.picture ?? null;

const connection = own("edges", "nodes", "pageInfo", "totalCount");
const edge = own("cursor", "node");

export const resolvers = {
  Query: {
    viewer: (_, __, { viewer }) => viewer,
    organization: (_, __, { viewer }) => {
      if (!viewer) throw unauthenticated();
      return viewer.find("Organization", viewer.organization);
    },
    user: named("User", "id"),
    users: (_, args, context) => users(context, args),
    invitations: (_, args, context) => invitations(context, args),
    customRoles: (_, args, context) => customRoles(context, args),
    project: named("Project", "id"),
    projects: (_, args, context) => projects(context, args),
    board: (root, args, context) => {
      const project = named("Project", "projectId")(root, args, context);
      return project && { project };
    },
    task: named("Task", "id"),
    tasks: (_, args, context) => tasks(context, null, args),
    taskByDisplayId: (_, { displayId }, { world, viewer }) => {
      if (!viewer) throw unauthenticated();
      const numbers = displayNumbers(displayId);
      if (!numbers) throw badInput(`displayId: ${quoted(displayId)} is not what a task is called, like 7.42`);
      return numbered({ world, viewer }, numbers);
    },
    search: (_, args, context) => search(context, args),
    dashboard: (_, __, { viewer }) => {
      if (!viewer) throw unauthenticated();
      return {};
    },
    node: (_, { id: text }, { viewer }) => {
      if (!viewer) throw unauthenticated();
      const { kind, id } = parseReference("id", text);
      return viewer.find(kind, id);
    },
    nodes: (_, { ids }, { viewer }) => {
      if (!viewer) throw unauthenticated();
      if (ids.length > MOST_IDS) {
        throw badInput(`ids: ${ids.length} are more than the ${MOST_IDS} of one call; ask in parts`);
      }
      const references = ids.map((text, at) => parseReference(`ids[${at}]`, text));
      return references.map(({ kind, id }) => viewer.find(kind, id));
    },
  },
  Viewer: {
    user: ({ user }, _, { world }) => world.get("User", user.id),
    organization: ({ organization }, _, { world }) => world.get("Organization", organization),
    role: ({ user }) => user.role.toUpperCase(),
    permissions: (viewer) => viewer.permissions,
    preferences: ({ user }, _, { world }) => world.get("User", user.id).preferences,
    sessions: (_, args, context) => sessions(context, args),
  },
  Preferences: {
    ...upper("theme"),
    ...own("sidebarCollapsed"),
    dateFormat: ({ dateFormat }) => DATE_FORMATS[dateFormat],
    timeFormat: ({ timeFormat }) => TIME_FORMATS[timeFormat],
  },
  Session: {
    id: node.id,
    ...own("userAgent", "createdAt", "lastSeenAt", "expiresAt"),
    device: ({ userAgent }) => device(userAgent),
    isCurrent: ({ id }, _, { viewer }) => id === viewer.session,
  },
  Invitation: {
    id: node.id,
    ...own("email", "createdAt", "expiresAt"),
    ...upper("role"),
    invitedBy: one("User", (invitation) => invitation.invitedBy),
  },
  Organization: {
    ...node,
    ...own("name", "domain", "timezone", "currency", "language"),
    logo: picture((organization) => organization.logo),
  },
  User: {
    ...node,
    ...own("firstName", "lastName", "isActive", "timezone", "language", "currency", "lastLoginAt"),
    ...upper("role"),
    email: (user, _, { viewer }) => {
      if (!viewer.mayReadAddress(user)) throw forbidden("user:invite");
      return user.email;
    },
    hourlyRate: (user, _, { viewer }) => {
      if (!viewer.readsRates() && user.id !== viewer.user.id) throw forbidden("financial:read");
      return user.hourlyRate;
    },
    billingRate: (user, _, { viewer }) => {
      if (!viewer.readsRates()) throw forbidden("financial:read");
      return user.billingRate;
    },
    fullName: ({ firstName, lastName }) => `${firstName} ${lastName}`.trim(),
    organization: one("Organization", (user) => user.organization),
    avatar: picture((user) => user.avatar),
    customRole: one("CustomRole", (user) => user.customRole),
  },
  CustomRole: { ...node, ...own("name", "permissions") },
  Project: {
    ...node,
    ...own("number", "name", "description", "startDate", "endDate", "tags", "isArchived"),
    ...upper("status"),
    priority: ({ priority }) => PRIORITIES[priority],
    creator: one("User", (project) => project.createdBy),
    client: one("User", (project) => project.client),
    members: many("User", (project) => project.teamMembers),
    cover: picture((project) => project.cover),
    memberCount: ({ teamMembers }) => teamMembers.length,
    roles: (project, _, { viewer }) => {
      const ids = new Set([project.createdBy, project.client, ...project.teamMembers]);
      const seen = [...ids].flatMap((id) => (id && viewer?.find("User", id)) || []);
      const roles = seen.map((user) => ({ user, role: projectRole(user, project) }));
      return roles.filter(({ role }) => role !== null);
    },
    columns: (project) => project.boardColumns.map((column) => ({ ...column, project })),
    budget: (project, _, { viewer }) => {
      if (!viewer) throw unauthenticated();
      const allowed = ["project:manage_budget", "financial:read"].some((needed) => viewer.may(needed, project));
      if (!allowed) throw forbidden("project:manage_budget");
      return project.budget;
    },
    progress: (project, _, { world }) => {
      return progress(project, statusCounts(world, project.id));
    },
    tasks: (project, args, context) => tasks(context, project.id, args),
  },
  Task: {
    ...node,
    ...own("displayId", "formerDisplayIds", "number", "title", "description", "status", "labels", "storyPoints", "estimatedMinutes"),
    ...own("actualMinutes", "startDate", "dueDate", "completedAt", "rank", "isArchived"),
    ...upper("type"),
    priority: ({ priority }) => PRIORITIES[priority],
    column: (task, _, { viewer }) => {
      const project = viewer?.find("Project", task.project);
      const column = project?.boardColumns.find(({ key }) => key === task.status);
      return column ? { ...column, project } : null;
    },
    project: one("Project", (task) => task.project),
    creator: one("User", (task) => task.createdBy),
    assignees: many("User", (task) => task.assignedTo),
    parent: one("Task", (task) => task.parent),
    dependencies: many("Task", (task) => task.dependencies),
    attachments: many("Asset", (task) => task.attachments),
    isOverdue: (task, _, { world, viewer }) => {
      const project = viewer?.find("Project", task.project);
      if (!project) return null;
      return isOpen(task, project) && task.dueDate !== null && Date.parse(task.dueDate) < world.now;
    },
    isBlocked: (task, _, { viewer }) => {
      const project = viewer?.find("Project", task.project);
      if (!project) return null;
      const before = task.dependencies.flatMap((id) => viewer.find("Task", id) ?? []);
      return isOpen(task, project) && before.some((task) => isOpen(task, viewer.find("Project", task.project)));
    },
    subtasks: (task, args, context) => subtasks(context, task, args),
    progress: (task, _, { world, viewer }) => {
      const project = viewer?.find("Project", task.project);
      return project ? progress(project, partCounts(world, task)) : null;
    },
    comments: (task, args, context) => comments(context, task.id, args),
  },
  Comment: {
    ...node,
    ...own("body", "editedAt"),
    author: one("User", (comment) => comment.author),
    parent: one("Comment", (comment) => comment.parent),
    mentions: many("User", (comment) => comment.mentions),
    task: one("Task", (comment) => comment.task),
    project: one("Project", (comment) => comment.project),
  },
  Asset: {
    ...node,
    ...own("name", "contentType", "bytes"),
    kind: ({ assetKind }) => assetKind.toUpperCase(),
    uploadedBy: one("User", (asset) => asset.uploadedBy),
    image: (asset) => asset.picture,
    url: ({ file, picture, name }, _, { world }) => {
      if (file) return signed(file, name, world.now);
      return picture && optimized(picture);
    },
  },
  Image: {
    ...own("width", "height", "placeholder", "variants"),
    url,
    thumbnail,
    srcset,
  },
  ImageVariant: { ...own("name", "width", "height", "bytes", "contentType"), url: variantUrl },
  Board: {
    project: ({ project }) => project,
    columns: ({ project }) => resolvers.Project.columns(project),
  },
  BoardColumn: {
    ...own("key", "title", "color"),
    ...upper("category"),
    count: ({ key, project }, _, { world }) => statusCounts(world, project.id).get(key) ?? 0,
    tasks: ({ key, project }, { first }, context) => cards(context, project.id, key, first).nodes,
  },
  ProjectMember: { user: ({ user }) => user, ...upper("role") },
  SearchConnection: own("edges", "nodes", "pageInfo"),
  SearchEdge,
  SearchFragment: own("field", "parts"),
  SearchPart: own("text", "isMatch"),
  Dashboard,
  TaskCounts,
  TaskProgress: own("total", "done", "percent"),
  Budget: {
    total: ({ total, currency }) => ({ amount: total, currency }),
    spent: ({ spent, currency }) => ({ amount: spent, currency }),
    remaining: ({ total, spent, currency }) => ({ amount: total - spent, currency }),
  },
  Money: own("amount", "currency"),
  PageInfo: own("hasNextPage", "hasPreviousPage", "startCursor", "endCursor"),
  UserConnection: connection,
  UserEdge: edge,
  ProjectConnection: connection,
  ProjectEdge: edge,
  TaskConnection: connection,
  TaskEdge: edge,
  CommentConnection: connection,
  CommentEdge: edge,
  InvitationConnection: connection,
  InvitationEdge: edge,
  CustomRoleConnection: connection,
  CustomRoleEdge: edge,
  SessionConnection: connection,
  SessionEdge: edge,
};

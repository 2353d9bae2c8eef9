// The resolvers of what the queries ask for. Whatever needs an engine goes through the loaders of the request; whatever is
// on the entity is returned at once.

import { GraphQLError } from 'graphql';

import { parse, reference } from './entities.js';
import { seesProject } from './identity.js';
import { cards, memberships, projectsOf, statusCounts, tasksBy, tasksOf } from './lists.js';

const PAGE = 20;

const globalId = (code) => (entity) => reference(code, entity._id);

/// The bare id of an argument.
function bare(argument, code, id) {
  const parsed = parse(id);
  if (parsed?.code === code) return parsed.hex;
  throw new GraphQLError(`${argument}: not the id of such a thing`, { extensions: { code: 'BAD_USER_INPUT' } });
}

/// An entity of the viewer's organisation, or null.
async function own(context, code, hex) {
  const entity = await context.loaders.get(code, hex);
  return entity?.organization === context.viewer.organization ? entity : null;
}

async function project(context, hex) {
  const found = await context.loaders.get('prj', hex);
  return seesProject(context.viewer, found) ? found : null;
}

async function people(context, hexes) {
  const found = await context.loaders.all('usr', hexes);
  return found.filter((user) => user.organization === context.viewer.organization);
}

/// The projects that lists are narrowed to; null: all of the organisation.
function within({ viewer, loaders }) {
  return viewer.viewsAll ? null : loaders.lists.load(memberships(viewer.id)).then((ids) => ids.toSorted());
}

/// A page of so many rows out of one row more.
function connection(rows, first) {
  return { nodes: rows.slice(0, first), more: rows.length > first };
}

function progress(of, counts) {
  const categories = new Map(of.boardColumns.map((column) => [column.key, column.category]));
  let [total, done] = [0, 0];
  for (const [status, count] of Object.entries(counts)) {
    const category = categories.get(status) ?? 'active';
    if (category !== 'cancelled') total += count;
    if (category === 'done') done += count;
  }
  return { total, done, percent: total === 0 ? 0 : Math.floor((done * 100) / total) };
}

const columns = (of) => of.boardColumns.map((column) => ({ ...column, project: of._id }));

const enumeration = (names) => Object.fromEntries(names.map((name) => [name, name.toLowerCase()]));

export const resolvers = {
  Query: {
    viewer: (_, __, context) => context.viewer,
    user: (_, { id }, context) => own(context, 'usr', bare('id', 'usr', id)),
    project: (_, { id }, context) => project(context, bare('id', 'prj', id)),
    board: (_, { projectId }, context) => project(context, bare('projectId', 'prj', projectId)),
    async task(_, { id }, context) {
      const task = await own(context, 'tsk', bare('id', 'tsk', id));
      return task && (await project(context, task.project)) ? task : null;
    },
    async projects(_, { first = PAGE }, context) {
      const question = projectsOf(context.viewer.organization, await within(context), first + 1);
      return connection(await context.loaders.page(question), first);
    },
    async tasks(_, { filter, sort, first = PAGE }, context) {
      const assignee = filter?.assigneeId && bare('filter.assigneeId', 'usr', filter.assigneeId);
      const question = tasksBy(context.viewer.organization, await within(context), assignee, sort, first + 1);
      return connection(await context.loaders.page(question), first);
    },
  },
  Viewer: {
    user: (viewer, _, context) => context.loaders.get('usr', viewer.id),
  },
  User: {
    id: globalId('usr'),
    fullName: (user) => `${user.firstName} ${user.lastName}`.trim(),
  },
  Project: {
    id: globalId('prj'),
    creator: (of, _, context) => own(context, 'usr', of.createdBy),
    members: (of, _, context) => people(context, of.teamMembers),
    memberCount: (of) => of.teamMembers.length,
    columns,
    progress: async (of, _, context) => progress(of, await context.loaders.lists.load(statusCounts(of._id))),
    tasks: async (of, { sort, first = PAGE }, context) =>
      connection(await context.loaders.page(tasksOf(of._id, sort, first + 1)), first),
  },
  Board: {
    project: (of) => of,
    columns,
  },
  BoardColumn: {
    count: async (column, _, context) =>
      (await context.loaders.lists.load(statusCounts(column.project)))[column.key] ?? 0,
    tasks: (column, { first }, context) => context.loaders.page(cards(column.project, column.key, first)),
  },
  Task: {
    id: globalId('tsk'),
    project: (task, _, context) => project(context, task.project),
    column: async (task, _, context) => {
      const home = await project(context, task.project);
      return (home && columns(home).find((column) => column.key === task.status)) ?? null;
    },
    creator: (task, _, context) => own(context, 'usr', task.createdBy),
    assignees: (task, _, context) => people(context, task.assignedTo),
  },
  ProjectConnection: {
    pageInfo: ({ more }) => ({ hasNextPage: more, hasPreviousPage: false }),
  },
  TaskConnection: {
    pageInfo: ({ more }) => ({ hasNextPage: more, hasPreviousPage: false }),
  },
  Priority: { LOW: 0, MEDIUM: 1, HIGH: 2, CRITICAL: 3 },
  ProjectStatus: enumeration(['DRAFT', 'PLANNING', 'ACTIVE', 'ON_HOLD', 'COMPLETED', 'CANCELLED']),
  ColumnCategory: enumeration(['BACKLOG', 'ACTIVE', 'DONE', 'CANCELLED']),
  TaskType: enumeration(['BUG', 'FEATURE', 'IMPROVEMENT', 'TASK', 'SUBTASK']),
  Role: enumeration([
    'ADMIN',
    'HUMAN_RESOURCE',
    'PROJECT_MANAGER',
    'TEAM_MEMBER',
    'CLIENT',
    'VIEWER',
    'QA_ENGINEER',
    'TESTER',
    'ACCOUNT_MANAGER',
  ]),
};

// The lists that resolvers ask for, as questions for the loader: what MongoDB is asked, and the key that the answer has.

import { ObjectId } from 'mongodb';

const id = (hex) => ObjectId.createFromHexString(hex);

const TASK_SORTS = {
  CREATED_DESC: { createdAt: -1, _id: -1 },
  CREATED_ASC: { createdAt: 1, _id: 1 },
  DUE_ASC: { dueSort: 1, _id: 1 },
  RANK_ASC: { rank: 1, _id: 1 },
};

/// The cards of a column.
export const cards = (project, status, limit) => ({
  code: 'tsk',
  key: `list:tasks:project=${project}:status=${status}:rank:${limit}`,
  filter: { project: id(project), status, isArchived: false },
  sort: TASK_SORTS.RANK_ASC,
  limit,
});

/// The tasks of one project.
export const tasksOf = (project, sort, limit) => ({
  code: 'tsk',
  key: `list:tasks:project=${project}:${sort}:${limit}`,
  filter: { project: id(project), isArchived: false },
  sort: TASK_SORTS[sort],
  limit,
});

/// The tasks that somebody does, in an organisation or among these projects of it.
export const tasksBy = (organization, projects, assignee, sort, limit) => ({
  code: 'tsk',
  key: `list:tasks:organization=${organization}:${among(projects)}:assignee=${assignee}:${sort}:${limit}`,
  filter: {
    organization: id(organization),
    isArchived: false,
    ...(projects && { project: { $in: projects.map(id) } }),
    ...(assignee && { assignedTo: id(assignee) }),
  },
  sort: TASK_SORTS[sort],
  limit,
});

/// The projects of an organisation, or these of it.
export const projectsOf = (organization, projects, limit) => ({
  code: 'prj',
  key: `list:projects:organization=${organization}:${among(projects)}:${limit}`,
  filter: {
    organization: id(organization),
    isArchived: false,
    ...(projects && { _id: { $in: projects.map(id) } }),
  },
  sort: { createdAt: -1, _id: -1 },
  limit,
});

/// The ids of the projects that somebody belongs to.
export const memberships = (user) => ({
  code: 'prj',
  key: `list:memberships:${user}`,
  filter: { $or: [{ createdBy: id(user) }, { client: id(user) }, { teamMembers: id(user) }] },
  idsOnly: true,
});

/// How many tasks of a project aren't archived, by status.
export const statusCounts = (project) => ({ code: 'tsk', key: `counts:${project}`, project });

const among = (projects) => (projects ? `among=${projects.join()}` : 'all');

// The viewer's first page: counts of the tasks in the projects that they see.
import { statusCounts, tasks } from "./lists.mjs";

const MINUTE = 60_000;
const DAY = 86_400_000;
const THURSDAY = 3 * DAY;

export const Dashboard = {
  all: (_, __, context) => {
    const counts = new Map();
    const projects = shown(context);
    for (const project of projects.values()) {
      for (const [status, count] of statusCounts(context.world, project.id)) add(counts, project, status, count);
    }
    return { counts, projects, matches: () => true };
  },
  mine: (_, __, context) => {
    const matches = (task) => task.assignedTo.includes(context.viewer.user.id);
    const [counts, projects] = [new Map(), shown(context)];
    for (const task of listed(context, matches)) add(counts, projects.get(task.project), task.status, 1);
    return { counts, projects, matches };
  },
  recent: (_, { first }, context) => tasks(context, null, { sort: "UPDATED_DESC", first }).nodes,
};

const of = (category) => ({ counts }) => counts.get(category) ?? 0;

export const TaskCounts = {
  backlog: of("backlog"),
  active: of("active"),
  done: of("done"),
  cancelled: of("cancelled"),
  overdue: (counts, _, context) => open(counts, context, (due) => due < minute(context)),
  dueThisWeek: (counts, { until }, context) => {
    const now = minute(context);
    const end = until ?? now - ((now + THURSDAY) % (7 * DAY)) + 7 * DAY;
    return open(counts, context, (due) => due >= now && due < end);
  },
};

const minute = ({ world }) => world.now - (world.now % MINUTE);

// The projects that the viewer sees in lists, by id.
function shown({ world, viewer }) {
  const all = world.all("Project").filter((project) => project.organization === viewer.organization);
  const seen = all.filter((project) => viewer.has("project:view_all") || viewer.belongs(project));
  return new Map(seen.filter((project) => !project.isArchived).map((project) => [project.id, project]));
}

function listed({ world, viewer }, matches) {
  const own = (task) => task.organization === viewer.organization && !task.isArchived;
  return world.all("Task").filter((task) => own(task) && matches(task));
}

function open({ projects, matches }, context, isDue) {
  const counts = new Map();
  for (const task of listed(context, matches)) {
    const due = task.dueDate !== null && task.completedAt === null && isDue(Date.parse(task.dueDate));
    if (due) add(counts, projects.get(task.project), task.status, 1);
  }
  return (counts.get("backlog") ?? 0) + (counts.get("active") ?? 0);
}

function add(counts, project, status, count) {
  if (!project) return;
  const category = project.boardColumns.find(({ key }) => key === status)?.category ?? "active";
  counts.set(category, (counts.get(category) ?? 0) + count);
}

// Puts ids that the viewer really has into an example's variables, for names like `$project`.
import { post } from "../server/post";
import { authorization } from "../session/session";

const IDS = `query PlaygroundIds {
  viewer { user { id } }
  active: projects(filter: { status: ACTIVE }, first: 1) {
    nodes { id tasks(first: 30) { nodes { id parent { id } assignees { id } } } }
  }
  projects(first: 2) { nodes { id } }
}`;
const WEEK = 7 * 24 * 3600 * 1000;

interface Node {
  id: string;
}

interface Task extends Node {
  parent: Node | null;
  assignees: Node[];
}

interface Ids {
  viewer?: { user?: Node };
  active?: { nodes: (Node & { tasks?: { nodes: Task[] } })[] };
  projects?: { nodes: Node[] };
}

/** The variables with what the names stand for; as they are where nobody is signed in, or there is nothing of it. */
export async function filled(variables: string): Promise<string> {
  if (variables === "") return "";
  const names = variables.includes('"$') ? await known() : {};
  const named = (value: unknown) => (typeof value === "string" ? (names[value] ?? value) : value);
  return JSON.stringify(JSON.parse(variables, (_, value: unknown) => named(value)), null, 2);
}

async function known(): Promise<Record<string, string | undefined>> {
  const now = Date.now();
  const times = { $now: new Date(now).toISOString(), $inAWeek: new Date(now + WEEK).toISOString() };
  try {
    const { result } = await post({ query: IDS }, authorization());
    const ids = (result.data ?? {}) as Ids;
    const project = ids.active?.nodes[0];
    const [task, otherTask] = project?.tasks?.nodes ?? [];
    return {
      ...times,
      $viewer: ids.viewer?.user?.id,
      $project: project?.id,
      $otherProject: ids.projects?.nodes.find(({ id }) => id !== project?.id)?.id,
      $task: task?.id,
      $otherTask: otherTask?.id,
      $ownTask: ownTask(ids)?.id,
    };
  } catch {
    return times;
  }
}

/** One that isn't a part of another and that nobody else does, so that it can go anywhere. */
function ownTask({ viewer, active }: Ids): Task | undefined {
  const isOwn = ({ parent, assignees }: Task) => !parent && assignees.every(({ id }) => id === viewer?.user?.id);
  return active?.nodes[0]?.tasks?.nodes.find(isOwn);
}

// A client of generated types alone: tsc checks what is sent and what is read, fetch does the rest.
import { graphql } from "./artifacts/gql";
import type { TypedDocumentString } from "./artifacts/graphql";

const Tasks = graphql(`
  query TypedTasks($project: ID!, $count: Int!) {
    tasks(filter: { projectId: $project }, first: $count, sort: RANK_ASC) {
      totalCount
      nodes {
        id
        title
        priority
        createdAt
        dueDate
        assignees {
          id
          fullName
        }
      }
    }
  }
`);

const Rename = graphql(`
  mutation TypedRename($input: UpdateTaskInput!) {
    updateTask(input: $input) {
      task {
        id
        title
        version
      }
      userErrors {
        code
        field
      }
    }
  }
`);

const SignIn = graphql(`
  mutation TypedSignIn($input: LoginInput!) {
    login(input: $input) {
      token
    }
  }
`);

export interface Sender {
  send(body: object): Promise<{ data?: unknown; errors?: { message: string }[] }>;
}

/** Sends a document, or only its hash to a server that has the manifest. */
async function execute<Result, Variables>(
  wire: Sender,
  document: TypedDocumentString<Result, Variables>,
  variables: NoInfer<Variables>,
  byHash: boolean,
): Promise<Result> {
  const hash = document.__meta__?.["hash"] as string;
  const named = byHash ? { documentId: hash } : { query: document.toString() };
  const { data, errors } = await wire.send({ ...named, variables });
  if (errors) throw new Error(errors[0].message);
  return data as Result;
}

export async function signIn(wire: Sender, email: string, password: string): Promise<string | null | undefined> {
  return (await execute(wire, SignIn, { input: { email, password } }, true)).login?.token;
}

export async function tasks(wire: Sender, project: string, count: number, byHash = false) {
  const { tasks } = await execute(wire, Tasks, { project, count }, byHash);
  const rows = tasks?.nodes ?? [];
  const created: string[] = rows.map((row) => row.createdAt);
  const total: number | null | undefined = tasks?.totalCount;
  // @ts-expect-error a date is text on the wire, not a Date
  const wrong: Date[] = created;
  return { rows, created, total, wrong };
}

export async function rename(wire: Sender, taskId: string, title: string) {
  // @ts-expect-error the input has no field of this name
  const wrong = () => execute(wire, Rename, { input: { taskId, titel: title } }, false);
  void wrong;
  const { updateTask } = await execute(wire, Rename, { input: { taskId, title } }, false);
  return { task: updateTask?.task, codes: updateTask?.userErrors.map((error) => error.code) };
}

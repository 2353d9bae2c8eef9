// urql with Graphcache as an application sets it up for this API.
import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";

import { moved } from "../apollo/client.mjs";

const CARD = gql`
  fragment Card on Task {
    id
    title
    status
    rank
    version
    assignees {
      id
      fullName
    }
  }
`;

export const BOARD = gql`
  query Board($id: ID!) {
    board(projectId: $id) {
      project {
        id
        name
      }
      columns {
        key
        title
        count
        tasks(first: 100) {
          ...Card
        }
      }
    }
  }
  ${CARD}
`;

export const TASKS = gql`
  query Tasks($project: ID!, $count: Int!, $cursor: String) {
    tasks(filter: { projectId: $project }, first: $count, after: $cursor) {
      edges {
        cursor
        node {
          ...Card
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
  ${CARD}
`;

export const TASK = gql`
  query Task($id: ID!) {
    task(id: $id) {
      id
      title
      creator {
        id
        fullName
      }
    }
  }
`;

export const UPDATE = gql`
  mutation Update($input: UpdateTaskInput!) {
    updateTask(input: $input) {
      task {
        ...Card
      }
    }
  }
  ${CARD}
`;

export const MOVE = gql`
  mutation Move($input: MoveTaskInput!) {
    moveTask(input: $input) {
      task {
        ...Card
      }
    }
  }
  ${CARD}
`;

/** Graphcache for this schema; `said` gets its warnings. */
export function cache(schema, said) {
  return cacheExchange({
    schema,
    // A board is its project's; its columns are kept within it.
    keys: { Board: ({ project }) => project?.id ?? null, BoardColumn: () => null },
    resolvers: {
      Query: {
        tasks: relayPagination(),
        task: (_, { id }) => ({ __typename: "Task", id }),
      },
    },
    updates: {
      Mutation: {
        moveTask: ({ moveTask }, { input }, store) => {
          for (const { arguments: given } of store.inspectFields("Query").filter(({ fieldName }) => fieldName === "board")) {
            store.updateQuery({ query: BOARD, variables: { id: given.projectId } }, (found) => {
              const shown = found?.board?.columns.some((column) => column.tasks.some((card) => card.id === input.taskId));
              return shown ? { ...found, board: moved(found.board, moveTask.task) } : found;
            });
          }
        },
      },
    },
    logger: (severity, message) => said.push(`${severity}: ${message}`),
  });
}

/** A client over this wire with these exchanges before the one that sends. */
export function client(wire, ...exchanges) {
  return new Client({ url: wire.url, fetch: wire.fetch, preferGetMethod: false, exchanges: [...exchanges, fetchExchange] });
}

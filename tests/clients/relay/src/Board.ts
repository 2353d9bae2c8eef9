// What a Relay client asks of the schema: a connection with its pages, a refetch by node, mutations that edit stores.
import { graphql } from "relay-runtime";

export const board = graphql`
  query BoardQuery($id: ID!, $count: Int!) {
    board(projectId: $id) {
      project {
        id
        ...Board_project
      }
      columns {
        key
        title
        tasks(first: $count) {
          id
          ...Board_card
        }
      }
    }
  }
`;

export const project = graphql`
  fragment Board_project on Project {
    id
    name
    progress {
      percent
    }
  }
`;

export const card = graphql`
  fragment Board_card on Task @refetchable(queryName: "BoardCardRefetchQuery") {
    id
    title
    rank
    version
    assignees {
      id
      fullName
    }
  }
`;

export const tasks = graphql`
  fragment Board_tasks on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" }, project: { type: "ID!" })
  @refetchable(queryName: "BoardTasksPageQuery") {
    tasks(first: $count, after: $cursor, filter: { projectId: $project }) @connection(key: "Board_tasks") {
      edges {
        node {
          id
          ...Board_card
        }
      }
    }
  }
`;

export const move = graphql`
  mutation BoardMoveMutation($input: MoveTaskInput!) {
    moveTask(input: $input) {
      task {
        id
        ...Board_card
      }
      userErrors {
        code
        message
      }
    }
  }
`;

export const create = graphql`
  mutation BoardCreateMutation($input: CreateTaskInput!, $connections: [ID!]!) {
    createTask(input: $input) {
      task @appendNode(connections: $connections, edgeTypeName: "TaskEdge") {
        id
        ...Board_card
      }
    }
  }
`;

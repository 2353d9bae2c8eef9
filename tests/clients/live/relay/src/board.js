// What the client asks; relay-compiler makes artifacts of it.
import { graphql } from "relay-runtime";

export const Card = graphql`
  fragment board_card on Task @refetchable(queryName: "CardRefetchQuery") {
    id
    title
    status
    version
    assignees {
      id
      fullName
    }
  }
`;

export const Tasks = graphql`
  fragment board_tasks on Query
  @argumentDefinitions(project: { type: "ID!" }, count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
  @refetchable(queryName: "TasksPageQuery") {
    tasks(filter: { projectId: $project }, first: $count, after: $cursor) @connection(key: "Board_tasks", filters: ["filter"]) {
      edges {
        node {
          id
          ...board_card
        }
      }
    }
  }
`;

export const TasksQuery = graphql`
  query boardTasksQuery($project: ID!) {
    ...board_tasks @arguments(project: $project)
  }
`;

export const BoardQuery = graphql`
  query boardQuery($id: ID!) {
    board(projectId: $id) {
      project {
        id
        name
      }
      columns {
        key
        tasks(first: 100) {
          id
          ...board_card
        }
      }
    }
  }
`;

export const Update = graphql`
  mutation boardUpdateMutation($input: UpdateTaskInput!) {
    updateTask(input: $input) {
      task {
        id
        ...board_card
      }
    }
  }
`;

export const Create = graphql`
  mutation boardCreateMutation($input: CreateTaskInput!, $connections: [ID!]!) {
    createTask(input: $input) {
      task @appendNode(connections: $connections, edgeTypeName: "TaskEdge") {
        id
        ...board_card
      }
    }
  }
`;

export const Delete = graphql`
  mutation boardDeleteMutation($input: DeleteTaskInput!, $connections: [ID!]!) {
    deleteTask(input: $input) {
      deletedId @deleteEdge(connections: $connections) @deleteRecord
    }
  }
`;

export const SignIn = graphql`
  mutation boardSignInMutation($input: LoginInput!) {
    login(input: $input) {
      token
    }
  }
`;

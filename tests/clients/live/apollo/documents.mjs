// What the client asks; the tool that makes Apollo's manifest finds the documents in this file.
import { gql } from "@apollo/client";

export const CARD = gql`
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
      ...Card
    }
  }
  ${CARD}
`;

export const UPDATE = gql`
  mutation Update($input: UpdateTaskInput!) {
    updateTask(input: $input) {
      task {
        ...Card
      }
      userErrors {
        field
        message
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

export const SIGN_IN = gql`
  mutation SignIn($input: LoginInput!) {
    login(input: $input) {
      token
    }
  }
`;

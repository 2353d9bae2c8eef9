// Apollo Client as an application sets it up for this API.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";

export function cache() {
  return new InMemoryCache({
    possibleTypes: { Node: ["Asset", "Comment", "Organization", "Project", "Task", "User"] },
    typePolicies: {
      Query: {
        fields: {
          tasks: relayStylePagination(["filter", "sort"]),
          // What a list has brought needs not be asked for one by one.
          task: { read: (found, { args, toReference }) => found ?? toReference({ __typename: "Task", id: args.id }) },
        },
      },
      // A board has no id of its own: it is its project's.
      Board: { keyFields: ["project", ["id"]] },
    },
  });
}

/** A client over this wire; `links` go before the one that sends. */
export function client(wire, ...links) {
  const http = new HttpLink({ uri: wire.url, fetch: wire.fetch });
  return new ApolloClient({ cache: cache(), link: ApolloLink.from([...links, http]) });
}

/** What the board looks like once the card has the place that the server gave it. */
export function moved(board, task) {
  const columns = board.columns.map((column) => {
    const others = column.tasks.filter((card) => card.id !== task.id);
    const tasks = column.key === task.status ? [...others, task].sort((one, other) => (one.rank < other.rank ? -1 : 1)) : others;
    return { ...column, tasks, count: column.count + tasks.length - column.tasks.length };
  });
  return { ...board, columns };
}

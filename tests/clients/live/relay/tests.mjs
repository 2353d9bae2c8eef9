// Relay against the server: its store by global ids, connections, refetches by node, edges that mutations add and take.
import assert from "node:assert/strict";

import runtime from "relay-runtime";

import { environment } from "./client.mjs";

const { ConnectionHandler, commitMutation, createOperationDescriptor, fetchQuery, getRequest, getSingularSelector } = runtime;

export const tests = [
  ["Relay keeps each object once, under its global id", async ({ wire, relay, project, card }) => {
    const own = environment(wire);
    await ask(own, relay("boardQuery"), { id: project.id });
    const source = own.getStore().getSource();
    assert.equal(source.get(card.id).title, card.title);
    assert.deepEqual([source.get(project.id).__typename, source.get(project.id).name], ["Project", project.name]);
    assert.equal(wire.count, 1);
  }],

  ["Relay's connections grow page by page", async ({ wire, relay, project }) => {
    const own = environment(wire);
    await ask(own, relay("boardTasksQuery"), { project: project.id });
    const first = connection(own, relay, project);
    const cursor = first.pageInfo.endCursor;
    await ask(own, relay("TasksPageQuery"), { project: project.id, count: 5, cursor });
    const both = connection(own, relay, project);
    const truth = await wire.anew().send({
      query: "query Ten($id: ID!) { tasks(filter: { projectId: $id }, first: 10) { nodes { id } } }",
      variables: { id: project.id },
    });
    assert.deepEqual(both.edges.map((edge) => edge.node.id), truth.data.tasks.nodes.map((node) => node.id));
    assert.deepEqual([first.edges.length, both.edges.length, wire.count], [5, 10, 2]);
  }],

  ["Relay refetches a fragment by node, and all that shows it has what is new", async ({ wire, relay, project, card }) => {
    const own = environment(wire);
    await ask(own, relay("boardQuery"), { id: project.id });
    const rename = (title) =>
      wire.anew().send({
        query: "mutation Rename($input: UpdateTaskInput!) { updateTask(input: $input) { task { id } } }",
        variables: { input: { taskId: card.id, title } },
      });
    await rename("Renamed elsewhere");
    await ask(own, relay("CardRefetchQuery"), { id: card.id });
    assert.match(wire.last.body.query, /node\(id: \$id\)/);
    assert.equal(titleOnBoard(own, relay, project, card), "Renamed elsewhere");
    assert.equal(wire.count, 2);
    await rename(card.title);
  }],

  ["Relay shows what a mutation's payload changed, without asking again", async ({ wire, relay, project, card }) => {
    const own = environment(wire);
    await ask(own, relay("boardQuery"), { id: project.id });
    await commit(own, relay("boardUpdateMutation"), { input: { taskId: card.id, title: "Renamed with Relay" } });
    assert.equal(titleOnBoard(own, relay, project, card), "Renamed with Relay");
    assert.equal(wire.count, 2);
    await commit(own, relay("boardUpdateMutation"), { input: { taskId: card.id, title: card.title } });
  }],

  ["Relay's @appendNode and @deleteEdge change connections, without asking again", async ({ wire, relay, project }) => {
    const own = environment(wire);
    await ask(own, relay("boardTasksQuery"), { project: project.id });
    const connections = [ConnectionHandler.getConnectionID("client:root", "Board_tasks", { filter: { projectId: project.id } })];
    const input = { projectId: project.id, title: "Made with Relay" };
    const { createTask } = await commit(own, relay("boardCreateMutation"), { input, connections });
    const edges = () => connection(own, relay, project).edges;
    assert.deepEqual([edges().length, edges().at(-1).node.id], [6, createTask.task.id]);
    const gone = await commit(own, relay("boardDeleteMutation"), { input: { taskId: createTask.task.id }, connections });
    assert.equal(gone.deleteTask.deletedId, createTask.task.id);
    assert.equal(edges().length, 5);
    assert.equal(wire.count, 3);
  }],
];

/** Asks, keeps what is answered for as long as the test runs, and gives what is to be shown. */
export async function ask(own, request, variables) {
  own.retain(createOperationDescriptor(getRequest(request), variables));
  return fetchQuery(own, request, variables).toPromise();
}

/** Carries a mutation out; what is wrong with it is thrown. */
export function commit(own, mutation, variables) {
  return new Promise((done, fail) => {
    const onCompleted = (data, errors) => (errors?.length ? fail(new Error(JSON.stringify(errors))) : done(data));
    commitMutation(own, { mutation, variables, onCompleted, onError: fail });
  });
}

/** What the store holds of a query. */
function shown(own, request, variables) {
  const { fragment } = createOperationDescriptor(getRequest(request), variables);
  return own.lookup(fragment).data;
}

/** The connection of a project's tasks, as the fragment that shows it reads it. */
function connection(own, relay, project) {
  const query = shown(own, relay("boardTasksQuery"), { project: project.id });
  return read(own, relay("board_tasks"), query).tasks;
}

/** What a fragment reads of what it was spread in. */
function read(own, fragment, parent) {
  return own.lookup(getSingularSelector(fragment, parent)).data;
}

function titleOnBoard(own, relay, project, card) {
  const { board } = shown(own, relay("boardQuery"), { id: project.id });
  const task = board.columns.flatMap((column) => column.tasks).find((task) => task.id === card.id);
  return read(own, relay("board_card"), task).title;
}

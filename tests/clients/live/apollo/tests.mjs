// Apollo Client against the server: its normalised cache, pages, changes without asking again, persisted queries.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { print } from "graphql";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

import { eventually } from "../wire.mjs";
import { client, moved } from "./client.mjs";
import { BOARD, MOVE, TASK, TASKS, UPDATE } from "./documents.mjs";

export const tests = [
  ["Apollo keeps each object once, under its type and id, and reads it from there", async ({ wire, project, card }) => {
    const apollo = client(wire);
    const { data } = await apollo.query({ query: BOARD, variables: { id: project.id } });
    const kept = apollo.cache.extract();
    assert.equal(kept[`Task:${card.id}`].title, card.title);
    assert.equal(kept[`Project:${project.id}`].name, project.name);
    const cards = data.board.columns.flatMap((column) => column.tasks);
    const people = new Set(cards.flatMap((one) => one.assignees.map((person) => person.id)));
    const number = (type) => Object.keys(kept).filter((key) => key.startsWith(`${type}:`)).length;
    assert.deepEqual([number("Task"), number("User")], [cards.length, people.size]);
    const again = await apollo.query({ query: TASK, variables: { id: card.id } });
    assert.deepEqual([again.data.task.title, wire.count], [card.title, 1]);
  }],

  ["Apollo's relayStylePagination puts the pages of a connection together", async ({ wire, project }) => {
    const apollo = client(wire);
    const pages = apollo.watchQuery({ query: TASKS, variables: { project: project.id, count: 5 } });
    let shown;
    const watching = pages.subscribe(({ data }) => (shown = data?.tasks));
    await eventually("the first page", () => shown?.edges.length === 5);
    await pages.fetchMore({ variables: { cursor: shown.pageInfo.endCursor } });
    await eventually("both pages", () => shown.edges.length === 10);
    watching.unsubscribe();
    assert.equal(wire.count, 2);
    const both = await wire.anew().send({ query: print(TASKS), variables: { project: project.id, count: 10 } });
    assert.deepEqual(shown.edges.map((edge) => edge.node.id), both.data.tasks.edges.map((edge) => edge.node.id));
    assert.equal(shown.pageInfo.endCursor, both.data.tasks.pageInfo.endCursor);
  }],

  ["Apollo shows what a mutation's payload changed, without asking again", async ({ wire, project, card }) => {
    const apollo = client(wire);
    const board = watched(apollo, project);
    await eventually("the board", () => board.shown);
    const input = { taskId: card.id, title: "Renamed with Apollo" };
    await apollo.mutate({ mutation: UPDATE, variables: { input } });
    const title = () => board.shown.columns.flatMap((column) => column.tasks).find((one) => one.id === card.id).title;
    await eventually("the new title on the board", () => title() === input.title);
    board.stop();
    assert.deepEqual(wire.requests.map((request) => request.body.operationName), ["Board", "Update"]);
    await apollo.mutate({ mutation: UPDATE, variables: { input: { taskId: card.id, title: card.title } } });
  }],

  ["Apollo moves a card by the mutation's payload to where the server shows it", async ({ wire, project, card, from, to }) => {
    const apollo = client(wire);
    const board = watched(apollo, project);
    await eventually("the board", () => board.shown);
    const input = { taskId: card.id, status: to };
    const update = (cache, { data }) =>
      cache.updateQuery({ query: BOARD, variables: { id: project.id } }, (found) => ({ board: moved(found.board, data.moveTask.task) }));
    await apollo.mutate({ mutation: MOVE, variables: { input }, update });
    const holds = (key) => board.shown.columns.find((column) => column.key === key).tasks.some((one) => one.id === card.id);
    await eventually("the card in its new column", () => holds(to) && !holds(from));
    board.stop();
    assert.deepEqual(wire.requests.map((request) => request.body.operationName), ["Board", "Move"]);
    const shown = board.shown;
    const truth = await client(wire.anew()).query({ query: BOARD, variables: { id: project.id } });
    assert.deepEqual(shown, truth.data.board);
    await apollo.mutate({ mutation: MOVE, variables: { input: { taskId: card.id, status: from } } });
  }],

  ["Apollo's persisted queries: the hash, then the text once, then the hash by GET for everybody", async ({ wire, project }) => {
    const sha256 = (text) => createHash("sha256").update(text).digest("hex");
    const link = () => new PersistedQueryLink({ sha256, useGETForHashedQueries: true });
    const ask = (over) => client(over, link()).query({ query: TASKS, variables: { project: project.id, count: 3 } });
    await ask(wire);
    const sent = (over) => over.requests.map(({ method, body }) => [method, "query" in body]);
    assert.deepEqual(sent(wire), [["GET", false], ["POST", true]]);
    assert.equal(wire.requests[0].answer.errors[0].extensions.code, "PERSISTED_QUERY_NOT_FOUND");
    const other = wire.anew();
    const { data } = await ask(other);
    assert.equal(data.tasks.edges.length, 3);
    assert.deepEqual(sent(other), [["GET", false]]);
  }],
];

function watched(apollo, project) {
  const board = { shown: null };
  const watching = apollo.watchQuery({ query: BOARD, variables: { id: project.id } }).subscribe(({ data }) => {
    if (data?.board) board.shown = data.board;
  });
  board.stop = () => watching.unsubscribe();
  return board;
}

// urql with Graphcache and the schema: its cache, partial results, pages, changes without asking again, persisted queries.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { persistedExchange } from "@urql/exchange-persisted";
import { buildSchema, introspectionFromSchema, print } from "graphql";

import { eventually } from "../wire.mjs";
import { BOARD, MOVE, TASK, TASKS, UPDATE, cache, client } from "./client.mjs";

const sdl = new URL("../../../../schema/schema.graphql", import.meta.url);
const schema = introspectionFromSchema(buildSchema(readFileSync(sdl, "utf8")));

export const tests = [
  ["Graphcache shows what it has of an object, and asks for the rest that may be null", async ({ wire, project, card }) => {
    const [urql, said] = cached(wire);
    await urql.query(BOARD, { id: project.id }).toPromise();
    const shown = [];
    const show = ({ data, stale }) => shown.push([data?.task.title, data?.task.creator, stale]);
    const watching = urql.query(TASK, { id: card.id }).subscribe(show);
    await eventually("the whole task", () => shown.length === 2);
    watching.unsubscribe();
    assert.deepEqual(shown[0], [card.title, null, true]);
    assert.deepEqual([shown[1][0], typeof shown[1][1].fullName, shown[1][2]], [card.title, "string", false]);
    const again = await urql.query(TASK, { id: card.id }).toPromise();
    assert.deepEqual([again.data.task.title, wire.count], [card.title, 2]);
    assert.deepEqual(said, []);
  }],

  ["Graphcache's relayPagination puts the pages of a connection together", async ({ wire, project }) => {
    const [urql, said] = cached(wire);
    const ask = (more) => urql.query(TASKS, { project: project.id, count: 5, ...more }).toPromise();
    const first = (await ask()).data.tasks;
    await ask({ cursor: first.pageInfo.endCursor });
    const both = (await ask()).data.tasks;
    assert.deepEqual([first.edges.length, both.edges.length, wire.count], [5, 10, 2]);
    const truth = await wire.anew().send({ query: print(TASKS), variables: { project: project.id, count: 10 } });
    assert.deepEqual(both.edges.map((edge) => edge.node.id), truth.data.tasks.edges.map((edge) => edge.node.id));
    assert.deepEqual(said, []);
  }],

  ["Graphcache shows on the board what mutations' payloads changed, without asking again", async ({ wire, project, card, from, to }) => {
    const [urql, said] = cached(wire);
    let board;
    const watching = urql.query(BOARD, { id: project.id }).subscribe(({ data }) => (board = data?.board));
    await eventually("the board", () => board);
    const shown = (key) => board.columns.find((column) => column.key === key).tasks.find((one) => one.id === card.id);
    await urql.mutation(UPDATE, { input: { taskId: card.id, title: "Renamed with urql" } }).toPromise();
    await eventually("the new title", () => shown(from).title === "Renamed with urql");
    await urql.mutation(MOVE, { input: { taskId: card.id, status: to } }).toPromise();
    await eventually("the card in its new column", () => shown(to) && !shown(from));
    watching.unsubscribe();
    assert.deepEqual(wire.requests.map((request) => request.body.operationName), ["Board", "Update", "Move"]);
    const [fresh] = cached(wire.anew());
    const truth = await fresh.query(BOARD, { id: project.id }).toPromise();
    assert.deepEqual(board, truth.data.board);
    assert.deepEqual(said, []);
    await urql.mutation(MOVE, { input: { taskId: card.id, status: from } }).toPromise();
    await urql.mutation(UPDATE, { input: { taskId: card.id, title: card.title } }).toPromise();
  }],

  ["urql's persisted queries: the hash, then the text once, then the hash by GET for everybody", async ({ wire, project }) => {
    const exchange = () => persistedExchange({ preferGetForPersistedQueries: true });
    const ask = (over) => client(over, exchange()).query(TASKS, { project: project.id, count: 4 }).toPromise();
    const sent = (over) => over.requests.map(({ method, body }) => [method, "query" in body]);
    assert.equal((await ask(wire)).data.tasks.edges.length, 4);
    assert.deepEqual(sent(wire), [["GET", false], ["GET", true]]);
    const other = wire.anew();
    assert.equal((await ask(other)).data.tasks.edges.length, 4);
    assert.deepEqual(sent(other), [["GET", false]]);
  }],
];

function cached(wire) {
  const said = [];
  return [client(wire, cache(schema, said)), said];
}

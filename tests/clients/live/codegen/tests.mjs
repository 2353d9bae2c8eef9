// Documents that graphql-codegen typed and tsc compiled, sent to the server.
import assert from "node:assert/strict";

export const tests = [
  ["a document typed by graphql-codegen and compiled by tsc reads what its types say", async ({ wire, typed, project }) => {
    const { rows, created, total } = await typed.tasks(wire, project.id, 3);
    assert.equal(rows.length, 3);
    assert.ok(total >= 20);
    assert.ok(rows.every((row) => ["CRITICAL", "HIGH", "LOW", "MEDIUM"].includes(row.priority)));
    assert.ok(created.every((time) => new Date(time).toISOString().slice(0, 19) === time.slice(0, 19)));
    assert.equal(wire.count, 1);
  }],

  ["a mutation typed by graphql-codegen tells what is wrong with its input in the schema's codes", async ({ wire, typed, card }) => {
    const refused = await typed.rename(wire, card.id, " ");
    assert.deepEqual([refused.task, refused.codes], [null, ["REQUIRED"]]);
    const renamed = await typed.rename(wire, card.id, "Renamed by type");
    assert.deepEqual([renamed.task.title, renamed.codes], ["Renamed by type", []]);
    await typed.rename(wire, card.id, card.title);
  }],
];

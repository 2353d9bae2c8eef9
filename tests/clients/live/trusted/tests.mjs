// The clients against a server that answers the documents of their manifests and nothing else. Each manifest was made by
// the client's own tool: Apollo's, Relay's compiler, graphql-codegen.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { persistedExchange } from "@urql/exchange-persisted";

import { client as apolloClient } from "../apollo/client.mjs";
import { SIGN_IN, TASKS } from "../apollo/documents.mjs";
import { environment } from "../relay/client.mjs";
import { ask, commit } from "../relay/tests.mjs";
import { client as urqlClient } from "../urql/client.mjs";

const OTHER = gql`
  query Other {
    viewer {
      role
    }
  }
`;

export const tests = [
  ["Apollo sends ids of the manifest that its own tool made", async ({ anonymous, server, manifests, project }) => {
    const link = new PersistedQueryLink(generatePersistedQueryIdsFromManifest({ loadManifest: async () => manifests.apollo }));
    const apollo = apolloClient(anonymous, link);
    const input = { email: server.email, password: server.password };
    anonymous.token = (await apollo.mutate({ mutation: SIGN_IN, variables: { input } })).data.login.token;
    const { data } = await apollo.query({ query: TASKS, variables: { project: project.id, count: 3 } });
    assert.equal(data.tasks.edges.length, 3);
    assert.ok(anonymous.requests.every(({ body }) => !("query" in body) && body.extensions.persistedQuery.sha256Hash));
    assert.equal(anonymous.count, 2);
  }],

  ["urql sends hashes of texts that stand in Apollo's manifest", async ({ wire, manifests, project }) => {
    const sha256 = (text) => createHash("sha256").update(text).digest("hex");
    const body = manifests.apollo.operations.find(({ name }) => name === "Tasks").body;
    const exchange = persistedExchange({ enforcePersistedQueries: true, generateHash: async () => sha256(body) });
    const { data, error } = await urqlClient(wire, exchange).query(body, { project: project.id, count: 3 }).toPromise();
    assert.equal(error, undefined);
    assert.equal(data.tasks.edges.length, 3);
    assert.deepEqual(wire.requests.map((request) => "query" in request.body), [false]);
  }],

  ["Relay sends the ids that its compiler persisted", async ({ anonymous, server, persisted, project, card }) => {
    const own = environment(anonymous);
    const input = { email: server.email, password: server.password };
    anonymous.token = (await commit(own, persisted("boardSignInMutation"), { input })).login.token;
    await ask(own, persisted("boardQuery"), { id: project.id });
    assert.equal(own.getStore().getSource().get(card.id).title, card.title);
    assert.ok(anonymous.requests.every(({ body }) => !("query" in body) && /^[0-9a-f]{32}$/.test(body.doc_id)));
    assert.equal(anonymous.count, 2);
  }],

  ["graphql-codegen's documents are asked for by the hashes that it gave them", async ({ anonymous, server, typed, project }) => {
    anonymous.token = await typed.signIn(anonymous, server.email, server.password);
    const { rows } = await typed.tasks(anonymous, project.id, 3, true);
    assert.equal(rows.length, 3);
    assert.ok(anonymous.requests.every(({ body }) => !("query" in body) && body.documentId.startsWith("sha256:")));
  }],

  ["a document that stands in no manifest is refused, and clients don't try again", async ({ wire }) => {
    const sha256 = (text) => createHash("sha256").update(text).digest("hex");
    const apollo = apolloClient(wire, new PersistedQueryLink({ sha256 }));
    const unknown = apollo.query({ query: OTHER });
    await assert.rejects(unknown, /answers trusted documents only/);
    assert.equal(wire.last.answer.errors[0].extensions.code, "DOCUMENT_NOT_TRUSTED");
    assert.equal(wire.count, 1);
    const { errors } = await wire.send({ query: "{ __schema { queryType { name } } }" });
    assert.match(errors[0].message, /--documents FILE/);
  }],

  ["the text of a document that stands in one is answered, however it is laid out", async ({ wire, manifests, project }) => {
    const { body } = manifests.apollo.operations.find(({ name }) => name === "Tasks");
    const { data } = await wire.send({ query: body.replaceAll("\n", " "), variables: { project: project.id, count: 2 } });
    assert.equal(data.tasks.edges.length, 2);
  }],
];

// Mercurius on Fastify, with its JIT; for whole answers, mercurius-cache over the query root.

import Fastify from 'fastify';
import mercurius from 'mercurius';
import cache from 'mercurius-cache';

import { answered, render } from './metrics.js';
import { contextOf } from './request.js';
import { schema, validationRules } from './schema.js';

/// A running server. `answers`: how many seconds what root resolvers return is kept, 0: not at all.
export async function serve(engines, { port, answers }) {
  const app = Fastify({ logger: false });
  app.get('/metrics', render);
  await app.register(mercurius, {
    schema,
    validationRules,
    jit: 1,
    graphiql: false,
    allowBatchedQueries: false,
    context: (request) => contextOf(engines, request.headers.authorization),
  });
  if (answers > 0) await keep(app, answers);
  app.graphql.addHook('preExecution', async (_, document, context) => {
    context.since = performance.now();
    context.named = document.definitions[0].name?.value;
  });
  app.graphql.addHook('onResolution', async (execution, context) => {
    answered(context.named, Boolean(execution.errors), context.since);
  });
  await app.listen({ host: '127.0.0.1', port });
}

/// It keeps what resolvers return, not answers: below the root everything is resolved again.
async function keep(app, ttl) {
  const roots = ['viewer', 'user', 'board', 'task', 'projects', 'tasks'];
  const of = { extendKey: (_, __, { viewer }) => `${viewer.id}:${viewer.role}` };
  await app.register(cache, {
    ttl,
    storage: { type: 'memory', options: { size: 10_000 } },
    policy: { Query: Object.fromEntries(roots.map((root) => [root, of])) },
  });
}

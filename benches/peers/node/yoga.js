// GraphQL Yoga on Node's own HTTP server, with its plugins for graphql-jit and for whole answers.

import { createServer } from 'node:http';

import { useGraphQlJit } from '@envelop/graphql-jit';
import { useResponseCache } from '@graphql-yoga/plugin-response-cache';
import { createYoga } from 'graphql-yoga';

import { answered, render } from './metrics.js';
import { contextOf } from './request.js';
import { schema, validationRules } from './schema.js';

/// A running server. `answers`: how many seconds whole answers are kept, 0: not at all.
export async function serve(engines, { port, answers }) {
  // One look at session and user for a request, whether its answer is kept or executed.
  const contexts = new WeakMap();
  const contextFor = (request) => {
    if (!contexts.has(request)) contexts.set(request, contextOf(engines, request.headers.get('authorization')));
    return contexts.get(request);
  };
  const plugins = [useRules(), useGraphQlJit(), useFigures()];
  if (answers > 0) {
    const session = async (request) => {
      const { viewer } = await contextFor(request);
      return `${viewer.id}:${viewer.role}`;
    };
    plugins.push(useResponseCache({ session, ttl: answers * 1000, includeExtensionMetadata: false }));
  }
  const yoga = createYoga({
    schema,
    plugins,
    context: ({ request }) => contextFor(request),
    graphiql: false,
    landingPage: false,
    logging: false,
    healthCheckEndpoint: '/health',
  });
  const server = createServer(async (request, response) => {
    if (request.url === '/metrics') response.end(await render());
    else await yoga(request, response);
  });
  await new Promise((listening) => server.listen(port, '127.0.0.1', listening));
}

function useRules() {
  return { onValidate: ({ addValidationRule }) => validationRules.forEach(addValidationRule) };
}

function useFigures() {
  return {
    onParams({ params, request }) {
      began.set(request, { since: performance.now(), name: params.operationName });
    },
    onResultProcess({ request, result }) {
      const { since, name } = began.get(request) ?? { since: performance.now() };
      answered(name, Boolean(result.errors), since);
    },
  };
}

const began = new WeakMap();

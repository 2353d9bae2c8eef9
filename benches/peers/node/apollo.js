// Apollo Server on Fastify, by its own integration; for whole answers, its response cache in the process.

import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import responseCache from '@apollo/server-plugin-response-cache';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import Fastify from 'fastify';

import { answered, render } from './metrics.js';
import { contextOf } from './request.js';
import { schema, validationRules } from './schema.js';

/// A running server. `answers`: how many seconds whole answers are kept, 0: not at all.
export async function serve(engines, { port, answers }) {
  const app = Fastify({ logger: false });
  app.get('/metrics', render);
  const apollo = new ApolloServer({
    schema,
    validationRules,
    introspection: false,
    includeStacktraceInErrorResponses: false,
    plugins: [fastifyApolloDrainPlugin(app), figures, ...(answers > 0 ? keep(answers) : [withoutHints()])],
  });
  await apollo.start();
  const context = (request) => contextOf(engines, request.headers.authorization);
  await app.register(fastifyApollo(apollo), { path: '/graphql', context });
  await app.listen({ host: '127.0.0.1', port });
}

/// Nobody reads the hints then, and following them costs time for every field.
const withoutHints = ApolloServerPluginCacheControlDisabled;

/// The schema's hints say for how long; that nobody else gets an answer is said here.
function keep(seconds) {
  const sessionId = async ({ contextValue: { viewer } }) => `${viewer.id}:${viewer.role}`;
  const mine = {
    async requestDidStart() {
      return {
        async didResolveOperation({ overallCachePolicy }) {
          overallCachePolicy.restrict({ maxAge: seconds, scope: 'PRIVATE' });
        },
      };
    },
  };
  return [ApolloServerPluginCacheControl({ calculateHttpHeaders: false }), mine, responseCache({ sessionId })];
}

const figures = {
  async requestDidStart({ request }) {
    const since = performance.now();
    return {
      async willSendResponse({ errors }) {
        answered(request.operationName, Boolean(errors), since);
      },
    };
  },
};

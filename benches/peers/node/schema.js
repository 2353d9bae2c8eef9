// The product's own schema with the resolvers of the peers; fields that no query asks for have none.

import { readFileSync } from 'node:fs';

import { makeExecutableSchema } from '@graphql-tools/schema';
import depthLimit from 'graphql-depth-limit';

import { resolvers } from './resolvers.js';

const typeDefs = readFileSync(new URL('../../../schema/schema.graphql', import.meta.url), 'utf8');

export const schema = makeExecutableSchema({ typeDefs, resolvers });

/// The limits of the servers, as far as peers offer them.
export const validationRules = [depthLimit(15)];

// What a request brings along, the same for every peer: its loaders and its viewer, who must be signed in.

import { GraphQLError } from 'graphql';

import { identify } from './identity.js';
import { Loaders } from './loaders.js';

/// The context of a request with this `Authorization`.
export async function contextOf(engines, authorization) {
  const loaders = new Loaders(engines);
  const viewer = await identify(authorization, loaders);
  if (viewer === null) {
    const extensions = { code: 'UNAUTHENTICATED', http: { status: 401 } };
    throw new GraphQLError('sign in first', { extensions });
  }
  return { loaders, viewer };
}

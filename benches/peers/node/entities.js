// The kinds of entities as the store holds them and as the cache keeps them: one JSON text under one key each.
// Nothing here knows GraphQL or asks an engine.

import { ObjectId } from 'mongodb';

/// By the code that a global id begins with; seconds as the documented times of the cache.
export const KINDS = {
  org: { collection: 'organizations', seconds: 3600, listSeconds: 300 },
  usr: { collection: 'users', seconds: 1800, listSeconds: 600 },
  prj: { collection: 'projects', seconds: 3600, listSeconds: 300 },
  tsk: { collection: 'tasks', seconds: 1800, listSeconds: 180 },
  ses: { collection: 'sessions', seconds: 1800, listSeconds: 180 },
};

/// What stays in the store.
export const WITHHELD = { searchTerms: 0, passwordHash: 0 };

/// The global id of a document: what clients see, what the loader and the cache are asked for.
export const reference = (code, hex) => `${code}_${hex}`;

/// The kind and the bare id of a global id; null when it is none of this API.
export function parse(id) {
  const [code, hex] = id.split('_', 2);
  return KINDS[code] && /^[0-9a-f]{24}$/.test(hex ?? '') ? { code, hex } : null;
}

/// A document as the cache holds it: ids and times as text, so that what comes from the store equals what comes from JSON.
export function plain(value) {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof ObjectId) return value.toHexString();
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  const copy = {};
  for (const name in value) copy[name] = plain(value[name]);
  return copy;
}

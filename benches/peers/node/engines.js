// The engines that every peer reads from, configured as for production.

import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';

import { KINDS } from './entities.js';

/// Connects to MongoDB and Redis by the addresses in the environment.
export async function connect({ MONGODB, REDIS }) {
  const client = await new MongoClient(MONGODB, { minPoolSize: 5, maxPoolSize: 10, maxIdleTimeMS: 30_000 }).connect();
  const collections = Object.entries(KINDS).map(([code, kind]) => [code, client.db().collection(kind.collection)]);
  const byCode = Object.fromEntries(collections);
  const redis = new Redis(REDIS, { enableAutoPipelining: true });
  return { redis, collection: (code) => byCode[code] };
}

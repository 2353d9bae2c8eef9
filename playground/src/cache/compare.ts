// The comparison run: the same query from the cache and past it, one after the other, n times.
import { again } from "./explain";
import type { Exchange } from "./exchanges";

/** Milliseconds of each run. */
export interface Times {
  /** In the server. */
  server: number[];
  /** Until the answer was here. */
  whole: number[];
}

/** What was measured so far. */
export interface Comparison {
  wanted: number;
  cached: Times;
  bypassed: Times;
  /** How many of the runs that might be served from the cache were not. */
  missed: number;
}

/** Fetching `no-cache` looks for no whole answer; what it is made of may still come from the cache. */
const BYPASS = { "cache-control": "no-cache" };
/** An answer is kept a moment after it was sent. */
const WARMING_PAUSE = 50;

/** Measures, and tells after each pair of runs. Which of the two goes first changes from pair to pair. */
export async function compare(
  exchange: Exchange,
  wanted: number,
  signal: AbortSignal,
  tell: (comparison: Comparison) => void,
): Promise<void> {
  const comparison: Comparison = { wanted, cached: none(), bypassed: none(), missed: 0 };
  await again(exchange, {}, signal);
  await new Promise((done) => setTimeout(done, WARMING_PAUSE));
  for (let pair = 0; pair < wanted && !signal.aborted; pair += 1) {
    const both = [() => cached(comparison, exchange, signal), () => bypassed(comparison, exchange, signal)];
    if (pair % 2 === 1) both.reverse();
    for (const run of both) await run();
    tell({ ...comparison });
  }
}

/** The value in the middle. */
export function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

async function cached(comparison: Comparison, exchange: Exchange, signal: AbortSignal): Promise<void> {
  const answer = await again(exchange, {}, signal);
  if (answer.cache !== "HIT" && answer.cache !== "STALE") comparison.missed += 1;
  comparison.cached.server.push(answer.serverTook ?? answer.took);
  comparison.cached.whole.push(answer.took);
}

async function bypassed(comparison: Comparison, exchange: Exchange, signal: AbortSignal): Promise<void> {
  const answer = await again(exchange, BYPASS, signal);
  comparison.bypassed.server.push(answer.serverTook ?? answer.took);
  comparison.bypassed.whole.push(answer.took);
}

function none(): Times {
  return { server: [], whole: [] };
}

// `extensions.cache` as the server tells it, and what its words mean.

/** How an answer came about. */
export interface Told {
  answer: {
    held?: { outcome: string; age?: number; ttlLeft?: number; reason?: string };
    keepable: boolean | null;
    reason?: string;
    scope?: string;
    maxAge?: number;
    staleWhileRevalidate?: number;
    staleIfError?: number;
    tags?: string[];
    consulted: string;
  };
  reads?: Read[];
  paths?: Place[];
  pathsLeftOut?: boolean;
  roundTrips?: { cache: number; store: number } | null;
  plan?: Trip[] | null;
}

/** One entity, list or count that was read. */
export interface Read {
  batch: number;
  of: string;
  key: string | null;
  tag: string | null;
  level?: string;
  outcome: string;
  age?: number | null;
  ttlLeft?: number | null;
  /** The fields that it was read for, like `Task.assignees`. */
  fields?: string[];
}

/** One place in the answer. */
export interface Place {
  path: (string | number)[];
  /** The field that led there; the root has none. */
  field?: string;
  level?: string;
  outcome: string;
  age?: number | null;
  ttlLeft?: number | null;
  tags?: string[];
  scope?: string;
  maxAge?: number;
  /** Which of the reads it rests on. */
  reads?: number[];
}

/** One call to the cache or the store. */
export interface Trip {
  batch: number;
  to: string;
  verb: string;
  keys: number;
}

/** What an `X-Cache` says. */
export const OUTCOMES: Record<string, string> = {
  HIT: "Served as it was kept: nothing that it was made of has been written since.",
  STALE: "Served as it was kept; its time is over, and it is being made anew.",
  MISS: "Made now, and kept.",
  BYPASS: "Made now, and not kept.",
};

/** What a reason or an outcome means. */
const MEANINGS: Record<string, string> = {
  absent: "it was not there",
  expired: "its time is over",
  stale: "something of it has been written since",
  renewed: "something of it has been written since",
  due: "its time is nearly over, so it is made anew early",
  marked: "a write of it is under way",
  writing: "a write of it is under way",
  unsought: "answers to this could lately not be kept, so it was not looked for",
  unreadable: "what was there could not be read",
  foreign: "it was kept by another life of the cache",
  untagged: "no tag stands for it, so no write could renew it",
  unknown: "the cache did not answer",
  cache: "the cache can't be asked, or is not to be trusted",
  cache_unknown: "the cache did not answer",
  two_versions: "it was written while it was read",
  too_many_tags: "it is made of too many things",
  failed: "something of it could not be read",
  mutation: "it changes something",
  refused: "it was not executed",
  error: "it has errors",
  request: "the request wanted nothing that was kept",
  explained: "the request wanted to be told how it was answered",
  off: "keeping answers is switched off",
  policy: "something in it must not be kept, by its @cacheControl or because it has none",
  header: "it sets a header that is for this client alone",
  large: "it is larger than may be kept",
  busy: "too many answers were waiting to be kept",
  withheld: "not told: it isn't of your organisation, or it doesn't exist",
};

/** What this word of the server means; the word itself where it is new. */
export function meaning(word: string): string {
  return MEANINGS[word] ?? word;
}

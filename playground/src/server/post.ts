// Sends one request to this server and measures it. The only place that calls fetch.
import { multipart } from "./multipart";

/** What is asked. */
export interface Operation {
  query: string;
  variables?: Record<string, unknown>;
  operationName?: string | null;
}

/** A file at a place in the variables, like `input.avatar` or `files.0`. */
export interface ChosenFile {
  path: string;
  file: File;
}

/** The body of an answer. */
export interface Result {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
  extensions?: Record<string, unknown>;
}

/** An answer and what its headers and the clock say of it. */
export interface Answer {
  result: Result;
  status: number;
  /** HIT, STALE, MISS or BYPASS. */
  cache: string;
  /** Seconds. */
  age: number | null;
  ttl: number | null;
  policy: string | null;
  etag: string | null;
  /** Bytes of the body as it is, and as it was sent. */
  bytes: number;
  sentBytes: number | null;
  /** Milliseconds: until the body was here, and in the server. */
  took: number;
  serverTook: number | null;
}

/** Where the API is: beside this page, whatever prefix it is served under. */
const ENDPOINT = new URL("graphql", document.baseURI);
const ACCEPT = "application/graphql-response+json, application/json;q=0.9";

/** Sends it. Throws where no answer comes, or one that isn't JSON. */
export async function post(
  operation: Operation,
  headers: Record<string, string> = {},
  files: ChosenFile[] = [],
  signal?: AbortSignal,
): Promise<Answer> {
  const sent = new Headers({ accept: ACCEPT });
  // The server takes files only with a header that no form of another site can send.
  if (files.length === 0) sent.set("content-type", "application/json");
  else sent.set("graphql-require-preflight", "1");
  for (const [name, value] of Object.entries(headers)) sent.set(name, value);
  const body = files.length === 0 ? JSON.stringify(operation) : multipart(operation, files);
  const start = performance.now();
  // Without cookies: who asks is told by the token of this tab alone, and signing out here is signing out.
  const response = await fetch(ENDPOINT, { method: "POST", headers: sent, body, signal, credentials: "omit" });
  const text = await response.text();
  const took = performance.now() - start;
  return { ...described(response), result: read(text, response), bytes: byteLength(text), took };
}

function described(response: Response): Omit<Answer, "result" | "bytes" | "took"> {
  const { headers, status } = response;
  return {
    status,
    cache: headers.get("x-cache") ?? "",
    age: number(headers.get("age")),
    ttl: number(headers.get("x-cache-ttl")),
    policy: headers.get("cache-control"),
    etag: headers.get("etag"),
    sentBytes: number(headers.get("content-length")),
    serverTook: number(headers.get("x-response-time")),
  };
}

function read(text: string, response: Response): Result {
  try {
    return JSON.parse(text) as Result;
  } catch {
    throw new Error(`The server answered ${response.status} ${response.statusText} with what is no JSON: ${text.slice(0, 200)}`);
  }
}

/** The number that a header begins with. */
function number(header: string | null): number | null {
  const value = header === null ? NaN : parseFloat(header);
  return Number.isNaN(value) ? null : value;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

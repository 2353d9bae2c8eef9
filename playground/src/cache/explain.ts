// Questions to the server that the Cache panel asks by itself.
import { type Answer, post } from "../server/post";
import { authorization } from "../session/session";
import type { Exchange } from "./exchanges";
import type { Told } from "./told";

const PURGE =
  "mutation PlaygroundPurge($tag: String!) { purgeCache(input: { tag: $tag }) { tag userErrors { message } } }";

/** Runs the operation of an exchange once more, with these headers besides its own. */
export async function again(exchange: Exchange, headers: Record<string, string>, signal?: AbortSignal): Promise<Answer> {
  const all = { ...authorization(), ...exchange.headers, ...headers };
  return post(exchange.operation, all, exchange.files, signal);
}

/** How the operation is answered now. Throws the server's words where it doesn't tell. */
export async function explain(exchange: Exchange): Promise<Told> {
  const { result } = await again(exchange, { "x-cache-explain": "1" });
  const told = result.extensions?.cache as Told | undefined;
  if (told) return told;
  throw new Error(result.errors?.[0]?.message ?? "The server tells nothing: that needs the permission cache:inspect.");
}

/** Gives a tag a new version. Throws the server's words where it doesn't. */
export async function purge(tag: string): Promise<void> {
  const { result } = await post({ query: PURGE, variables: { tag } }, authorization());
  const problem = result.errors?.[0]?.message;
  if (problem) throw new Error(problem);
}

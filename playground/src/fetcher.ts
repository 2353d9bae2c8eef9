// What GraphiQL sends goes through here: with the token of this tab, the chosen files, and a record for the Cache panel.
import type { Fetcher } from "@graphiql/toolkit";
import { type DocumentNode, type GraphQLSchema, Kind, getOperationAST, parse } from "graphql";

import { type Exchange, explainsAll, record } from "./cache/exchanges";
import type { Told } from "./cache/told";
import { Cell } from "./cell";
import { filesFor } from "./files/chosen";
import { type Operation, type Result, post } from "./server/post";
import { authorization, notice } from "./session/session";

/** The server's schema, once it is known. */
export const schema = new Cell<GraphQLSchema | null>(null);

export const fetcher: Fetcher = async (params, options) => {
  const own = named(options?.headers);
  const document = parsed(params.query);
  const operation: Operation = {
    query: params.query,
    variables: (params.variables ?? undefined) as Record<string, unknown> | undefined,
    operationName: nameIn(document, params.operationName),
  };
  // The schema is the same for everybody; a session that has ended must not hide it.
  if (params.operationName === "IntrospectionQuery") return asShown((await post(operation, own)).result);
  return asShown(await run(operation, own, document));
};

async function run(operation: Operation, own: Record<string, string>, document: DocumentNode | null): Promise<Result> {
  const isExplained = explainsAll.get();
  const headers = { ...authorization(), ...(isExplained ? { "x-cache-explain": "1" } : {}), ...own };
  const files = filesFor(document, schema.get(), operation.operationName);
  const answer = await post(operation, headers, files);
  const { cache, ...others } = answer.result.extensions ?? {};
  const told = (cache ?? null) as Told | null;
  const isQuery = document ? getOperationAST(document, operation.operationName)?.operation !== "mutation" : true;
  record({ operation, isQuery, headers: own, files, answer, told } satisfies Omit<Exchange, "id">);
  notice(answer.result, !("authorization" in own) && "authorization" in headers);
  return isExplained && told ? without(answer.result, others) : answer.result;
}

/** The document; null where it can't be read, which the server says better. */
function parsed(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}

/** GraphiQL learns of an operation's name a moment after it was written; of the only one there is, it need not know. */
function nameIn(document: DocumentNode | null, name: string | null | undefined): string | null | undefined {
  const operations = document?.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION) ?? [];
  const [only] = operations;
  return only && operations.length === 1 ? only.name?.value : name;
}

/** The answer without what the Cache panel shows of it, where the panel has asked for that. */
function without(result: Result, extensions: Record<string, unknown>): Result {
  const { extensions: _, ...shown } = result;
  return Object.keys(extensions).length > 0 ? { ...shown, extensions } : shown;
}

function named(headers: unknown): Record<string, string> {
  const entries = Object.entries((headers ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** As the toolkit's types have it. */
function asShown(result: Result) {
  return result as never;
}

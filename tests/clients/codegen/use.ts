// What a client reads of the generated types; tsc refuses it when they are not what the schema says.
import type { ResultOf } from "@graphql-typed-document-node/core";
import { BoardDocument, CardFragment, MoveDocument, MoveMutationVariables } from "./artifacts/graphql";

const move: MoveMutationVariables = { input: { taskId: "tsk_1", status: "done" } };
const code: string | undefined = ({} as ResultOf<typeof MoveDocument>).moveTask?.userErrors?.[0]?.message;
const title: string | undefined = ({} as CardFragment).title;
const name: string | undefined = ({} as ResultOf<typeof BoardDocument>).board?.project?.name;
// @ts-expect-error a title is no number
const wrong: number | undefined = ({} as CardFragment).title;

export default { move, code, title, name, wrong };

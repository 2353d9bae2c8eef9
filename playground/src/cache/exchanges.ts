// The operations that were run in the editor and what came of each, the last one first.
import { Cell } from "../cell";
import type { Answer, ChosenFile, Operation } from "../server/post";
import type { Told } from "./told";

/** An operation, how it was sent and what it was answered. */
export interface Exchange {
  id: number;
  operation: Operation;
  isQuery: boolean;
  headers: Record<string, string>;
  files: ChosenFile[];
  answer: Answer;
  /** What the server tells of this very answer, where it was asked to. */
  told: Told | null;
}

const MOST = 24;
let last = 0;

/** What was run in this page. */
export const exchanges = new Cell<Exchange[]>([]);

/** Whether each run asks to be explained. */
export const explainsAll = new Cell(false);

/** Adds one. */
export function record(exchange: Omit<Exchange, "id">): void {
  last += 1;
  exchanges.set([{ ...exchange, id: last }, ...exchanges.get()].slice(0, MOST));
}

// Global ids: the code of a kind and the id of a document.
import { badInput, quoted } from "./errors.mjs";

const CODES = {
  Organization: "org",
  User: "usr",
  Project: "prj",
  Task: "tsk",
  Comment: "cmt",
  Session: "ses",
  Asset: "ast",
  Invitation: "inv",
  PasswordReset: "pwr",
  Mail: "mal",
  CustomRole: "rol",
};

export const KINDS = Object.keys(CODES);

export const globalId = (kind, id) => `${CODES[kind]}_${id}`;

// The 24 hexadecimal digits of a document's id in their one spelling, or null.
export const documentId = (text) => (/^[0-9a-fA-F]{24}$/.test(text) ? text.toLowerCase() : null);

// Kind and id of a global id; an error that names the argument when it is none.
export function parseReference(argument, text) {
  const at = text.indexOf("_");
  const kind = KINDS.find((kind) => CODES[kind] === text.slice(0, at));
  const id = documentId(text.slice(at + 1));
  if (at < 0 || !kind || !id) {
    throw badInput(`${argument}: ${quoted(text)} is not an id of this API; ids come from its answers`);
  }
  return { kind, id };
}

// The id of an entity of this kind; an error that names the argument when it is none, or one of another kind.
export function parseId(argument, kind, text) {
  const found = parseReference(argument, text);
  if (found.kind !== kind) {
    throw badInput(`${argument}: takes the id of a ${kind}, this is one of a ${found.kind}`);
  }
  return found.id;
}

// What goes wrong, as clients see it: a message and a code from the closed list of the API.
import { GraphQLError } from "graphql";

const failure = (code) => (message) => new GraphQLError(message, { extensions: { code } });

export const badInput = failure("BAD_USER_INPUT");
export const forbidden = (permission) => failure("FORBIDDEN")(`this needs the permission ${permission}`);
export const notFound = (kind) => failure("NOT_FOUND")(`no such ${noun(kind)}`);
export const unauthenticated = () =>
  failure("UNAUTHENTICATED")("sign in first: send the token of the login mutation");

// What people call one of this kind: `custom role`.
const noun = (kind) => kind.replace(/\B[A-Z]/g, " $&").toLowerCase();

// What a client has sent, repeated in a message: its first characters, quoted, with what can't be read escaped.
export function quoted(text) {
  const escapes = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0" };
  const shown = [...text].slice(0, 60).map((character) => escapes[character] ?? character);
  return `"${shown.join("")}"`;
}

// An error of graphql-js as the API gives it: whatever has no code is a request that can't be meant.
export function coded(error) {
  const { message, locations, path } = error.toJSON();
  const code = error.extensions?.code ?? "BAD_USER_INPUT";
  return { message, locations, path, extensions: { code } };
}

// What mutations have in common: who may, which version is meant, what is wrong with an input, and how the world changes.
import { forbidden, notFound, unauthenticated } from "./errors.mjs";

// What the sender can mend: it is no error of the request.
export class Refusal extends Error {
  constructor(payload, field, code, message) {
    super(message);
    this.payload = { ...payload, userErrors: [wrong(field, code, message)] };
  }
}

export const wrong = (field, code, message) => ({ field, code, message });

// Notes why this is refused instead of refusing it.
export function noted(errors, check) {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    errors.push(...error.payload.userErrors);
  }
}

// Refuses for all that was noted.
export function done(errors, payload) {
  if (errors.length === 0) return;
  const refusal = new Refusal(payload);
  refusal.payload.userErrors = errors;
  throw refusal;
}

// The resolver of a mutation.
export function changes(change) {
  return (_, { input }, context) => {
    if (!context.viewer) throw unauthenticated();
    try {
      return change(input, context);
    } catch (error) {
      if (error instanceof Refusal) return error.payload;
      throw error;
    }
  };
}

// The resolvers of a payload with these fields and the errors.
export function payload(...fields) {
  const resolvers = Object.fromEntries(fields.map((field) => [field, (payload) => payload[field] ?? null]));
  return { ...resolvers, userErrors: ({ userErrors }) => userErrors ?? [] };
}

// What the viewer sees and may change in its project.
export function allowed(viewer, entity, kind, permission) {
  if (!entity) throw notFound(kind);
  if (!viewer.may(permission, viewer.projectOf(entity))) throw forbidden(permission);
  return entity;
}

// Refuses unless the viewer may this in the organisation.
export function needs(viewer, permission) {
  if (!viewer.has(permission)) throw forbidden(permission);
}

export function expect(entity, { expectedVersion }) {
  if (expectedVersion == null || expectedVersion === entity.version) return;
  const message = "somebody else has changed it since; the payload has it as it is now";
  const name = entity.kind[0].toLowerCase() + entity.kind.slice(1);
  throw new Refusal({ [name]: entity }, "expectedVersion", "CONFLICT", message);
}

// Writes it with this changed, unless nothing is.
export function save(world, entity, change) {
  const isSame = ([field, value]) => JSON.stringify(entity[field] ?? null) === JSON.stringify(value);
  return Object.entries(change).every(isSame) ? entity : write(world, entity, change);
}

// Writes it with this changed, also if nothing is.
export function write(world, entity, change) {
  const after = { ...entity, ...change, version: entity.version + 1, updatedAt: world.moment };
  world.put(after);
  return after;
}

// The value of a field that may be left out but not emptied.
export function filled(input, field) {
  if (input[field] === null) {
    throw new Refusal({}, field, "REQUIRED", "can't be null; leave it out to keep what it is");
  }
  return input[field];
}

// One line of text, trimmed.
export function line(field, value) {
  const trimmed = text(field, value);
  if (/\p{Cc}/u.test(trimmed)) {
    throw new Refusal({}, field, "INVALID", "is one line of text, without control characters");
  }
  return trimmed;
}

// Text, trimmed, that says something.
export function text(field, value) {
  const trimmed = value.trim();
  if (trimmed === "") throw new Refusal({}, field, "REQUIRED", "can't be blank");
  return trimmed;
}

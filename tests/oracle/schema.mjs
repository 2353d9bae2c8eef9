// The schema as its SDL says, with the resolvers and scalars in it.
import { GraphQLObjectType, Kind, buildSchema, getNamedType, isAbstractType } from "graphql";

import { badInput } from "./errors.mjs";
import { resolvers } from "./resolvers.mjs";

const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);
const LARGEST = Number.MAX_SAFE_INTEGER;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

// Moments are milliseconds inside, and go out as the store has them.
const DateTime = {
  serialize: (text) => text,
  parseValue: (value) => {
    const moment = typeof value === "string" && RFC_3339.test(value) ? Date.parse(value) : NaN;
    if (moment >= EARLIEST && moment < LATEST) return moment;
    throw badInput("a DateTime is RFC 3339 text like 2026-03-01T09:30:00Z, between the years 1900 and 9999");
  },
  parseLiteral: (node) => DateTime.parseValue(node.kind === Kind.STRING ? node.value : null),
};

const MinorUnits = {
  serialize: (amount) => amount,
  parseValue: (value) => {
    if (Number.isSafeInteger(value)) return value;
    throw badInput(`MinorUnits is a whole number between -${LARGEST} and ${LARGEST}`);
  },
  parseLiteral: (node) => MinorUnits.parseValue(node.kind === Kind.INT ? Number(node.value) : null),
};

// The schema of this SDL; throws when it and the resolvers differ. Of the mutations, and of what only they lead to,
// only some have to be there.
export function makeSchema(sdl, mutations) {
  const schema = buildSchema(sdl);
  Object.assign(schema.getType("DateTime"), DateTime);
  Object.assign(schema.getType("MinorUnits"), MinorUnits);
  schema.getType("Node").resolveType = ({ kind }) => kind;
  const asked = below(schema, schema.getQueryType());
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(type instanceof GraphQLObjectType) || type.name.startsWith("__")) continue;
    attach(type, resolvers[type.name] ?? mutations[type.name] ?? {}, !asked.has(type));
  }
  const unknown = Object.keys({ ...resolvers, ...mutations }).filter((name) => !schema.getType(name));
  if (unknown.length > 0) throw new Error(`the schema has no ${unknown.join(", ")}`);
  return schema;
}

// The types that queries lead to.
function below(schema, type, found = new Set()) {
  if (found.has(type)) return found;
  found.add(type);
  const fields = Object.values(type.getFields?.() ?? {}).map((field) => getNamedType(field.type));
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
  for (const next of [...fields, ...possible]) below(schema, next, found);
  return found;
}

function attach(type, resolve, isOptional) {
  const fields = type.getFields();
  for (const name of Object.keys(fields)) {
    if (Object.hasOwn(resolve, name)) fields[name].resolve = resolve[name];
    else if (!isOptional) throw new Error(`the oracle doesn't know ${type.name}.${name}`);
  }
  const unknown = Object.keys(resolve).filter((name) => !(name in fields));
  if (unknown.length > 0) throw new Error(`${type.name} has no ${unknown.join(", ")}`);
}

// Where an operation takes files: the places in its variables whose type is Upload, also inside inputs and lists.
import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  getNullableType,
  isInputObjectType,
  isListType,
  isScalarType,
  typeFromAST,
} from "graphql";

/** A place that takes a file, or with `isList` any number of them. */
export interface Place {
  path: string;
  isList: boolean;
}

const UPLOAD = "Upload";
/** Inputs may hold each other. */
const DEEPEST = 4;

/** The places of the operation of this name; of the only one where none is named. */
export function places(document: DocumentNode, schema: GraphQLSchema, name?: string | null): Place[] {
  const operations = document.definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === "OperationDefinition",
  );
  const operation = operations.find((one) => one.name?.value === name) ?? operations[0];
  return (operation?.variableDefinitions ?? []).flatMap((variable) => {
    const type = typeFromAST(schema, variable.type as never) as GraphQLInputType | undefined;
    return type ? inside(type, variable.variable.name.value, DEEPEST) : [];
  });
}

function inside(type: GraphQLInputType, path: string, depth: number): Place[] {
  const nullable = getNullableType(type);
  if (isScalarType(nullable)) return nullable.name === UPLOAD ? [{ path, isList: false }] : [];
  if (isListType(nullable)) {
    const item = getNullableType(nullable.ofType as GraphQLInputType);
    return isScalarType(item) && item.name === UPLOAD ? [{ path, isList: true }] : [];
  }
  if (!isInputObjectType(nullable) || depth === 0) return [];
  return Object.values(nullable.getFields()).flatMap((field) => inside(field.type, `${path}.${field.name}`, depth - 1));
}

// A request with files, as https://github.com/jaydenseric/graphql-multipart-request-spec has it: the variables have null
// where a file goes, the map says which file goes where, then come the files.
import type { ChosenFile, Operation } from "./post";

export function multipart(operation: Operation, files: ChosenFile[]): FormData {
  const variables = structuredClone(operation.variables ?? {});
  const map: Record<string, string[]> = {};
  files.forEach(({ path }, place) => {
    put(variables, path.split("."), null);
    map[place] = [`variables.${path}`];
  });
  const form = new FormData();
  form.append("operations", JSON.stringify({ ...operation, variables }));
  form.append("map", JSON.stringify(map));
  files.forEach(({ file }, place) => form.append(String(place), file, file.name));
  return form;
}

/** Sets what stands at the end of this path, and makes the way there. */
function put(target: Record<string, unknown>, [step, ...rest]: string[], value: unknown): void {
  if (step === undefined) return;
  const [next] = rest;
  if (next === undefined) {
    target[step] = value;
    return;
  }
  target[step] ??= /^\d+$/.test(next) ? [] : {};
  put(target[step] as Record<string, unknown>, rest, value);
}

// The example operations of queries/: what stands first in each as comments is its title and what it shows.

/** An operation to begin with. */
export interface Example {
  name: string;
  title: string;
  about: string;
  query: string;
  /** JSON, with names like `$project` in place of ids. */
  variables: string;
  isMutation: boolean;
}

const queries = import.meta.glob<string>("../../queries/*.graphql", { query: "?raw", import: "default", eager: true });
const variables = import.meta.glob<string>("../../queries/*.json", { query: "?raw", import: "default", eager: true });

/** All of them, in the order of their files. */
export const EXAMPLES: Example[] = Object.entries(queries)
  .sort(([one], [other]) => one.localeCompare(other))
  .map(([path, text]) => read(path, text));

function read(path: string, text: string): Example {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => !line.startsWith("#"));
  const [title = "", ...about] = lines.slice(0, start).map((line) => line.replace(/^#\s*/, ""));
  return {
    name: path.replace(/^.*\/|\.graphql$/g, ""),
    title,
    about: about.join(" "),
    query: text,
    variables: (variables[path.replace(/graphql$/, "json")] ?? "").trim(),
    isMutation: lines[start]?.startsWith("mutation") ?? false,
  };
}

/// <reference types="vite/client" />

declare module "monaco-editor/esm/vs/editor/editor.worker.js?worker" {
  const Constructor: new () => Worker;
  export default Constructor;
}
declare module "monaco-editor/esm/vs/language/json/json.worker.js?worker" {
  const Constructor: new () => Worker;
  export default Constructor;
}
declare module "monaco-graphql/esm/graphql.worker.js?worker" {
  const Constructor: new () => Worker;
  export default Constructor;
}

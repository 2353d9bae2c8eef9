// The panel to choose files in, for operations with variables of type Upload.
import { Button, useGraphiQL } from "@graphiql/react";

import { type Place, places } from "./places";
import { choose, chosen } from "./chosen";

export function FilesPanel() {
  const document = useGraphiQL((state) => state.documentAST);
  const schema = useGraphiQL((state) => state.schema);
  const name = useGraphiQL((state) => state.operationName);
  const taken = document && schema ? places(document, schema, name) : [];
  return (
    <section className="kanvaro-panel" aria-label="Files">
      <h2>Files</h2>
      {taken.length === 0 ? <Nothing /> : taken.map((place) => <Choice key={place.path} place={place} />)}
    </section>
  );
}

function Nothing() {
  return (
    <p className="kanvaro-dim">
      The operation takes no file. Give it a variable of type <code>Upload</code>, like <code>$file: Upload!</code>, and
      choose the file for it here; the variable itself can stay unset.
    </p>
  );
}

function Choice({ place: { path, isList } }: { place: Place }) {
  const files = chosen.use()[path] ?? [];
  return (
    <div className="kanvaro-file">
      <label>
        <code>${path}</code>
        <input
          type="file"
          multiple={isList}
          onChange={(event) => choose(path, [...(event.target.files ?? [])])}
        />
      </label>
      {files.map((file) => (
        <div key={file.name} className="kanvaro-dim">
          {file.name}, {file.size.toLocaleString("en")} bytes
        </div>
      ))}
      {files.length > 0 && (
        <Button type="button" onClick={() => choose(path, [])}>
          Send none
        </Button>
      )}
    </div>
  );
}

// GraphiQL with our panels: Files and Cache beside its own, examples and the session beside the tabs.
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import type { GraphiQLPlugin } from "@graphiql/react";
import { GraphiQL } from "graphiql";

import { CachePanel } from "./cache/CachePanel";
import { ExamplesMenu } from "./examples/ExamplesMenu";
import { fetcher, schema } from "./fetcher";
import { FilesPanel } from "./files/FilesPanel";
import { GREETING } from "./greeting";
import { CacheIcon, FilesIcon } from "./icons";
import { Keys } from "./Keys";
import { SessionButton } from "./session/SessionButton";

const CACHE: GraphiQLPlugin = { title: "Cache", icon: CacheIcon, content: CachePanel };
const FILES: GraphiQLPlugin = { title: "Files", icon: FilesIcon, content: FilesPanel };
const PLUGINS = [HISTORY_PLUGIN, explorerPlugin(), CACHE, FILES];
/** What may stand for scalars of our own in variables: anything for a file, which is chosen elsewhere. */
const SCALARS = { Upload: {} };

export function Playground() {
  return (
    <GraphiQL
      fetcher={fetcher}
      plugins={PLUGINS}
      defaultQuery={GREETING}
      defaultEditorToolsVisibility="variables"
      customScalarSchemas={SCALARS}
      shouldPersistHeaders={false}
      onSchemaChange={(known) => schema.set(known)}
    >
      <GraphiQL.Logo>
        <div className="kanvaro-bar">
          <Keys />
          <ExamplesMenu />
          <SessionButton />
        </div>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

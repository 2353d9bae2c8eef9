// The client preset with strict scalars: every scalar of the schema has to be named.
import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: ["operations.graphql"],
  generates: {
    "./artifacts/": {
      preset: "client",
      config: {
        strictScalars: true,
        scalars: { DateTime: "string", MinorUnits: "number", Upload: "File" },
        enumsAsTypes: true,
      },
    },
  },
};

export default config;

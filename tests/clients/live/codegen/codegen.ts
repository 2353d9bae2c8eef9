// The client preset with strict scalars, documents as text, and the manifest of these documents.
import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: ["use.ts"],
  generates: {
    "./artifacts/": {
      preset: "client",
      presetConfig: {
        fragmentMasking: false,
        persistedDocuments: { hashAlgorithm: "sha256" },
      },
      config: {
        strictScalars: true,
        scalars: { DateTime: "string", MinorUnits: "number", Upload: "File" },
        enumsAsTypes: true,
        documentMode: "string",
      },
    },
  },
};

export default config;

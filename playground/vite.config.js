// Bundles the page into dist/bundle, where build.rs takes it into the binary. Every path in it is relative, so that it
// works behind any prefix; every file is compressed here, once, since no other form of it is embedded.
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const OUT = "dist/bundle";

function compressed() {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const entry of readdirSync(OUT, { recursive: true })) {
        const file = join(OUT, entry);
        if (statSync(file).isFile()) {
          writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
          rmSync(file);
        }
      }
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [react(), compressed()],
  worker: { format: "es" },
  build: {
    outDir: OUT,
    assetsDir: "playground",
    emptyOutDir: true,
    target: "es2024",
    // Nothing but the style sheet's own fonts stays inlined, so that the policy needs no other exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 6000,
    rolldownOptions: {
      // The libraries' directives for a compiler of their own say nothing to ours.
      onLog(level, log, handle) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log);
      },
    },
  },
});

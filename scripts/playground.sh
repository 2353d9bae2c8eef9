#!/usr/bin/env bash
# Bundles GraphiQL (playground/) into playground/dist, from where the next `cargo build` takes it into the binary.
# Does nothing where what lies there was made of the present sources; --force builds anyway.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/node.sh
source scripts/node.sh

made_of=playground/dist/made-of
# What the bundle is made of, as one hash.
sources() {
    find playground/src playground/queries playground/{index.html,package.json,package-lock.json,tsconfig.json,vite.config.js} -type f -print0 |
        sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

need_node
now=$(sources)
if [ "${1:-}" != --force ] && [ -f playground/dist/bundle/index.html.gz ] && [ "$(cat "$made_of" 2>/dev/null)" = "$now" ]; then
    exit 0
fi
npm_ci playground
npm run --silent --prefix playground build -- --logLevel warn
echo "$now" >"$made_of"
echo "GraphiQL is bundled: playground/dist/bundle, $(du -sh playground/dist/bundle | cut -f1) compressed. Now build the server: cargo build --release"

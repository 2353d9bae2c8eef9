#!/usr/bin/env bash
# Holds the schema against the tools that clients use, with the real npm packages: graphql-js, relay-compiler,
# graphql-codegen, and graphql-inspector's verdicts beside ours.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/node.sh
source scripts/node.sh

npm_ci tests/clients
node tests/clients/check.mjs
node tests/clients/inspector.mjs

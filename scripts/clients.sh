#!/usr/bin/env bash
# Holds the schema against the tools that clients use, with the real npm packages: graphql-js, relay-compiler,
# graphql-codegen, and graphql-inspector's verdicts beside ours; and the server against what uploads: curl, apollo-upload-client, gql of Python.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/node.sh
source scripts/node.sh

python=${XDG_CACHE_HOME:-$HOME/.cache}/kanvaro/gql
gql="gql[requests]==3.5.3"
if ! "$python/bin/python" -c 'import gql' 2>/dev/null; then
    python3 -m venv --clear "$python" || { echo "scripts/clients.sh needs venv: apt-get install python3-venv" >&2; exit 1; }
    "$python/bin/python" -m pip install -q "$gql" || { echo "can't install $gql from PyPI into $python" >&2; exit 1; }
fi
command -v curl >/dev/null || { echo "scripts/clients.sh needs curl: apt-get install curl" >&2; exit 1; }

npm_ci tests/clients
node tests/clients/check.mjs
node tests/clients/inspector.mjs
cargo build --quiet
node tests/clients/upload.mjs "$(realpath "${CARGO_TARGET_DIR:-target}")/debug/kanvaro" "$python/bin/python"

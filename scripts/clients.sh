#!/usr/bin/env bash
# Holds the schema against the tools that clients use, with the real npm packages: graphql-js, relay-compiler,
# graphql-codegen, and graphql-inspector's verdicts beside ours; the server against what uploads: curl, apollo-upload-client,
# gql of Python; and runs popular clients against started servers.
#
#   scripts/clients.sh [--only WORD]   of the clients' tests those whose names have the word
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/node.sh
source scripts/node.sh
# shellcheck source=scripts/python.sh
source scripts/python.sh
command -v curl >/dev/null || { echo "scripts/clients.sh needs curl: apt-get install curl" >&2; exit 1; }

npm_ci tests/clients
python=$(python_with tests/clients/live/python/requirements.txt)
cargo build --quiet
kanvaro="$(realpath "${CARGO_TARGET_DIR:-target}")/debug/kanvaro"
if [ $# -eq 0 ]; then
    node tests/clients/check.mjs
    node tests/clients/inspector.mjs
    node tests/clients/upload.mjs "$kanvaro" "$python"
fi
node tests/clients/live/run.mjs "$kanvaro" "$python" "$@"

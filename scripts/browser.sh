#!/usr/bin/env bash
# Tests the playground in Chromium against a server with demo data, which the tests start and stop themselves.
#
#   scripts/browser.sh [--only WORD]           those tests whose names have the word
#   scripts/browser.sh --pictures docs/images  takes the pictures of the documentation instead
#
# KANVARO_TEST_CHROMIUM names another browser than the Chromium on the path.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/node.sh
source scripts/node.sh

# shellcheck source=scripts/chromium.sh
source scripts/chromium.sh

chromium=$(find_chromium)
npm_ci tests/browser
./scripts/playground.sh
cargo build --quiet
node tests/browser/run.mjs "$(realpath "${CARGO_TARGET_DIR:-target}")/debug/kanvaro" "$chromium" "$@"

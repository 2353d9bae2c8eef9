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

chromium="${KANVARO_TEST_CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
if [ -z "$chromium" ]; then
    echo "$0 needs Chromium: apt-get install chromium, or name a browser of its kind in KANVARO_TEST_CHROMIUM" >&2
    exit 1
fi
npm_ci tests/browser
./scripts/playground.sh
cargo build --quiet
node tests/browser/run.mjs "$(realpath "${CARGO_TARGET_DIR:-target}")/debug/kanvaro" "$chromium" "$@"

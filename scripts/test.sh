#!/usr/bin/env bash
# Passes the project's tests on a fresh machine: installs and starts what they need (real MongoDB, Redis, Redis Cluster),
# bundles the playground, runs everything, and stops what it started. Arguments go to `cargo test`.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/node.sh

need() {
    command -v "$1" >/dev/null || { echo "scripts/test.sh needs $1: $2" >&2; exit 1; }
}
need cargo "install Rust from https://rustup.rs"
need cc "install a C compiler: apt-get install gcc"
need openssl "install OpenSSL: apt-get install openssl"
need_node
npm_ci tests/oracle
source scripts/chromium.sh
find_chromium >/dev/null
./scripts/playground.sh

export KANVARO_TEST_SERVICES="${KANVARO_TEST_SERVICES:-$PWD/target/services}"
stop() { ./scripts/services.sh stop; }
trap stop EXIT
./scripts/services.sh start
# shellcheck source=/dev/null
source "$KANVARO_TEST_SERVICES/env"

cargo test --lib --bins --tests "$@"
./scripts/deploy.sh
./scripts/audit.sh
./scripts/clients.sh
./scripts/browser.sh

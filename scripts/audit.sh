#!/usr/bin/env bash
# Runs the public audit suite of GraphQL over HTTP (npm graphql-http) against a server that it starts and stops itself.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/node.sh

npm_ci tests/audit
cargo build --quiet
target="${CARGO_TARGET_DIR:-target}"
data="$(mktemp -d)"
port="$(node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')"

KANVARO_DATA="$data" KANVARO_LISTEN="127.0.0.1:$port" KANVARO_LOG=warn KANVARO_DEMO=false "$target/debug/kanvaro" serve >"$data/log" 2>&1 &
server=$!
stop() {
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    rm -rf "$data"
}
trap stop EXIT

for _ in $(seq 100); do
    if node -e "fetch('http://127.0.0.1:$port/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"; then
        node tests/audit/audit.mjs "http://127.0.0.1:$port/graphql"
        exit
    fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
echo "the server did not start:" >&2
cat "$data/log" >&2
exit 1

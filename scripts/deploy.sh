#!/usr/bin/env bash
# Holds what the server is deployed with against real tools, without running it: the Dockerfile (hadolint), compose.yaml (yamllint, the
# schema of the Compose specification), the proxy's configuration (crossplane, NGINX's own parser), and that what
# .dockerignore lets into the image is enough for Cargo.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/python.sh
source scripts/python.sh

tools=$(dirname "$(python_with tests/deploy/requirements.txt)")
"$tools/hadolint" Dockerfile
"$tools/yamllint" --strict -c tests/deploy/yamllint.yaml compose.yaml
"$tools/check-jsonschema" --quiet --builtin-schema vendor.compose-spec compose.yaml
"$tools/crossplane" parse --strict deploy/nginx.conf >/dev/null

# What the build stage copies; Cargo refuses a package of which a part is missing.
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
sed -n 's/^!//p' .dockerignore | xargs cp -r --parents -t "$context"
cargo metadata --quiet --no-deps --locked --format-version 1 --manifest-path "$context/Cargo.toml" >/dev/null
echo "the image, the composition and the proxy's configuration are well-formed"

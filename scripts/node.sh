#!/usr/bin/env bash
# For scripts that need Node.js: sourced, not run.

# Stops with what to install where Node.js or npm is absent or too old.
need_node() {
    local tool
    for tool in node npm; do
        command -v "$tool" >/dev/null || { echo "$0 needs $tool: apt-get install nodejs npm (Node.js 20 or later)" >&2; exit 1; }
    done
    if [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
        echo "$0 needs Node.js 20 or later, this is $(node --version)" >&2
        exit 1
    fi
}

# Installs exactly what the lockfile of a directory names; nothing is done where that has been installed already.
# What is downloaded is kept outside the clone.
npm_ci() {
    need_node
    local mark="$1/node_modules/.package-lock.installed"
    if cmp -s "$1/package-lock.json" "$mark"; then
        return
    fi
    # What was fetched before is taken as it is: the lock says its hash. A registry that falters is asked again.
    local attempt
    for attempt in 1 2 3; do
        npm_config_cache="${npm_config_cache:-${XDG_CACHE_HOME:-$HOME/.cache}/kanvaro/npm}" \
            npm ci --prefix "$1" --prefer-offline --silent --no-fund --no-audit && break
        [ "$attempt" -lt 3 ] ||
            { echo "npm can't install what $1/package-lock.json names; is the package registry reachable?" >&2; exit 1; }
        sleep "$((attempt * 5))"
    done
    cp "$1/package-lock.json" "$mark"
}

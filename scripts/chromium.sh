#!/usr/bin/env bash
# For scripts that need a browser: sourced, not run.

# Prints where Chromium is, or KANVARO_TEST_CHROMIUM in its place; stops with what to install where there is none.
find_chromium() {
    local chromium=${KANVARO_TEST_CHROMIUM:-} name
    for name in chromium chromium-browser google-chrome; do
        [ -n "$chromium" ] || chromium=$(command -v "$name" || true)
    done
    if [ -z "$chromium" ] || [ ! -x "$chromium" ]; then
        echo "$0 needs Chromium: apt-get install chromium, or name a browser of its kind in KANVARO_TEST_CHROMIUM" >&2
        return 1
    fi
    echo "$chromium"
}

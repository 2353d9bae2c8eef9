#!/usr/bin/env bash
# For scripts that need a browser: sourced, not run.

# shellcheck source=scripts/apt.sh
source "$(dirname "${BASH_SOURCE[0]}")/apt.sh"

# Prints where a browser of Chromium's kind is: KANVARO_TEST_CHROMIUM if that is set, else one on the path, else Chromium, which is
# installed.
find_chromium() {
    if [ -n "${KANVARO_TEST_CHROMIUM:-}" ]; then
        command -v "$KANVARO_TEST_CHROMIUM" && return
        echo "$0: KANVARO_TEST_CHROMIUM names no program: $KANVARO_TEST_CHROMIUM" >&2
        return 1
    fi
    command -v chromium || command -v chromium-browser || command -v google-chrome && return
    apt_install chromium
    command -v chromium
}

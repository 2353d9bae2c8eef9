#!/usr/bin/env bash
# For scripts that build with the feature libjpeg-turbo: sourced, not run.

# shellcheck source=scripts/apt.sh
source "$(dirname "${BASH_SOURCE[0]}")/apt.sh"

# Installs what libjpeg-turbo is built with, as far as it is missing.
need_jpeg_tools() {
    local tool missing=()
    for tool in cmake make nasm; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

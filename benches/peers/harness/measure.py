"""One measurement: the generator on its core, the server on its own, and what /proc and /metrics say of both."""

import json
import os
import subprocess

from .place import fail, say
from .process import cpu_micros, rss_mb, total


class Meter:
    """Measures on these cores."""

    def __init__(self, bench, services, core, connections):
        self.bench, self.services, self.core, self.connections = bench, services, core, connections

    def load(self, server, process, pool, plan, seconds, **options):
        """The figures of one plan under load."""
        if server.is_bare:
            options["indexed"] = "yes"
        before = cpu_micros(process.pid), cpu_micros(self.services.pid("redis"))
        figures, own = self._generate("load", process, pool, plan, seconds=seconds, **options)
        used = cpu_micros(process.pid) - before[0], cpu_micros(self.services.pid("redis")) - before[1]
        self._check(server, plan, figures)
        requests, elapsed = max(figures["requests"], 1), figures["seconds"]
        return figures | {
            "rate": requests / elapsed,
            "cpu": used[0] / requests,
            "redis_cpu": used[1] / requests,
            "server_busy": used[0] / elapsed / 1e6,
            "load_core_busy": (own + used[1]) / elapsed / 1e6,
            "rss": rss_mb(process.pid),
            "hit_share": figures["hits"] / requests,
        }

    def cold(self, server, process, pool, plan, rounds):
        """The figures of a plan whose requests each find the caches empty."""
        how = {"purge": "purge"} if server.store == "embedded" else {"redis": self.services.redis}
        before, calls = cpu_micros(process.pid), store_calls(process)
        figures, _ = self._generate("cold", process, pool, plan, rounds=rounds, **how)
        self._check(server, plan, figures)
        cpu = (cpu_micros(process.pid) - before) / rounds
        calls = (store_calls(process) - calls) / rounds
        # A purge through the server reads the store and takes time, which can't be told from the request's own.
        is_alone = "redis" in how
        return figures | {
            "cpu": cpu if is_alone else None,
            "store_calls": calls if is_alone else None,
            "rss": rss_mb(process.pid),
        }

    def _generate(self, verb, process, pool, plan, **options):
        words = {"address": process.address, "pool": pool, "plan": plan} | options
        if verb == "load":
            words["connections"] = self.connections
        command = ["taskset", "-c", self.core, self.bench.generator, verb]
        command += [text for name, value in words.items() for text in (f"--{name}", value)]
        child = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, complaint = child.stdout.read(), child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            fail(f"the generator failed on {process.name}, {plan}: {complaint[-1000:]}")
        if complaint:
            say(complaint[:2000])
        return json.loads(out), (usage.ru_utime + usage.ru_stime) * 1e6

    def _check(self, server, plan, figures):
        if figures["failures"] or figures["changed"]:
            fail(f"{server.name}, {plan}: {figures['failures']} failures, {figures['changed']} answers of another length")


def store_calls(process):
    """Round trips to the store so far, as the server counts them."""
    metrics = process.metrics()
    return total(metrics, "kanvaro_store_calls_total") + total(metrics, "peer_store_calls_total")

"""A server as a process: started on its cores, watched through /proc, asked over HTTP, ended."""

import http.client
import json
import os
import socket
import subprocess
import time

from .place import WORK, fail

TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_micros(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1e6 / TICKS


def rss_mb(pid):
    with open(f"/proc/{pid}/status") as file:
        line = next(line for line in file if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


class Process:
    """A server that listens, for as long as the block lasts."""

    def __init__(self, name, command, environment, core, port):
        self.name, self.port, self.address = name, port, f"127.0.0.1:{port}"
        self.log = WORK / "logs" / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        pinned = ["taskset", "-c", core, *map(str, command)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(pinned, env=environment, cwd=WORK, stdout=log, stderr=log)
        self.pid = self.process.pid

    def __enter__(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.__exit__()
        fail(f"{self.name} does not listen; see {self.log}:", self.log.read_text()[-1500:])

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def post(self, body, token=None):
        """The text that a request is answered with, and whether a kept answer was served."""
        headers = {"content-type": "application/json", "accept": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", "/graphql", body if isinstance(body, str) else json.dumps(body), headers)
            response = connection.getresponse()
            text = response.read().decode()
        except OSError as error:
            fail(f"{self.name} does not answer ({error}): {str(body)[:300]}; see {self.log}")
        connection.close()
        if response.status != 200:
            fail(f"{self.name} answers {response.status}: {text[:500]}")
        self.headers = response.getheaders()
        return text, response.getheader("x-cache") == "HIT"

    def data(self, query, variables=None, token=None):
        """The data of an answer without errors."""
        text, _ = self.post({"query": query, "variables": variables or {}}, token)
        answer = json.loads(text)
        if "errors" in answer:
            fail(f"{self.name}: {text[:500]}")
        return answer["data"]

    def metrics(self):
        """The counters, by their names with labels."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}


def total(metrics, name):
    """The sum of a counter over all its labels."""
    return sum(value for key, value in metrics.items() if key.split("{")[0] == name)

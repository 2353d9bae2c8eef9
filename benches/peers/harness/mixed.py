"""The mixed load: reads by Zipf over one organisation, writes among them, and what the counters say of both."""

import json
import random

from .data import MIX, World
from .place import PEERS, fail
from .process import total

UPDATE = "mutation($input: UpdateTaskInput!) { updateTask(input: $input) { task { id } userErrors { message } } }"
MOVE = "mutation($input: ChangeTaskStatusInput!) { changeTaskStatus(input: $input) { task { id } userErrors { message } } }"
TASKS = "query($after: String) { tasks(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }"
# On every board of the demo data.
COLUMNS = ["backlog", "todo", "in_progress", "done"]
ORDER, HOT = 20_000, 1_000
SKEW = 0.99


def zipf(chance, things, count):
    """So many draws, the first thing most often: the n-th as often as 1/n^SKEW."""
    weights = [1 / (rank + 1) ** SKEW for rank in range(len(things))]
    return chance.choices(things, weights, k=count)


class MixedWorld(World):
    """Requests of the mixed load: every read that is drawn, and writes of the same tasks."""

    def _ask(self, process, ids):
        super()._ask(process, ids)
        queries = {name: (PEERS / "queries" / f"{name}.graphql").read_text() for name in ("task", "board")}
        tokens = next(iter(self.tokens.values()))
        chance = random.Random(5)
        tasks = all_tasks(process, tokens[0])
        chance.shuffle(tasks)
        boards = process.data("{ projects(first: 100) { nodes { id } } }", token=tokens[0])["projects"]["nodes"]
        self.requests = [one for one in self.requests if one["operation"] in ("user", "dashboard")]
        for operation, things in (("task", tasks[:HOT]), ("board", [one["id"] for one in boards])):
            for thing in things:
                body = {"query": queries[operation], "operationName": operation.capitalize(), "variables": {"id": thing}}
                self.requests.append({"operation": operation, "viewer": 0, "body": json.dumps(body)})
        for task in zipf(chance, tasks[:HOT], ORDER // 10):
            self.requests.append({"operation": "write", "viewer": 0, "body": write(chance, task)})

    def plans(self):
        """`reads` alone, `writes` alone, and both with nine reads to a write."""
        of = {}
        for place, request in enumerate(self.requests):
            of.setdefault(request["operation"], []).append(place)
        chance = random.Random(3)
        drawn = {operation: iter(zipf(chance, of[operation], ORDER)) for operation in MIX}
        reads = [next(drawn[operation]) for operation in chance.choices(list(MIX), list(MIX.values()), k=ORDER)]
        writes = of["write"]
        nine_to_one = [writes[at // 10 % len(writes)] if at % 10 == 9 else place for at, place in enumerate(reads)]
        return {"reads": reads, "writes": writes, "nine": nine_to_one}


def write(chance, task):
    if chance.random() < 0.3:
        document = {"query": MOVE, "variables": {"input": {"taskId": task, "status": chance.choice(COLUMNS)}}}
    else:
        change = {"taskId": task, "title": f"Changed {chance.getrandbits(40):x}", "priority": chance.choice(["LOW", "HIGH"])}
        document = {"query": UPDATE, "variables": {"input": change}}
    return json.dumps(document)


def all_tasks(process, token):
    tasks, after = [], None
    while True:
        page = process.data(TASKS, {"after": after}, token)["tasks"]
        tasks += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return tasks
        after = page["pageInfo"]["endCursor"]


def check_writes(process, pool):
    """Sees that writes are done, which their status doesn't tell."""
    content = json.loads(pool.read_text())
    for place in content["plans"]["writes"][:200]:
        request = content["requests"][place]
        text, _ = process.post(request["body"], request["token"])
        if '"userErrors":[]' not in text:
            fail(f"a write is refused: {request['body'][:300]} … {text[:300]}")


def counted(before, after):
    """How much each counter has grown."""
    return {name: value - before.get(name, 0) for name, value in after.items()}


def labelled(metrics, name, **labels):
    """The sum of a counter where its labels are these."""
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    return sum(value for key, value in metrics.items() if key.split("{")[0] == name and all(one in key for one in wanted))


def row(load, setting, figures, grown):
    """A line of the table."""
    beside = figures.get("beside", {})
    writes = labelled(grown, "kanvaro_requests_total", kind="mutation")
    reads = max(labelled(grown, "kanvaro_requests_total", kind="query"), 1)
    seconds, answers = figures["seconds"], "kanvaro_answers_total"
    hits = labelled(grown, answers, outcome="hit") + labelled(grown, answers, outcome="stale")
    passed = labelled(grown, answers, outcome="bypass") - labelled(grown, answers, outcome="bypass", reason="mutation")
    lookups = max(total(grown, "kanvaro_cache_entries_total"), 1)
    verbs = ("get_many", "pages", "ids", "count", "count_by")
    store = sum(labelled(grown, "kanvaro_store_calls_total", verb=verb) for verb in verbs)
    return {
        "load": load,
        "setting": setting,
        "reads_per_second": reads / seconds,
        "writes_per_second": writes / seconds,
        "answer_hits": hits / reads,
        "answers_bypassed": passed / reads if "answers" in setting else None,
        "entry_hits": labelled(grown, "kanvaro_cache_entries_total", outcome="hit") / lookups,
        "entries_marked": labelled(grown, "kanvaro_cache_entries_total", outcome="marked") / lookups,
        "store_reads_per_second": store / seconds,
        "store_reads_per_read": store / reads,
        "p50": figures["p50"],
        "p99": figures["p99"],
        "write_p50": beside.get("p50"),
        "reasons": {key: value for key, value in grown.items() if key.startswith(answers) and value},
    }


def markdown(rows):
    """The table."""

    def share(value):
        return "–" if value is None else f"{100 * value:.1f}"

    def times(one):
        return f"{one['p50'] / 1000:.2f} / {one['p99'] / 1000:.2f}"

    heads = [
        "load", "cache", "reads/s", "writes/s", "answers hit %", "answers bypassed %", "entries hit %", "entries bypassed %",
        "store reads/s", "store reads a read", "p50 / p99, ms", "write p50, ms",
    ]  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for one in rows:
        cells = [
            one["load"],
            one["setting"],
            f"{one['reads_per_second']:.0f}",
            f"{one['writes_per_second']:.0f}",
            share(one["answer_hits"] if "answers" in one["setting"] else None),
            share(one["answers_bypassed"]),
            share(one["entry_hits"] if one["setting"] != "off" else None),
            share(one["entries_marked"] if one["setting"] != "off" else None),
            f"{one['store_reads_per_second']:.0f}",
            f"{one['store_reads_per_read']:.2f}",
            times(one),
            f"{one['write_p50'] / 1000:.2f}" if one["write_p50"] else "–",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)

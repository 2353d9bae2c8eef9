"""The data: `kanvaro demo` with one seed into MongoDB and into an embedded store, the people who ask, and what they ask."""

import json
import random
import re
import shutil

from .place import PEERS, WORK, fail, run, say
from .servers import SERVERS

DEMO = {"organizations": 1, "users": 50, "projects": 20, "tasks": 2000, "seed": 7}
OPERATIONS = ["task", "board", "dashboard", "user"]
MIX = {"task": 50, "user": 35, "board": 10, "dashboard": 5}
BOARDS, TASKS, USERS = 6, 60, 30

LOGIN = "mutation($input: LoginInput!) { login(input: $input) { token user { id } } }"
PURGE = "mutation { purgeCache(input: { all: true }) { isEverything } }"


def seed(bench, store):
    """Fills a store; returns the address of an admin and the password of everybody."""
    if store == "embedded":
        shutil.rmtree(WORK / "data", ignore_errors=True)
        (WORK / "data").mkdir(parents=True)
    words = [word for name, value in DEMO.items() for word in (f"--{name}", value)]
    text = run([bench.binary, "demo", *words], env=bench.kanvaro(store), cwd=WORK)
    found = re.search(r"Sign in as (\S+) with the password (\S+)", text)
    if not found:
        fail("kanvaro demo said:", text)
    return found.groups()


class World:
    """What is asked: requests by operation, each of one of some people, with tokens by store."""

    def __init__(self, bench, stores):
        self.tokens, self.requests = {}, []
        for store in stores:
            self._fill(bench, store)

    def _fill(self, bench, store):
        say(f"filling the {store} store")
        email, password = seed(bench, store)
        level = "embedded" if store == "embedded" else "validated"
        server = next(server for server in SERVERS if server.name == level)
        with bench.start(server, "warm") as process:
            if not self.requests:
                token = login(process, email, password)["token"]
                self.people = people(process, token, email)
            logins = [login(process, one, password) for one in self.people]
            self.tokens[store] = [one["token"] for one in logins]
            if not self.requests:
                self._ask(process, [one["user"]["id"] for one in logins])

    def _ask(self, process, ids):
        queries = {name: (PEERS / "queries" / f"{name}.graphql").read_text() for name in OPERATIONS}
        chance = random.Random(7)

        def add(operation, viewer, **variables):
            document = {"query": queries[operation], "operationName": operation.capitalize(), "variables": variables}
            self.requests.append({"operation": operation, "viewer": viewer, "body": json.dumps(document)})

        tokens = next(iter(self.tokens.values()))
        for viewer, token in enumerate(tokens):
            add("dashboard", viewer, me=ids[viewer])
            boards = boards_seen(process, token)
            for board in boards:
                add("board", viewer, id=board)
            tasks = [task for board in boards for task in tasks_on(process, token, board)]
            for task in chance.sample(tasks, min(len(tasks), TASKS // len(tokens))):
                add("task", viewer, id=task)
        users = process.data("{ users(first: 100) { nodes { id role } } }", token=tokens[0])["users"]["nodes"]
        # Not everybody may read the addresses of clients, and the peers know no such rule.
        users = [user for user in users if user["role"] != "CLIENT"]
        for at, user in enumerate(users[:USERS]):
            add("user", at % len(tokens), id=user["id"])

    def write(self, store, answers=None, headers=None):
        """Writes the pool for the generator; `answers`: by the place of each request, and the headers that they have, for the bare handler."""
        tokens = self.tokens[store]
        entries = [{"token": tokens[one["viewer"]], "body": one["body"]} for one in self.requests]
        for entry, answer in zip(entries, answers or []):
            entry["answer"] = answer
        entries += [{"token": tokens[0], "body": json.dumps({"query": PURGE})}]
        pool = {"requests": entries, "headers": headers or [], "plans": self.plans() | {"purge": [len(self.requests)]}}
        path = WORK / f"pool-{store}{'-bare' if answers else ''}.json"
        path.write_text(json.dumps(pool))
        return path

    def plans(self):
        """The places of the requests of each operation, and of all in the proportions of the mix."""
        of = {operation: [] for operation in OPERATIONS}
        for place, request in enumerate(self.requests):
            of[request["operation"]].append(place)
        chance = random.Random(11)
        for places in of.values():
            chance.shuffle(places)
        drawn = chance.choices(list(MIX), list(MIX.values()), k=2000)
        return of | {"mix": [chance.choice(of[operation]) for operation in drawn]}


def login(process, email, password):
    return process.data(LOGIN, {"input": {"email": email, "password": password}})["login"]


def people(process, token, admin):
    """An admin and a project manager, who see every project, and two who see their own."""
    nodes = process.data("{ users(first: 100) { nodes { email role isActive } } }", token=token)["users"]["nodes"]
    active = sorted((one for one in nodes if one["isActive"]), key=lambda one: one["email"])

    def of(role, count):
        return [one["email"] for one in active if one["role"] == role][:count]

    return [admin, *of("PROJECT_MANAGER", 1), *of("TEAM_MEMBER", 2)]


def boards_seen(process, token):
    """The projects whose boards have about a hundred cards."""
    nodes = process.data("{ projects(first: 100) { nodes { id progress { total } } } }", token=token)
    nodes = nodes["projects"]["nodes"]
    nodes.sort(key=lambda one: abs(one["progress"]["total"] - 100))
    return [one["id"] for one in nodes[:BOARDS]]


def tasks_on(process, token, board):
    query = "query($id: ID!) { board(projectId: $id) { columns { tasks(first: 100) { id } } } }"
    columns = process.data(query, {"id": board}, token)["board"]["columns"]
    return [task["id"] for column in columns for task in column["tasks"]]

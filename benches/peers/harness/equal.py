"""Before anything is measured: every server answers every request with the same JSON."""

import json

from .place import fail, say


def answers(process, world, store):
    """The text of each answer, in the order of the requests."""
    tokens = world.tokens[store]
    return [process.post(one["body"], tokens[one["viewer"]])[0] for one in world.requests]


def headers(process, world, store):
    """The headers of an answer that was kept, without those that bare axum has itself."""
    one, own = world.requests[0], ("content-length", "date")
    for _ in range(20):
        if process.post(one["body"], world.tokens[store][one["viewer"]])[1]:
            return [header for header in process.headers if header[0] not in own]
    fail(f"{process.name} keeps no answers")


def check(server, state, process, world, reference):
    """Asks everything twice, so that the second time the caches answer. What differs in nothing but the order of keys is
    told where it is ours, for the specification has one order."""
    reordered = 0
    for _ in range(2):
        for request, text, expected in zip(world.requests, answers(process, world, server.store), reference):
            if text == expected:
                continue
            reordered += 1
            expected, found = json.loads(expected), json.loads(text)
            if expected != found:
                where = difference(expected, found)
                fail(f"{server.name} ({state}) answers otherwise: {request['body'][:200]} … {where}")
    if reordered and server.group == "ours":
        say(f"{server.name} ({state}): {reordered} of {2 * len(reference)} answers have keys in another order")


def difference(expected, found, path="$"):
    """The first place where two answers differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            if expected.get(key) != found.get(key):
                return difference(expected.get(key), found.get(key), f"{path}.{key}")
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for place, (one, other) in enumerate(zip(expected, found)):
            if one != other:
                return difference(one, other, f"{path}[{place}]")
    return f"{path}: {json.dumps(expected)[:150]} expected, {json.dumps(found)[:150]} found"

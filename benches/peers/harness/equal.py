"""Before anything is measured: every server answers every request with the same JSON."""

import json

from .place import fail


def answers(process, world, store):
    """The text of each answer, in the order of the requests."""
    tokens = world.tokens[store]
    return [process.post(one["body"], tokens[one["viewer"]])[0] for one in world.requests]


def check(server, state, process, world, reference):
    """Asks everything twice, so that the second time the caches answer, and compares: ours byte by byte, peers as JSON."""
    for _ in range(2):
        for request, text, expected in zip(world.requests, answers(process, world, server.store), reference):
            is_same = text == expected or (server.group != "ours" and json.loads(text) == json.loads(expected))
            if not is_same:
                where = difference(json.loads(expected), json.loads(text))
                fail(f"{server.name} ({state}) answers otherwise: {request['body'][:200]} … {where}")


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
    if expected == found:
        return f"{path}: the order of keys"
    return f"{path}: {json.dumps(expected)[:150]} expected, {json.dumps(found)[:150]} found"

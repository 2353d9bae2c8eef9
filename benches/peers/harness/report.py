"""The results as Markdown: a table a state, and how each level of ours stands to the best peer."""

import statistics

from .servers import SERVERS

STATES = {
    "answers": "Whole answers kept",
    "warm": "Entities and lists in the cache, no whole answers",
    "cold": "Nothing in the cache",
}
NAMES = {"task": "task", "board": "board", "dashboard": "dashboard", "user": "tiny user", "mix": "mix"}
TITLES = {server.name: server.title for server in SERVERS}
GROUPS = {server.name: server.group for server in SERVERS}
# Where the server was idle for longer than this, something else was the limit.
BUSY = 0.93


def medians(cells):
    """Each figure's median over the repetitions, by server, state and operation, in the order of measuring."""
    grouped = {}
    for cell in cells:
        grouped.setdefault((cell["server"], cell["state"], cell["operation"]), []).append(cell)
    return {key: {name: middle([one[name] for one in same]) for name in same[0]} for key, same in grouped.items()}


def middle(values):
    numbers = [value for value in values if isinstance(value, (int, float))]
    return statistics.median(numbers) if len(numbers) == len(values) else values[0]


def markdown(results):
    """The whole section."""
    cells, lines = medians(results["cells"]), [head(results)]
    for state, title in STATES.items():
        of = {(server, operation): cell for (server, at, operation), cell in cells.items() if at == state}
        if of:
            lines += [f"### {title}", "", *(cold(of) if state == "cold" else loaded(of)), ""]
            ratios = beside_peers(of, state)
            lines += [*ratios, ""] if ratios else []
    return "\n".join(lines)


def head(results):
    options, machine = results["options"], results["machine"]
    return (
        f"`benches/peers/run --seconds {options['seconds']:g}`, {results['date']}, {machine['cpu']}, {machine['cores']} cores, "
        f"{results['kanvaro']}, Node {machine['node']}, {', '.join(results['packages'])}. The server has one core, the "
        f"load ({options['connections']} connections), Redis {machine['redis']} and MongoDB {machine['mongodb']} another; "
        f"the median of {options['repeat']} run(s). "
        "CPU is the server's, user and system, per request. Marked \\*: the server was not busy all the time, so the other core was the limit and "
        "the rate says less than the CPU.\n"
    )


def names(of):
    servers = list(dict.fromkeys(server for server, _ in of))
    operations = [operation for operation in NAMES if any(operation == at for _, at in of)]
    return servers, operations


def table(header, rows):
    return [f"| {' | '.join(header)} |", "|" + "---|" * len(header), *(f"| {' | '.join(row)} |" for row in rows)]


def loaded(of):
    """Requests a second with the server's CPU, times, memory."""
    servers, operations = names(of)

    def rate(cell):
        mark = "" if cell["server_busy"] >= BUSY else "\\*"
        return f"{cell['rate']:,.0f}{mark} ({cell['cpu']:,.0f})".replace(",", " ")

    def times(cell):
        return f"{cell['p50'] / 1000:.2f} / {cell['p99'] / 1000:.2f}"

    def row(server, show):
        return [TITLES[server], *(show(of[server, at]) if (server, at) in of else "–" for at in operations)]

    def memory(server):
        return f"{max(cell['rss'] for (name, _), cell in of.items() if name == server):.0f}"

    heads = [NAMES[at] for at in operations]
    first = [[*row(server, rate), memory(server)] for server in servers]
    second = [row(server, times) for server in servers]
    return [
        *table(["requests/s (CPU µs)", *heads, "RSS MB"], first),
        "",
        *table(["p50 / p99, ms", *heads], second),
    ]


def cold(of):
    """Time of one request alone, and how often the store was asked."""
    servers, operations = names(of)

    def show(cell):
        calls = "" if cell["store_calls"] is None else f" ({cell['store_calls']:.1f})"
        return f"{cell['p50'] / 1000:.2f} / {cell['p99'] / 1000:.2f}{calls}"

    rows = [[TITLES[one], *(show(of[one, at]) if (one, at) in of else "–" for at in operations)] for one in servers]
    return table(["p50 / p99, ms (store calls)", *(NAMES[at] for at in operations)], rows)


def beside_peers(of, state):
    """How many times as fast as the best peer ours are, and as the limit."""
    servers, operations = names(of)
    ours = [server for server in servers if GROUPS[server] == "ours"]

    def best(group, at):
        cells = [cell for (server, operation), cell in of.items() if operation == at and GROUPS[server] == group]
        return max(cells, key=speed, default=None)

    def speed(cell):
        return 1 / cell["p50"] if state == "cold" else cell["rate"]

    def ratio(group):
        def of_cell(server, at):
            other = best(group, at)
            return f"{speed(of[server, at]) / speed(other):.2f}" if other and (server, at) in of else "–"

        return of_cell

    lines = []
    for group, title in (("peer", "times the best peer"), ("limit", "of bare axum"), ("headed", "of bare axum with the same headers")):
        if ours and any(best(group, at) for at in operations):
            show = ratio(group)
            rows = [[TITLES[server], *(show(server, at) for at in operations)] for server in ours]
            lines += ["", *table([title, *(NAMES[at] for at in operations)], rows)]
    return lines[1:]

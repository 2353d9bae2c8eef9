"""The results as pictures: bars by operation and server, on a logarithmic scale, written as SVG without any library."""

import math

from .report import NAMES, TITLES, medians

COLOURS = {
    "redis": "#9ecae1",
    "validated": "#3182bd",
    "tracked": "#08519c",
    "embedded": "#08306b",
    "mercurius": "#e6550d",
    "yoga": "#fd8d3c",
    "apollo": "#fdbe85",
    "bare": "#969696",
    "headed": "#636363",
}
LEFT, RIGHT, BAR, GAP, TOP = 225, 90, 15, 16, 64
WIDTH = 860
KINDS = {
    "answers": ("Whole answers kept: requests a second", "rate", 1),
    "warm": ("Entities and lists in the cache: requests a second", "rate", 1),
    "cold": ("Nothing in the cache: milliseconds for one request (median)", "p50", 1000),
}


def plots(results):
    """The pictures, by their file names."""
    cells, pictures = medians(results["cells"]), {}
    for state, (title, figure, divisor) in KINDS.items():
        values = {(server, at): cell[figure] / divisor for (server, of, at), cell in cells.items() if of == state}
        if values:
            pictures[f"peers-{state}.svg"] = picture(title, values)
    return pictures


def picture(title, values):
    """One picture; `values` by server and operation."""
    operations = [at for at in NAMES if any(at == operation for _, operation in values)]
    low = 10 ** math.floor(math.log10(min(values.values())))
    high = 10 ** math.ceil(math.log10(max(values.values()) * 1.0001))

    def x(value):
        share = math.log10(value / low) / math.log10(high / low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    parts, y = [], TOP
    for operation in operations:
        servers = [server for server, at in values if at == operation]
        middle = y + len(servers) * BAR / 2
        parts.append(text(14, middle + 4, NAMES[operation], "font-weight='bold'"))
        for server in servers:
            parts += bar(server, values[server, operation], x, y)
            y += BAR
        y += GAP
    grid = [scale(10**power, x, y) for power in range(round(math.log10(low)), round(math.log10(high)) + 1)]
    head = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {y + 24}' width='{WIDTH}' height='{y + 24}' "
        "font-family='system-ui, sans-serif' font-size='11' fill='#222'>"
        f"<rect width='100%' height='100%' fill='#fff'/>"
    )
    return "\n".join([head, text(14, 26, title, "font-size='15' font-weight='bold'"), *grid, *parts, "</svg>", ""])


def bar(server, value, x, y):
    colour = COLOURS[server]
    label = f"{value:,.0f}".replace(",", " ") if value >= 100 else f"{value:.3g}"
    return [
        text(LEFT - 6, y + 11, TITLES[server], "text-anchor='end' fill='#555'"),
        f"<rect x='{LEFT}' y='{y + 1}' width='{max(x(value) - LEFT, 1):.1f}' height='{BAR - 2}' fill='{colour}'/>",
        text(x(value) + 5, y + 11, label),
    ]


def scale(value, x, bottom):
    at, label = f"{x(value):.1f}", f"{value:,.0f}".replace(",", " ") if value >= 1 else f"{value:g}"
    line = f"<line x1='{at}' x2='{at}' y1='{TOP - 8}' y2='{bottom - 8}' stroke='#ddd'/>"
    return line + text(x(value), TOP - 14, label, "text-anchor='middle' fill='#777'")


def text(x, y, words, style=""):
    escaped = words.replace("&", "&amp;").replace("<", "&lt;")
    return f"<text x='{x:.1f}' y='{y:.1f}' {style}>{escaped}</text>"

"""The picture of time against size: a drawing (SVG) with both axes by powers of ten."""

import math
from collections.abc import Mapping
from html import escape

from bench.figures import ms

Series = Mapping[str, Mapping[int, float]]

_WIDTH, _HEIGHT = 760, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 210, 24, 52
# Between the names of two lines that end near each other.
_NAME_HEIGHT = 18
_STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #24292f }
    .axis { fill: #57606a }
    .grid { stroke: #d0d7de }
    .line { fill: none; stroke-width: 2.5 }
    .served { stroke: #0969da } .dot.served { fill: #0969da } text.served { fill: #0969da; font-weight: 600 }
    .other { stroke: #8c959f } .dot.other { fill: #8c959f }
    text.served, text.other { stroke: none }
    @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 }
        .axis { fill: #9198a1 }
        .grid { stroke: #3d444d }
        .served { stroke: #4493f8 } .dot.served { fill: #4493f8 } text.served { fill: #4493f8 }
        .other { stroke: #9198a1 } .dot.other { fill: #9198a1 }
    }
"""


def picture(served: Series, others: Series) -> str:
    """Return the drawing of milliseconds against a number of events, positive both: what is served, and other ways."""
    lines = {**served, **others}
    sizes = [size for points in lines.values() for size in points]
    values = [value for points in lines.values() for value in points.values()]
    first, last = math.floor(math.log10(min(sizes))), math.ceil(math.log10(max(sizes)))
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    across, up = (_WIDTH - _LEFT - _RIGHT) / max(1, last - first), (_HEIGHT - _TOP - _BOTTOM) / max(1, high - low)

    def at(size: float, value: float) -> tuple[float, float]:
        return (
            _LEFT + across * (math.log10(size) - first),
            _HEIGHT - _BOTTOM - up * (math.log10(value) - low),
        )

    drawn = []
    for power in range(low, high + 1):
        _, y = at(10**first, 10.0**power)
        drawn.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(
            f'<text class="axis" x="{_LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:,g} ms</text>'
        )
    for power in range(first, last + 1):
        x, _ = at(10**power, 10.0**low)
        drawn.append(
            f'<text class="axis" x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{10**power:,}</text>'
        )
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    drawn.append(f'<text class="axis" x="{middle:.1f}" y="{_HEIGHT - 10}" text-anchor="middle">events</text>')
    names: list[tuple[float, str]] = []
    for name, points in lines.items():
        kind = "served" if name in served else "other"
        places = [at(size, value) for size, value in sorted(points.items())]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        drawn.append(f'<polyline class="line {kind}" points="{path}"/>')
        drawn += [f'<circle class="dot {kind}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>' for x, y in places]
        text = f"{escape(name)}: {ms(points[max(points)])}"
        names.append((places[-1][1], f'<text class="{kind}" x="{places[-1][0] + 12:.1f}" y="{{y:.1f}}">{text}</text>'))
    y = -math.inf
    for wanted, name in sorted(names):
        y = max(wanted + 4, y + _NAME_HEIGHT)
        drawn.append(name.format(y=y))
    body = "\n    ".join(drawn)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img">\n'
        f"    <title>Time of a page against the number of events</title>\n    <style>{_STYLE}    </style>\n"
        f"    {body}\n</svg>\n"
    )

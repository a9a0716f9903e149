"""This file holds the writing of docs/results.md."""

import math
import os
from collections.abc import Sequence
from datetime import datetime

from bench.figures import Figure, Part, ms
from bench.server import ROOT, TOLD

_FILE = ROOT / "docs" / "results.md"
_WIDTH = 50
_VERDICTS = {True: "met", False: "**missed**", None: ""}
# In the picture: one ordinary page, and what it is compared with.
_DRAWN = ("heuristic", "heuristic, count and one sort", "heuristic, literal definition")


def write_results(parts: Sequence[Part], *, command: str, at: datetime) -> None:
    """Write what the parts found, in place of what was there."""
    _FILE.parent.mkdir(exist_ok=True)
    _FILE.write_text("\n".join(_lines(parts, command, at)) + "\n", encoding="utf-8")


def _lines(parts: Sequence[Part], command: str, at: datetime) -> list[str]:
    missed = sum(len(part.missed) for part in parts)
    settings = ", ".join(f"{name} {value}" for name, value in TOLD.items())
    lines = [
        "# Results",
        "",
        f"Printed by `{command}` on {at:%Y-%m-%d}, on a machine with {os.cpu_count()} cores, "
        f"{'where every bar was met' if not missed else f'where {missed} bars were missed'}. The database is the "
        f"embedded PostgreSQL with the settings that everybody has it with ({settings}). Every figure stands beside a "
        "reference from the same run.",
        "",
    ]
    for part in parts:
        lines += [f"## {part.title}", "", part.how, ""]
        if part.series:
            lines += _picture(part.series)
        lines += ["| size | what | median | p95 | reference | ratio | bar | |", "|---|---|--:|--:|--:|--:|--:|---|"]
        lines += [_row(figure) for figure in part.figures]
        lines.append("")
    return lines[:-1]


def _row(figure: Figure) -> str:
    cells = (figure.size, figure.what, figure.value, figure.p95, figure.reference, figure.ratio, figure.bar)
    return f"| {' | '.join(cells)} | {_VERDICTS[figure.met]} |"


def _picture(series: dict[str, dict[int, float]]) -> list[str]:
    """Return the time of a page against the number of events, both by powers of ten."""
    drawn = {name: series[name] for name in _DRAWN if name in series}
    highest = max(value for points in drawn.values() for value in points.values())
    lowest = 0.1
    span = math.log10(highest / lowest)
    lines = ["```text"]
    for name, points in drawn.items():
        for events, value in sorted(points.items()):
            length = max(1, round(_WIDTH * math.log10(max(value, lowest * 1.01) / lowest) / span))
            lines.append(f"{name:31} {events:>9,} events  {'█' * length} {ms(value)}")
    return [*lines, f"{'':52}  each {_WIDTH / span:.0f} blocks are ten times as much", "```", ""]

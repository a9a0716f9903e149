"""This file holds the writing of docs/results.md."""

import math
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bench.figures import Figure, Part, ms
from bench.server import ROOT, TOLD

RESULTS = ROOT / "docs" / "results.md"
_WIDTH = 50
_VERDICTS = {True: "met", False: "**missed**", None: ""}
# In the picture: one ordinary page, and what it is compared with.
_DRAWN = ("heuristic", "heuristic, count and one sort", "heuristic, literal definition")


def write_results(parts: Sequence[Part], *, command: str, at: datetime, path: Path = RESULTS) -> None:
    """Write what each part found, in place of what it found before; the other sections of the file stay."""
    _, *sections = path.read_text(encoding="utf-8").split("\n## ")
    by_title = {section.partition("\n")[0]: section.rstrip("\n") for section in sections}
    for part in parts:
        by_title[part.title] = "\n".join(_section(part, command, at))
    settings = ", ".join(f"{name} {value}" for name, value in TOLD.items())
    head = (
        "# Results\n\nEvery figure stands beside a reference from the same run. The database is the embedded "
        f"PostgreSQL with the settings that everybody has it with ({settings})."
    )
    path.write_text("\n\n## ".join([head, *by_title.values()]) + "\n", encoding="utf-8")


def _section(part: Part, command: str, at: datetime) -> list[str]:
    missed = len(part.missed)
    lines = [
        part.title,
        "",
        f"Printed by `{command}` on {at:%Y-%m-%d}, on a machine with {os.cpu_count()} cores"
        f"{f'; bars missed: {missed}' if missed else ''}. {part.how}",
        "",
    ]
    if part.series:
        lines += _picture(part.series)
    lines += ["| size | what | median | p95 | reference | ratio | bar | |", "|---|---|--:|--:|--:|--:|--:|---|"]
    return lines + [_row(figure) for figure in part.figures]


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

"""The writing of docs/results.md."""

import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from bench.figures import Figure, Part
from bench.picture import Series, picture
from bench.server import ROOT, SHOWN_SETTINGS

RESULTS = ROOT / "docs" / "results.md"
_VERDICTS = {True: "met", False: "**missed**", None: ""}
_ENDINGS = tuple(f"| {_VERDICTS[met]} |" for met in (True, False))
# In the picture, by the names there: ordinary pages, and other ways to the same page.
_DRAWN = (
    {"heuristic": "heuristic", "popular": "popular", "upcoming": "upcoming"},
    {
        "heuristic, count and one sort": "count and one sort",
        "heuristic, literal definition": "literal definition",
    },
)
_PICTURE = "images/time-against-size.svg"


def write_results(parts: Sequence[Part], *, command: str, at: datetime, path: Path = RESULTS) -> None:
    """Write what each part found, in place of what it found before; the other sections of the file stay."""
    _, *sections = path.read_text(encoding="utf-8").split("\n## ")
    by_title = {section.partition("\n")[0]: section.rstrip("\n") for section in sections}
    for part in parts:
        by_title[part.title] = "\n".join(_section(part, command, at))
        if part.series:
            _draw(part.series, path.parent / _PICTURE)
    settings = ", ".join(f"{name} {value}" for name, value in SHOWN_SETTINGS.items())
    head = (
        "# Results\n\nEvery figure stands beside a reference from the same run. The database is the embedded "
        f"PostgreSQL with the settings that everybody has it with ({settings})."
    )
    summary = "\n".join(_summary(by_title))
    path.write_text("\n\n## ".join([f"{head}\n\n{summary}", *by_title.values()]) + "\n", encoding="utf-8")


def _summary(by_title: dict[str, str]) -> Iterator[str]:
    """Yield the lines that say of each section how many of its bars are met, and which are not."""
    yield from ("| part | bars | met |", "|---|--:|--:|")
    missed = []
    for title, text in by_title.items():
        rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.endswith(_ENDINGS)]
        missed += [row for row in rows if row[-1] == _VERDICTS[False]]
        met = sum(row[-1] == _VERDICTS[True] for row in rows)
        if rows:
            anchor = re.sub(r"[^a-z0-9 ]", "", title.lower()).replace(" ", "-")
            yield f"| [{title}](#{anchor}) | {len(rows)} | {met if met == len(rows) else f'**{met}**'} |"
    if missed:
        yield from ("", "Missed:", "")
        # The cells of _row.
        for size, what, value, _, _, ratio, bar, _ in missed:
            is_ratio = "×" in bar or " / " in bar
            yield f"- {size}, {what}: {ratio if is_ratio else value}, bar {bar}"


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
        lines += [f"![Time of a page against the number of events, as in the table below]({_PICTURE})", ""]
    lines += ["| size | what | median | p95 | reference | ratio | bar | |", "|---|---|--:|--:|--:|--:|--:|---|"]
    return lines + [_row(figure) for figure in part.figures]


def _row(figure: Figure) -> str:
    cells = (figure.size, figure.what, figure.value, figure.p95, figure.reference, figure.ratio, figure.bar)
    return f"| {' | '.join(cells)} | {_VERDICTS[figure.met]} |"


def _draw(series: Series, path: Path) -> None:
    served, others = ({shown: series[name] for name, shown in names.items() if name in series} for names in _DRAWN)
    path.parent.mkdir(exist_ok=True)
    path.write_text(picture(served, others), encoding="utf-8")

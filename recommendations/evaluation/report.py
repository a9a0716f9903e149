"""This file holds the report of an evaluation: its table and plots as one page that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from django.template.loader import render_to_string

from recommendations.evaluation.judging import METRICS, SEGMENTS, Judgement, Segment
from recommendations.evaluation.running import Outcome
from recommendations.evaluation.source import Source
from recommendations.evaluation.tables import difference_in, table_of

WIDTH, ROW = 420, 26


@dataclass(frozen=True)
class Bar:
    """A ranker's figure in a segment, drawn from 0 to 1; nothing is drawn where there is no task."""

    ranker: str
    y: int
    width: float
    told: str


@dataclass(frozen=True)
class Whisker:
    """The difference of a ranker from the first, and its interval; `sure` if 0 is outside of it."""

    ranker: str
    y: int
    low: float
    mean: float
    high: float
    told: str
    sure: bool


@dataclass(frozen=True)
class Plot:
    """What is drawn of a segment. `zero`: where no difference is; `scale`: the difference at either end."""

    segment: Segment
    tasks: int
    height: int
    bars: tuple[Bar, ...]
    whiskers: tuple[Whisker, ...]
    zero: float
    scale: str


def report_of(outcome: Outcome, source: Source, *, seed: int) -> str:
    """Return a page in HTML: the table, plots of NDCG@10 and of differences from the first ranker, and the windows."""
    heading, *rows = table_of(outcome.judgements, outcome.candidates, seed=seed)
    context = {
        "heading": heading,
        "rows": rows,
        "plots": [plot_of(outcome.judgements, segment, seed=seed) for segment in SEGMENTS],
        "first": outcome.judgements[0].ranker,
        "metrics": METRICS,
        "windows": [
            (window.name, window.now, len(window.tasks), source.candidates_in(window)) for window in source.windows
        ],
        "tasks": sum(len(window.tasks) for window in source.windows),
        "width": WIDTH,
    }
    return render_to_string("evaluation/report.html", context)


def plot_of(judgements: Sequence[Judgement], segment: Segment, *, seed: int) -> Plot:
    """Return what is drawn of a segment: a row for each ranker in either half."""
    first, *others = judgements
    bars = []
    for place, judgement in enumerate(judgements):
        value = judgement.mean(segment, 0)
        told = "—" if isnan(value) else f"{value:.3f}"
        bars.append(Bar(judgement.ranker, place * ROW, 0.0 if isnan(value) else round(value * WIDTH, 1), told))
    found = [(each.ranker, difference_in(each, first, segment, seed=seed)) for each in others]
    known = [(place, ranker, each) for place, (ranker, each) in enumerate(found, 1) if not isnan(each.mean)]
    most = max((abs(edge) for _, _, each in known for edge in (each.low, each.high)), default=0.0) or 1.0

    def across(difference: float) -> float:
        return round(WIDTH / 2 * (1 + difference / most), 1)

    whiskers = tuple(
        Whisker(
            ranker,
            place * ROW,
            across(each.low),
            across(each.mean),
            across(each.high),
            f"{each.mean:+.3f} ({each.low:+.3f} to {each.high:+.3f})",
            sure=each.low > 0 or each.high < 0,
        )
        for place, ranker, each in known
    )
    tasks = len(first.values[segment])
    return Plot(segment, tasks, len(judgements) * ROW, tuple(bars), whiskers, WIDTH / 2, f"{most:.3f}")

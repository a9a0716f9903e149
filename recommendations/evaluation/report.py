"""The table of an evaluation, and the report: the table and plots as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from django.template.loader import render_to_string

from recommendations.evaluation.replay import Outcome
from recommendations.evaluation.scoring import METRICS, SEGMENTS, Scores, Segment, difference_in
from recommendations.evaluation.tasks import Source

# In pixels.
WIDTH, ROW = 420, 26
# Fewer may all be of one mood.
_ENOUGH_WEEKS = 4


def table_of(scores: Sequence[Scores], candidates: int, *, seed: int) -> list[list[str]]:
    """Return rows of cells: a heading, then for each ranker NDCG@10 in each segment and the other metrics of all.

    NDCG@10 is followed by its difference from the first ranker's, with the 95 % interval. `candidates` is the number
    of pairs of a window and a candidate; coverage is the share of them that was shown to anybody.
    """
    rows = [["ranker", *(f"NDCG@10 {segment}" for segment in SEGMENTS), *METRICS[1:], "coverage@10"]]
    for each in scores:
        cells = [each.ranker]
        cells += [_with_difference(each, scores[0], segment, seed) for segment in SEGMENTS]
        cells += [_number(each.mean("all", metric)) for metric in range(1, len(METRICS))]
        cells.append(_number(len(each.shown) / candidates if candidates else float("nan")))
        rows.append(cells)
    return rows


def _with_difference(ours: Scores, first: Scores, segment: Segment, seed: int) -> str:
    value = ours.mean(segment, 0)
    if ours is first or isnan(value):
        return _number(value)
    difference = difference_in(ours, first, segment, seed=seed)
    return f"{value:.3f} ({difference.mean:+.3f}, {difference.low:+.3f} to {difference.high:+.3f})"


def _number(value: float) -> str:
    return "—" if isnan(value) else f"{value:.3f}"


def conclusion_of(scores: Sequence[Scores], windows: int, *, seed: int) -> str:
    """Return what to do with the result, a line for each ranker that was compared with the first."""
    if len(scores) == 1:
        return "Nothing was compared: name two rankers, such as --ranker heuristic --ranker hybrid."
    return "\n".join(_comparison(each, scores[0], windows, seed=seed) for each in scores[1:])


def _comparison(ours: Scores, first: Scores, windows: int, *, seed: int) -> str:
    of_all, with_history, without_history = (
        difference_in(ours, first, segment, seed=seed) for segment in ("all", "with history", "without history")
    )
    tasks = len(ours.values["all"])
    if isnan(of_all.mean):
        return f"{ours.ranker} can't be compared with {first.ranker}: nobody applied to anything. Take more weeks."
    means = f"NDCG@10 {ours.mean('all', 0):.3f} against {first.mean('all', 0):.3f} of {tasks:,} tasks"
    if of_all.high < 0:
        return f"{ours.ranker} ranks worse than {first.ranker} ({means}). Keep {first.ranker}."
    if of_all.low <= 0:
        return (
            f"{ours.ranker} and {first.ranker} may be equally good ({means}: the interval of the difference contains "
            f"0). Keep {first.ranker}, and evaluate again over more weeks."
        )
    better = f"{ours.ranker} ranks better than {first.ranker} ({means}: the interval of the difference is above 0)."
    if windows < _ENOUGH_WEEKS:
        return f"{better} Before you make it the default, evaluate at least {_ENOUGH_WEEKS} weeks."
    if not with_history.low > 0:
        return (
            f"{better} For people with history that is not certain: evaluate more weeks before you make it the default."
        )
    if without_history.high < 0:
        return f"{better} But it ranks worse for people without history: make it the default if few people have none."
    return f"{better} To make it the default, set DEFAULT_RANKER={ours.ranker} and restart."


def as_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as a table in Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


@dataclass(frozen=True)
class Bar:
    """The bar of a ranker's mean in a segment, on an axis from 0 to 1; of no width without tasks."""

    ranker: str
    y: int
    width: float
    text: str


@dataclass(frozen=True)
class Whisker:
    """The difference of a ranker from the first, and its interval; `is_significant` if 0 is outside."""

    ranker: str
    y: int
    low: float
    mean: float
    high: float
    text: str
    is_significant: bool


@dataclass(frozen=True)
class Plot:
    """The plot of a segment. `zero`: the x of no difference; `scale`: the difference at either end of the axis."""

    segment: Segment
    tasks: int
    height: int
    bars: tuple[Bar, ...]
    whiskers: tuple[Whisker, ...]
    zero: float
    scale: str


def report_of(outcome: Outcome, source: Source, *, seed: int) -> str:
    """Return the HTML page: the table, plots of NDCG@10 and of differences from the first ranker, and the windows."""
    heading, *rows = table_of(outcome.scores, outcome.candidates, seed=seed)
    context = {
        "heading": heading,
        "rows": rows,
        "plots": [plot_of(outcome.scores, segment, seed=seed) for segment in SEGMENTS],
        "first": outcome.scores[0].ranker,
        "metrics": METRICS,
        "windows": [
            (window.name, window.now, len(window.tasks), source.candidates_in(window)) for window in source.windows
        ],
        "tasks": sum(len(window.tasks) for window in source.windows),
        "width": WIDTH,
    }
    return render_to_string("evaluation/report.html", context)


def plot_of(scores: Sequence[Scores], segment: Segment, *, seed: int) -> Plot:
    """Return the plot of a segment, with a row for each ranker."""
    first, *others = scores
    bars = []
    for row, each in enumerate(scores):
        value = each.mean(segment, 0)
        text = "—" if isnan(value) else f"{value:.3f}"
        bars.append(Bar(each.ranker, row * ROW, 0.0 if isnan(value) else round(value * WIDTH, 1), text))
    differences = [(each.ranker, difference_in(each, first, segment, seed=seed)) for each in others]
    known = [(row, ranker, each) for row, (ranker, each) in enumerate(differences, 1) if not isnan(each.mean)]
    most = max((abs(edge) for _, _, each in known for edge in (each.low, each.high)), default=0.0) or 1.0

    def across(difference: float) -> float:
        return round(WIDTH / 2 * (1 + difference / most), 1)

    whiskers = tuple(
        Whisker(
            ranker,
            row * ROW,
            across(each.low),
            across(each.mean),
            across(each.high),
            f"{each.mean:+.3f} ({each.low:+.3f} to {each.high:+.3f})",
            is_significant=each.low > 0 or each.high < 0,
        )
        for row, ranker, each in known
    )
    tasks = len(first.values[segment])
    return Plot(segment, tasks, len(scores) * ROW, tuple(bars), whiskers, WIDTH / 2, f"{most:.3f}")

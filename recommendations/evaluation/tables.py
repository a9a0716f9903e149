"""This file holds the tables of an evaluation: every ranker beside the first, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

from recommendations.evaluation.intervals import Difference, paired
from recommendations.evaluation.judging import METRICS, SEGMENTS, Judgement, Segment


def table_of(judgements: Sequence[Judgement], candidates: int, *, seed: int) -> list[list[str]]:
    """Return rows of cells: a heading, then for each ranker NDCG@10 in each segment and the other metrics of all.

    Beneath a figure of NDCG@10 stands its difference from the first ranker's, with the 95 % interval. `candidates` is
    the number of pairs of a window and a candidate, of which coverage is the part that anybody was shown.
    """
    heading = ["ranker", *(f"NDCG@10 {segment}" for segment in SEGMENTS), *METRICS[1:], "coverage@10"]
    rows = [heading]
    for judgement in judgements:
        cells = [judgement.ranker]
        cells += [_with_difference(judgement, judgements[0], segment, seed) for segment in SEGMENTS]
        cells += [f"{judgement.mean('all', metric):.3f}" for metric in range(1, len(METRICS))]
        cells.append(f"{len(judgement.shown) / candidates:.3f}")
        rows.append(cells)
    return rows


def _with_difference(ours: Judgement, first: Judgement, segment: Segment, seed: int) -> str:
    value = f"{ours.mean(segment, 0):.3f}"
    if ours is first:
        return value
    difference = difference_in(ours, first, segment, seed=seed)
    return f"{value} ({difference.mean:+.3f}, {difference.low:+.3f} to {difference.high:+.3f})"


def difference_in(ours: Judgement, theirs: Judgement, segment: Segment, *, seed: int) -> Difference:
    """Return the paired difference of NDCG@10 between two rankers in a segment."""
    return paired(*({task: row[0] for task, row in each.values[segment].items()} for each in (ours, theirs)), seed=seed)


def as_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as a table in Markdown."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])

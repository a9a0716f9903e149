"""A template tag that plots the NDCG@10 of training runs over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

from recommendations.models import TrainingRun

register = template.Library()

WIDTH, HEIGHT, RUNS = 720, 140, 60
# Label and colour of each ranker. The contrast with white and with near black is at least 3 to 1 (WCAG 2.2, 1.4.11).
RANKERS = {
    "hybrid": ("this run", "#238a82"),
    "active": ("the run active then", "#5b7fc7"),
    "heuristic": ("heuristic", "#c77a1e"),
}


@dataclass(frozen=True)
class Point:
    """A value in the plot: its position, and a title in words."""

    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Line:
    """The values of one ranker, run by run, without the runs that have none."""

    label: str
    colour: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The points as SVG writes them."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@register.inclusion_tag("admin/recommendations/trainingrun/plot.html")
def training_run_plot() -> dict[str, Any]:
    """Plot NDCG@10 of the latest runs over time. One statement."""
    runs = list(TrainingRun.objects.order_by("-pk").only("cutoff", "metrics")[:RUNS])[::-1]
    lines, highest = lines_of(runs)
    return {
        "lines": lines,
        "highest": f"{highest:.3f}",
        "first": runs[0].cutoff if runs else None,
        "last": runs[-1].cutoff if runs else None,
        "number": len(runs),
        "width": WIDTH,
        "height": HEIGHT,
    }


def lines_of(runs: Sequence[TrainingRun]) -> tuple[list[Line], float]:
    """Return a line for each ranker with any value, and the highest value, where the plot ends; it begins at 0."""
    results = [run.metrics.get("ndcg_at_10", {}) for run in runs]
    by_ranker = {
        name: [
            (index, value) for index, each in enumerate(results) if (value := each.get(name, {}).get("all")) is not None
        ]
        for name in RANKERS
    }
    highest = max((value for values in by_ranker.values() for _, value in values), default=0.0)
    step = WIDTH / max(len(runs) - 1, 1)

    def point(index: int, value: float, label: str) -> Point:
        x, y = round(index * step, 1), round(HEIGHT * (1 - value / (highest or 1)), 1)
        return Point(x, y, f"{runs[index].cutoff:%Y-%m-%d}: {label} {value:.3f}")

    lines = [
        Line(label, colour, tuple(point(index, value, label) for index, value in by_ranker[name]))
        for name, (label, colour) in RANKERS.items()
        if by_ranker[name]
    ]
    return lines, highest

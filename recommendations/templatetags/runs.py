"""This file holds the template tag that draws how well the training runs did over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

from recommendations.models import Run

register = template.Library()

WIDTH, HEIGHT, RUNS = 720, 140, 60
# By ranker; each stands out from white and from near black by 3 to 1 or more (WCAG 2.2, 1.4.11).
RANKERS = {
    "hybrid": ("this run", "#238a82"),
    "active": ("the run active then", "#5b7fc7"),
    "heuristic": ("heuristic", "#c77a1e"),
}


@dataclass(frozen=True)
class Point:
    """A figure of the plot: where, and what it is in words."""

    x: float
    y: float
    title: str


@dataclass(frozen=True)
class Line:
    """What one ranker did, run by run; runs in which it was not asked are left out."""

    label: str
    colour: str
    points: tuple[Point, ...]

    @property
    def path(self) -> str:
        """The points as SVG has them."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@register.inclusion_tag("admin/recommendations/run/plot.html")
def run_plot() -> dict[str, Any]:
    """Draw NDCG@10 of the latest runs, in the order of time. One statement."""
    runs = list(Run.objects.order_by("-pk").only("cutoff", "metrics")[:RUNS])[::-1]
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


def lines_of(runs: Sequence[Run]) -> tuple[list[Line], float]:
    """Return a line for each ranker that has any figure, and the highest; the plot goes from 0 to that."""
    told = [run.metrics.get("ndcg_at_10", {}) for run in runs]
    found = {
        name: [
            (place, value) for place, each in enumerate(told) if (value := each.get(name, {}).get("all")) is not None
        ]
        for name in RANKERS
    }
    highest = max((value for values in found.values() for _, value in values), default=0.0)
    step = WIDTH / max(len(runs) - 1, 1)
    lines = [
        Line(
            label,
            colour,
            tuple(
                Point(
                    round(place * step, 1),
                    round(HEIGHT * (1 - value / (highest or 1)), 1),
                    f"{runs[place].cutoff:%Y-%m-%d}: {label} {value:.3f}",
                )
                for place, value in found[name]
            ),
        )
        for name, (label, colour) in RANKERS.items()
        if found[name]
    ]
    return lines, highest

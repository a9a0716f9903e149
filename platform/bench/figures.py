"""What a figure is: a measured value beside its reference from the same run, and the bar for it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.server import Server
from bench.world import World


@dataclass(frozen=True)
class Figure:
    """A row of the table; `met` is None where there is no bar."""

    size: str
    what: str
    value: str
    p95: str = ""
    reference: str = ""
    ratio: str = ""
    bar: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Run:
    """What every part is given."""

    server: Server
    worlds: tuple[World, ...]
    say: Callable[[str], None]

    @property
    def largest(self) -> World:
        """The world of the parts that take one size only."""
        return self.worlds[-1]


@dataclass(frozen=True)
class Part:
    """What a part of the benchmark found: its rows, and what is to be known about them."""

    title: str
    how: str
    figures: tuple[Figure, ...]
    # Of a page, milliseconds by the number of events: what the picture shows.
    series: dict[str, dict[int, float]] = field(default_factory=dict)

    @property
    def missed(self) -> tuple[Figure, ...]:
        """The figures below their bar."""
        return tuple(figure for figure in self.figures if figure.met is False)


def high(values: Sequence[float], share: float = 0.95) -> float:
    """Return the value that this share of the values does not exceed (nearest rank); NaN of none."""
    ranked = sorted(values)
    return ranked[math.ceil(share * len(ranked)) - 1] if ranked else math.nan


def ms(value: float) -> str:
    """Return milliseconds as people read them."""
    return f"{value:,.2f} ms" if value < 100 else f"{value:,.0f} ms"


def times(value: float) -> str:
    """Return a ratio as people read it."""
    if value == 0 or math.isnan(value):
        return "–"
    return f"{value:.2f} ×" if value >= 0.1 else f"1 / {1 / value:,.0f}"


def at_most(size: str, what: str, values: Sequence[float], reference: Sequence[float], limit: float | None) -> Figure:
    """Return the figure of milliseconds that should be at most `limit` times their reference; None for no bar."""
    ratio = median(values) / median(reference)
    bar = "" if limit is None else f"≤ {times(limit)}"
    met = None if limit is None else ratio <= limit
    return Figure(size, what, ms(median(values)), ms(high(values)), ms(median(reference)), times(ratio), bar, met)

"""The findings of a scenario: measured values beside their bars."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the report; `met` is None for a value that has no bar of its own."""

    measured: str
    bar: str = ""
    met: bool | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all values does not exceed (nearest rank); NaN without values."""
    if not values:
        return math.nan
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def duration(seconds: float) -> str:
    """Return a duration as text."""
    if math.isnan(seconds):
        return "without any answer"
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"


def counts(items: Iterable[object]) -> str:
    """Return how often each item occurs, as text: “3 × 200, 1 × 503”; empty without items."""
    return ", ".join(f"{number:,} × {item}" for item, number in sorted(Counter(map(str, items)).items()))


def at_most(what: str, seconds: float, bar_seconds: float) -> Finding:
    """Return the finding about a duration; NaN, which is no measurement, misses every bar."""
    return Finding(f"{what} {duration(seconds)}", f"at most {duration(bar_seconds)}", met=seconds <= bar_seconds)

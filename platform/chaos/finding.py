"""What a scenario reports: figures beside their bars."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of the report; `met` is None for a figure that has no bar of its own."""

    measured: str
    bar: str = ""
    met: bool | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all values does not exceed (nearest rank); NaN without values."""
    if not values:
        return math.nan
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def at_most(what: str, seconds: float, bar_seconds: float) -> Finding:
    """Return the finding about a duration; NaN, which is no measurement, misses every bar."""
    return Finding(f"{what} {told(seconds)}", f"at most {told(bar_seconds)}", met=seconds <= bar_seconds)


def told(seconds: float) -> str:
    """Return a duration as people read it."""
    if math.isnan(seconds):
        return "without any answer"
    return f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.2f} s"

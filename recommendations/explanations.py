"""This file holds the reasons: feature values of a row turned into sentences, with no computation of their own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from events.models import Event
from recommendations.features import INTEREST_MATCH, POPULARITY, START
from recommendations.rankers.base import Ranker

Reason = dict[str, Any]

# English, whatever the process's locale: strftime would ask it.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _interest(event: Event, interest_match: bool) -> Reason | None:
    if not interest_match:
        return None
    return {
        "signal": "interest",
        "text": f"{event.category_name} is one of your interests",
        "category": event.category,
    }


def _popularity(event: Event, interaction_count: int) -> Reason:
    if interaction_count == 0:
        text = "New: nobody has interacted with it yet"
    else:
        text = f"{interaction_count:,} interaction{'' if interaction_count == 1 else 's'} so far"
    return {"signal": "popularity", "text": text, "interactionCount": interaction_count}


def _start(event: Event, start_at: datetime) -> Reason:
    return {
        "signal": "start",
        "text": (
            f"Starts {_DAYS[start_at.weekday()]} {start_at.day} {_MONTHS[start_at.month - 1]} {start_at.year}, "
            f"{start_at.hour:02}:{start_at.minute:02} UTC"
        ),
        "startAt": start_at,
    }


_REASONS: dict[str, Callable[[Event, Any], Reason | None]] = {
    INTEREST_MATCH.name: _interest,
    POPULARITY.name: _popularity,
    START.name: _start,
}


def reasons_for(event: Event, ranker: Ranker) -> list[Reason]:
    """Return why an event stands where it does, from the values that ordered it; the strongest first, never empty."""
    told = (_REASONS[feature.name](event, getattr(event, feature.name)) for feature in ranker.features)
    return [reason for reason in told if reason is not None]

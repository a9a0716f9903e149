"""This file holds the reasons: feature values of a row turned into sentences, with no computation of their own."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from events.models import Event
from recommendations.features import INTEREST_MATCH, PERSONAL, POPULARITY, START
from recommendations.rankers.base import Ranker
from recommendations.signal_words import in_words
from recommendations.viewer import Place

Reason = dict[str, Any]

# English, whatever the process's locale: strftime would ask it.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _interest(event: Event, interest_match: bool) -> list[Reason]:
    if not interest_match:
        return []
    text = f"{event.category_name} is one of your interests"
    return [{"signal": "interest", "text": text, "category": event.category}]


def _popularity(event: Event, interaction_count: int) -> list[Reason]:
    return [{"signal": "popularity", "text": _count_in_words(interaction_count), "interactionCount": interaction_count}]


def _start(event: Event, start_at: datetime) -> list[Reason]:
    return [{"signal": "start", "text": _start_in_words(start_at), "startAt": start_at}]


# What comes first comes first for many, and is told in the same words.
@lru_cache(10_000)
def _count_in_words(interaction_count: int) -> str:
    if interaction_count == 0:
        return "New: nobody has interacted with it yet"
    return f"{interaction_count:,} interaction{'' if interaction_count == 1 else 's'} so far"


@lru_cache(10_000)
def _start_in_words(start_at: datetime) -> str:
    day = f"{_DAYS[start_at.weekday()]} {start_at.day} {_MONTHS[start_at.month - 1]} {start_at.year}"
    return f"Starts {day}, {start_at.hour:02}:{start_at.minute:02} UTC"


def _personal(event: Event, place: Place | None) -> list[Reason]:
    if place is None:
        return []
    parts = [
        {"signal": part.signal, "text": in_words(event, part), "value": part.value, "contribution": part.contribution}
        for part in place.parts
    ]
    return [*parts, {"signal": "score", "text": f"A score of {place.score:.2f} for you", "score": place.score}]


_REASONS: dict[str, Callable[[Event, Any], list[Reason]]] = {
    INTEREST_MATCH.name: _interest,
    POPULARITY.name: _popularity,
    START.name: _start,
    PERSONAL.name: _personal,
}


def reasons_for(event: Event, ranker: Ranker) -> list[Reason]:
    """Return why an event stands where it does, from the values that ordered it; the strongest first, never empty."""
    reasons: list[Reason] = []
    for feature in ranker.features:
        name = feature.name
        reasons += _REASONS[name](event, getattr(event, name))
    return reasons

"""This file holds the reasons: feature values of a row turned into sentences, with no computation of their own."""

from collections.abc import Callable
from datetime import datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

from events.categories import title_of
from events.models import Event
from recommendations.features import INTEREST_MATCH, PERSONAL, POPULARITY, START, Feature
from recommendations.rankers.base import Ranker
from recommendations.signal_words import in_words
from recommendations.viewer import Place

# Never to be changed: many pages may hold the same one.
Reason = dict[str, Any]

# English, whatever the process's locale: strftime would ask it.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _interest(category: str, interest_match: bool) -> list[Reason]:
    if not interest_match:
        return []
    text = f"{title_of(category)} is one of your interests"
    return [{"signal": "interest", "text": text, "category": category}]


def _popularity(category: str, interaction_count: int) -> list[Reason]:
    if interaction_count == 0:
        text = "New: nobody has interacted with it yet"
    else:
        text = f"{interaction_count:,} interaction{'' if interaction_count == 1 else 's'} so far"
    return [{"signal": "popularity", "text": text, "interactionCount": interaction_count}]


def _start(category: str, start_at: datetime) -> list[Reason]:
    day = f"{_DAYS[start_at.weekday()]} {start_at.day} {_MONTHS[start_at.month - 1]} {start_at.year}"
    text = f"Starts {day}, {start_at.hour:02}:{start_at.minute:02} UTC"
    return [{"signal": "start", "text": text, "startAt": start_at}]


def _personal(event: Event, place: Place | None) -> list[Reason]:
    if place is None:
        return []
    parts = [
        {"signal": part.signal, "text": in_words(event, part), "value": part.value, "contribution": part.contribution}
        for part in place.parts
    ]
    return [*parts, {"signal": "score", "text": f"A score of {place.score:.2f} for you", "score": place.score}]


# From the event's category and the feature's value.
_REASONS: dict[str, Callable[[Any, Any], list[Reason]]] = {
    INTEREST_MATCH.name: _interest,
    POPULARITY.name: _popularity,
    START.name: _start,
}


def reasons_for(event: Event, ranker: Ranker) -> list[Reason]:
    """Return why an event stands where it does, from the values that ordered it; the strongest first, never empty."""
    names, values_of = _told_to_all(ranker.features)
    said = _said(names, values_of(event))
    # In front, as what decided most.
    return [*_personal(event, getattr(event, PERSONAL.name)), *said] if PERSONAL in ranker.features else [*said]


@cache
def _told_to_all(features: tuple[Feature, ...]) -> tuple[tuple[str, ...], Callable[[Event], tuple[Any, ...]]]:
    """Return the names of the features that say the same to everybody, and what reads an event's category and them."""
    names = tuple(feature.name for feature in features if feature is not PERSONAL)
    return names, attrgetter("category", *names)


# What comes first comes first for many, and is told in the same words.
@lru_cache(10_000)
def _said(names: tuple[str, ...], values: tuple[Any, ...]) -> tuple[Reason, ...]:
    category, *told = values
    return tuple(reason for name, value in zip(names, told, strict=True) for reason in _REASONS[name](category, value))

"""This file holds the answers to "what is like this event?" and "what is about this?"."""

import logging
from dataclasses import dataclass

from events.keyset import BY_START
from events.models import Event
from recommendations.embeddings.embedder import BadVectors, NoEmbedder, embedder
from recommendations.embeddings.serving import StillLoading, vector_of
from recommendations.embeddings.text import text_of
from recommendations.feed.ranking import candidates_for
from recommendations.feed.viewer import Filters, Viewer
from recommendations.meaning.nearest import NoVectorSearch, nearest
from recommendations.models import EventEmbedding

_log = logging.getLogger("marquee.meaning")


class CannotCompare(Exception):
    """Texts cannot be compared by their meaning: there is no pgvector, or no encoder that works."""


@dataclass(frozen=True)
class Match:
    """An event that was found; how similar, -1 to 1, or None if it was found by its words."""

    event: Event
    similarity: float | None


@dataclass(frozen=True)
class Found:
    """What was found, best first, and whether by meaning or by words."""

    by: str
    matches: tuple[Match, ...]


def similar_to(event: Event, viewer: Viewer, filters: Filters, limit: int) -> tuple[Match, ...]:
    """Return the viewer's candidates whose texts are nearest to an event's, without itself; CannotCompare, Busy.

    Expects the event's organiser loaded. An event without a vector is given one for this once.
    """
    try:
        encoder = embedder()
        kept = EventEmbedding.objects.filter(event=event, model=encoder.name, version=encoder.version)
        vector = kept.values_list("vector", flat=True).first()
        if vector is None or len(vector) != encoder.dimensions:
            vector = vector_of(encoder, text_of(event))
        found = nearest(vector, encoder, viewer, filters, limit=limit, other_than=event.pk)
    except (NoEmbedder, BadVectors, NoVectorSearch) as error:
        _log.warning("Similar events cannot be told: %s", error)
        raise CannotCompare(str(error)) from error
    return _matches(found)


def about(text: str, viewer: Viewer, filters: Filters, limit: int) -> Found:
    """Return the viewer's candidates that are about a text: nearest in meaning first. Busy while others search.

    Where meanings cannot be compared, not yet for example because the encoder is loading, or no candidate has a vector,
    those that have all of its words, soonest first: who searches wants to find something.
    """
    try:
        encoder = embedder()
        found = nearest(vector_of(encoder, text), encoder, viewer, filters, limit=limit)
    except StillLoading:
        found = {}
    except (NoEmbedder, BadVectors, NoVectorSearch) as error:
        _log.warning("A search went by words: %s", error)
        found = {}
    if found:
        return Found("meaning", _matches(found))
    rows = BY_START.sorted(candidates_for(viewer, filters).matching(text).with_count().select_related("organiser"))
    return Found("words", tuple(Match(event, None) for event in rows[:limit]))


def _matches(found: dict[int, float]) -> tuple[Match, ...]:
    events = Event.objects.with_count().select_related("organiser").in_bulk(found)
    # One that was deleted since is not there any more.
    return tuple(Match(events[pk], similarity) for pk, similarity in found.items() if pk in events)

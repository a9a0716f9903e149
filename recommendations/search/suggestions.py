"""What people may be about to write: titles, organisers, venues, tags and categories that have what they typed."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from events.categories import Category
from events.models import Event, Organiser
from recommendations.feed.viewer import Filters
from recommendations.search.reasons import has_word, names_of
from recommendations.search.search import folded_words
from recommendations.search.understanding import WORD

SUGGESTIONS_MAX = 8
KINDS = ("category", "organiser", "venue", "tag", "title")
# How many upcoming events are read for their titles, venues and tags; and of each kind, so many are suggested at most.
_EVENTS, _OF_EACH_KIND = 100, 3


class Suggestion(NamedTuple):
    """A text to search for, and what it is: one of KINDS."""

    kind: str
    text: str


def suggestions_for(typed: str, filters: Filters, now: datetime) -> tuple[Suggestion, ...]:
    """Return what has all the words that were typed, the last of which may not be complete; nothing for one letter.

    Of each kind a few, those that begin with what was typed before those in which it stands further on.
    """
    words = folded_words(WORD.findall(typed))
    if not words or sum(map(len, words)) < 2:
        return ()
    of_kind: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for kind, folded, text in (*_categories(words), *_organisers(words), *_names(words, filters, now)):
        of_kind[kind].setdefault(folded, text)
    start = " ".join(words)
    picked = [
        (not folded.startswith(start), place, Suggestion(kind, text))
        for kind, texts in of_kind.items()
        for place, (folded, text) in enumerate(
            sorted(texts.items(), key=lambda each: not each[0].startswith(start))[:_OF_EACH_KIND]
        )
    ]
    best = sorted(picked, key=lambda each: each[:2])[:SUGGESTIONS_MAX]
    return tuple(suggestion for *_, suggestion in best)


def _categories(words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    yield from (("category", title.lower(), title) for title in Category.labels if _has_all(title.lower(), words))


def _organisers(words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for organiser in Organiser.objects.called(words).with_folded_name().order_by("name", "pk")[:_EVENTS]:
        if _has_all(organiser.folded_name, words):
            yield "organiser", organiser.folded_name, organiser.name


def _names(words: Sequence[str], filters: Filters, now: datetime) -> Iterator[tuple[str, str, str]]:
    events = filters.passed_by(Event.objects.bookable().starting_after(now))
    named = events.called(words, {}).with_folded_names().order_by("start_at", "pk")
    for event in named[:_EVENTS]:
        plain = iter((event.title, *(event.tags or [""]), event.location_name))
        for (kind, folded), text in zip(names_of(event), plain, strict=False):
            if _has_all(folded, words):
                yield kind, folded, text


def _has_all(text: str, words: Sequence[str]) -> bool:
    return all(has_word(text, word) for word in words)

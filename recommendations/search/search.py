"""The search: ranked lists of what a query may mean, fused; and what helps on where there is nothing."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.db.models import IntegerField, Value

from api.costly import Busy
from api.sql import rows_of
from events.geo import measure
from events.models import Event, Organiser
from events.names import PREFIX_MIN_LENGTH
from events.querysets import LASTS_WITHOUT_END, EventQuerySet
from recommendations.embeddings.embedder import BadVectors, NoEmbedder, embedder
from recommendations.embeddings.serving import vector_of
from recommendations.feed.ranking import not_dismissed
from recommendations.feed.series import more_dates
from recommendations.feed.viewer import Filters, Viewer, origin_of
from recommendations.rank_fusion import reciprocal_rank_fusion
from recommendations.search.reasons import Reason, has_word, reasons_of
from recommendations.search.spelling import corrected
from recommendations.search.understanding import Query, query_of, words_of
from recommendations.semantic_search.search import NoVectorSearch, nearest

_log = logging.getLogger("marquee.semantic_search")
# The best of each list are read, and the best of all are kept: nobody reads further.
LIST_MAX, RESULTS_MAX = 100, 200
# Nearest in meaning are at most so many, none below this cosine, and none far below that of the nearest. Texts about
# different things have up to 0.15.
_NEAREST_MAX, _SIMILAR_ENOUGH, _SHARE_OF_NEAREST = 30, 0.16, 0.6
# How many are shown that are nearest in meaning where nothing is like the query.
_HELP_MAX = 3
# More organisers than share a word of their names, but for the likes of "the".
_ORGANISERS_MAX = 500
_UPCOMING, _PAST, _CANCELLED = range(3)


@dataclass(frozen=True)
class Ranking:
    """The ids of all results, best first, and what they are explained by.

    `similarities`: the cosines, -1 to 1, of those near in meaning, by id; `by`: "meaning" if texts could be compared
    so, else "words"; `words`: those searched for, folded; `corrections`: by a word that was written, the one that was
    searched for in its place, or "" if it was left out.
    """

    ids: tuple[int, ...] = ()
    by: str = "words"
    words: tuple[str, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)
    similarities: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """An event, of a series one date, with the number of those that follow; why it is a result; and its cosine."""

    event: Event
    reasons: tuple[Reason, ...]
    similarity: float | None
    more_dates: int


@dataclass(frozen=True)
class Suggestion:
    """Another query that has results, and what it is, in words."""

    text: str
    q: str


@dataclass(frozen=True)
class Help:
    """What helps on where nothing is like a query: other queries, and the events nearest to it in meaning."""

    suggestions: tuple[Suggestion, ...]
    nearest: tuple[Event, ...]


class _Row(NamedTuple):
    """What a result is ordered by."""

    pk: int
    start_at: datetime
    end_at: datetime | None
    status: str
    series: str | None

    def standing(self, now: datetime) -> int:
        if self.status == Event.Status.CANCELLED:
            return _CANCELLED
        is_over = (self.end_at or self.start_at + LASTS_WITHOUT_END) <= now
        return _PAST if is_over or self.status == Event.Status.COMPLETED else _UPCOMING


@dataclass(frozen=True)
class Search:
    """A query of a viewer, with the filters that were asked for beside it."""

    query: Query
    filters: Filters
    viewer: Viewer

    @property
    def now(self) -> datetime:
        """The moment at which the viewer looks."""
        return self.viewer.now

    @property
    def asked_for(self) -> EventQuerySet:
        """The events that pass the filters beside the query; past and cancelled ones too, none that was dismissed."""
        return self._passing(self.filters)

    @property
    def events(self) -> EventQuerySet:
        """Those of them that pass the filters in the query, too."""
        return self._passing(self.query.applied_to(self.filters))

    @property
    def upcoming(self) -> EventQuerySet:
        """Those of them that are ahead."""
        return self.events.bookable().starting_after(self.now)

    def _passing(self, filters: Filters) -> EventQuerySet:
        return not_dismissed(filters.passed_by(Event.objects.all()), self.viewer)

    def saying(self, written: str) -> "Search":
        """Return the search for another query."""
        return Search(query_of(written, self.now, self.query.zone), self.filters, self.viewer)


def ranking_of(search: Search) -> Ranking:
    """Return the results of a search in order: upcoming before past, cancelled ones last, the more alike the sooner.

    If no event has all words, similar words are tried in their place, and then each word alone.
    """
    words = folded_words(words_of(search.query.text))
    if not words and search.query.terms:
        return Ranking(_fused([_read([search.events], search.now)[0]], search.now))
    corrections: dict[str, str] = {}
    is_relaxed = False
    lists = _lists(search, words)
    if words and not any(lists):
        corrections = corrected(words)
        words = tuple(dict.fromkeys(filter(None, (corrections.get(word, word) for word in words))))
        lists = _lists(search, words) if corrections and words else []
        if len(words) > 1 and not any(lists):
            lists, is_relaxed = _lists_of_each(search, words), True
    similarities = _similarities(search, " ".join(words) if corrections else search.query.text, _NEAREST_MAX)
    alike = _near(similarities or {})
    near = {row.pk: row for row in _read([search.events.filter(pk__in=alike)], search.now)[0]} if alike else {}
    by_meaning = [near[pk] for pk in alike if pk in near]
    # Where no event has all words, what the query means counts more than any of them.
    lists += [by_meaning, by_meaning] if is_relaxed else [by_meaning]
    return Ranking(_fused(lists, search.now), "words" if similarities is None else "meaning", words, corrections, alike)


def _lists(search: Search, words: Sequence[str]) -> list[list[_Row]]:
    """Return the lists of the events that have all words: in the title, in names, in names or description."""
    if not words:
        return []
    organisers = organisers_of(words)
    events = search.events
    lists = [
        events.titled(words),
        events.called(words, organisers, whole=True),
        events.called(words, organisers),
        events.telling(words, organisers),
    ]
    if named := set.intersection(*(organisers[word] for word in words)):
        lists.append(events.filter(organiser__in=named))
    if search.query.terms:
        # "Vinyl Sunday" may be a title, and on another Sunday.
        lists.append(search.asked_for.titled(folded_words(words_of(search.query.written))))
    return _read(lists, search.now)


def _lists_of_each(search: Search, words: Sequence[str]) -> list[list[_Row]]:
    """Return the lists of the events that have each word, in names, and in description too; of long words, if any."""
    words = [word for word in words if len(word) >= PREFIX_MIN_LENGTH] or words
    organisers, events = organisers_of(words), search.events
    lists = ((events.called([word], organisers), events.telling([word], organisers)) for word in words)
    return _read(list(chain.from_iterable(lists)), search.now)


def _near(similarities: Mapping[int, float]) -> dict[int, float]:
    """Return those of the cosines that are of texts about the same."""
    least = max(_SIMILAR_ENOUGH, _SHARE_OF_NEAREST * max(similarities.values(), default=0))
    return {pk: cosine for pk, cosine in similarities.items() if cosine >= least}


def _read(lists: Sequence[EventQuerySet], now: datetime) -> list[list[_Row]]:
    """Return the head of each list: what is ahead, soonest first, then the others, latest first.

    The others are read if what is ahead is not enough already: past events that have a common word are many.
    """
    ahead = _heads([events.bookable().starting_after(now).order_by("start_at", "pk") for events in lists])
    others: list[list[_Row]] = [[] for _ in lists]
    if len({row.pk for rows in ahead for row in rows}) < LIST_MAX:
        others = _heads([events.not_ahead(now).order_by("-start_at", "-pk") for events in lists])
    return [
        sorted((*some, *more), key=lambda row: _soonest_first(row, now))
        for some, more in zip(ahead, others, strict=True)
    ]


def _heads(lists: Sequence[EventQuerySet]) -> list[list[_Row]]:
    """Return the head of each list, in any order. One statement."""
    numbered = (events.annotate(number=Value(number, IntegerField())) for number, events in enumerate(lists))
    first, *others = (events.values_list("number", *_Row._fields)[:LIST_MAX] for events in numbered)
    result: list[list[_Row]] = [[] for _ in lists]
    for number, *values in first.union(*others, all=True) if others else first:
        result[number].append(_Row(*values))
    return result


def _soonest_first(row: _Row, now: datetime) -> tuple[int, float, int]:
    standing, start = row.standing(now), row.start_at.timestamp()
    return (standing, start, row.pk) if standing == _UPCOMING else (standing, -start, -row.pk)


def _fused(lists: Sequence[Sequence[_Row]], now: datetime) -> tuple[int, ...]:
    """Return the ids of the rows of all lists in one order, of a series only the first."""
    scores = reciprocal_rank_fusion([row.pk for row in rows] for rows in lists)
    rows = {row.pk: row for of_list in lists for row in of_list}.values()

    def place(row: _Row) -> tuple[float, ...]:
        standing, *sooner = _soonest_first(row, now)
        return (standing, -scores[row.pk], *sooner)

    ids, series = [], set()
    for row in sorted(rows, key=place):
        if row.series is None or row.series not in series:
            ids.append(row.pk)
            series.add(row.series)
    return tuple(ids[:RESULTS_MAX])


def folded_words(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words as the database compares them."""
    if not words:
        return ()
    rows = rows_of(
        "SELECT folded(word) FROM unnest(%(words)s::text[]) WITH ORDINALITY AS asked (word, place) ORDER BY place",
        {"words": list(words)},
    )
    return tuple(dict.fromkeys(word for (word,) in rows))


def organisers_of(words: Sequence[str]) -> dict[str, set[int]]:
    """Return the ids of the organisers in whose name a word begins a word, by the word."""
    rows = Organiser.objects.called(words).with_folded_name().order_by("pk")[:_ORGANISERS_MAX]
    names = [(row.pk, row.folded_name) for row in rows]
    return {word: {pk for pk, name in names if has_word(name, word)} for word in words}


def _similarities(search: Search, text: str, limit: int) -> dict[int, float] | None:
    """Return the cosines of the upcoming events nearest in meaning, nearest first; None if none can be compared."""
    if not text:
        return None
    try:
        encoder = embedder()
        vector = vector_of(encoder, text)
        return nearest(vector, encoder, search.upcoming, limit=limit) or None
    except Busy:
        # The encoder is loading, or at work for others; words are quick.
        return None
    except (NoEmbedder, BadVectors, NoVectorSearch) as error:
        _log.warning("Searched by words: %s", error)
        return None


def results_of(search: Search, ranking: Ranking, ids: Sequence[int]) -> tuple[Result, ...]:
    """Return some of the results of a ranking, those that are left of them, with their reasons."""
    events = (
        Event.objects.with_count()
        .with_viewer(search.viewer.user_id)
        .with_folded_names()
        .select_related("organiser")
        .in_bulk(ids)
    )
    present = [events[pk] for pk in ids if pk in events]
    measure(present, origin_of(search.viewer, search.filters))
    more = more_dates(present, search.upcoming)
    return tuple(
        Result(
            event,
            reasons_of(event, ranking.words, ranking.corrections, is_near=event.pk in ranking.similarities),
            ranking.similarities.get(event.pk),
            more.get(event.pk, 0),
        )
        for event in present
    )


def help_for(search: Search) -> Help:
    """Return what helps on where a search has no results: the query without one of its filters, and what is near."""
    suggestions = []
    for term in search.query.terms:
        without = search.query.without(term)
        if without and ranking_of(search.saying(without)).ids:
            suggestions.append(Suggestion(f"Without “{term.words}”", without))
    text = search.query.text
    near = list(_similarities(search, text, _HELP_MAX) or _similarities(search.saying(text), text, _HELP_MAX) or {})
    events = Event.objects.with_count().with_viewer(search.viewer.user_id).select_related("organiser").in_bulk(near)
    present = tuple(events[pk] for pk in near if pk in events)
    measure(present, origin_of(search.viewer, search.filters))
    return Help(tuple(suggestions), present)

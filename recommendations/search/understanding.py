"""What a query says: the words to search for, and the filters that are written among them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from events import periods
from events.periods import Period
from recommendations.feed.viewer import Filters

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What people write around what they look for.
STOP_WORDS = frozenset(
    {
        "a",
        "about",
        "an",
        "and",
        "any",
        "anything",
        "are",
        "at",
        "by",
        "can",
        "event",
        "events",
        "for",
        "from",
        "go",
        "i",
    }
    | {"i", "in", "is", "me", "my", "near", "of", "on", "or", "some", "something", "stuff", "that", "the", "there"}
    | {"thing", "things", "this", "to", "we", "what", "where", "whats", "with"}
)
WORD = re.compile(r"[^\W_]+")
# More would only make the search slower.
_WORDS_MAX = 10


@dataclass(frozen=True)
class Term:
    """A part of a query that is a filter: as it was written, and the parameters that it stands for."""

    words: str
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Query:
    """A query as it is understood: the filters in it, and the rest, which is searched for."""

    written: str
    text: str
    terms: tuple[Term, ...]
    zone: ZoneInfo

    def without(self, term: Term) -> str:
        """Return what was written, less one of the terms."""
        return _joined(self.written.replace(term.words, " ", 1))

    def applied_to(self, filters: Filters) -> Filters:
        """Return the filters with the query's own: of two windows what both share, else what the filters say."""
        given = filters.given
        for term in self.terms:
            for name, value in term.parameters.items():
                pick = {"startsAfter": max, "startsBefore": min}.get(name)
                given[name] = value if name not in given else pick(given[name], value) if pick else given[name]
        return Filters.of(given)


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text to search for, each once: without those that say nothing, unless all do."""
    words = tuple(dict.fromkeys(WORD.findall(text.lower())))
    return tuple(word for word in words if word not in STOP_WORDS)[:_WORDS_MAX] or words[:_WORDS_MAX]


def query_of(written: str, now: datetime, zone: ZoneInfo) -> Query:
    """Return a query as it is understood at a moment in a time zone.

    Of several periods only the first is one; the others are searched for.
    """
    terms: list[Term] = []
    rest = written
    for pattern, period in _PERIODS:
        if match := pattern.search(rest):
            span: Period = period(match, now, zone)
            terms.append(Term(match[0], {"startsAfter": span.after, "startsBefore": span.before}))
            rest = rest[: match.start()] + " " + rest[match.end() :]
            break
    for pattern, parameters in _FLAGS:
        if match := pattern.search(rest):
            terms.append(Term(match[0], parameters))
            rest = rest[: match.start()] + " " + rest[match.end() :]
    return Query(written, _joined(rest), tuple(sorted(terms, key=lambda term: written.find(term.words))), zone)


def _joined(text: str) -> str:
    return " ".join(text.split())


def _whole(alternatives: str) -> re.Pattern[str]:
    # Not a part of a compound: gluten-free.
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])", re.IGNORECASE)


def _weekday(match: re.Match[str], now: datetime, zone: ZoneInfo) -> Period:
    day = periods.next_weekday(_WEEKDAYS.index(match["day"].lower()), now, zone)
    return periods.evening_of(day, now, zone) if match["evening"] else periods.day(day, now, zone)


def _named(period: Callable[[datetime, ZoneInfo], Period]) -> Callable[[re.Match[str], datetime, ZoneInfo], Period]:
    return lambda match, now, zone: period(now, zone)


_PERIODS = (
    (_whole("(?:on |at )?(?:this |the )?weekend"), _named(periods.this_weekend)),
    (_whole("tonight|this evening"), _named(periods.tonight)),
    (_whole("today"), _named(periods.today)),
    (_whole("tomorrow"), _named(periods.tomorrow)),
    (_whole("(?:in the )?next (?:7|seven) days"), _named(lambda now, zone: periods.next_days(now, zone, 7))),
    (_whole(rf"(?:on |this |next )?(?P<day>{'|'.join(_WEEKDAYS)})(?P<evening> evening| night)?"), _weekday),
)
_FLAGS: Iterable[tuple[re.Pattern[str], dict[str, Any]]] = (
    (_whole("(?:for )?free"), {"free": True}),
    (_whole("online"), {"attendance": ("MIXED", "ONLINE")}),
)

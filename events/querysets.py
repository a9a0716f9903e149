"""The questions about events, and what a user did with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, NamedTuple, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When

from events.geo import Circle
from events.names import (
    NAMES,
    WORDS_OF_NAMES,
    WORDS_OF_ORGANISER,
    WORDS_OF_TITLE,
    any_prefix,
    folded,
    quoted,
    spelt_similarly,
    words_query,
)

if TYPE_CHECKING:
    from events.models import Event, Organiser  # noqa: F401 (named in quotes, since they import this)

# An event without an end is taken to be over a day after its start.
LASTS_WITHOUT_END = timedelta(days=1)
BOOKABLE = ("OPEN", "IN_PROGRESS")
# The index below and the search must say exactly this, or the index is not used. "simple": titles come in any language.
TEXT = SearchVector("title", "description", config="simple")
_TRIGRAM = re.compile(r"[^\W_]{3}")


class OrganiserQuerySet(models.QuerySet["Organiser"]):
    """Questions about organisers."""

    def with_folded_name(self) -> Self:
        """Annotate `folded_name`, the name in lower case and without accents."""
        return self.annotate(folded_name=folded("name"))

    def called(self, words: Collection[str]) -> Self:
        """Keep those in whose name one of these folded words begins a word."""
        return self.alias(_words=WORDS_OF_ORGANISER).filter(_words=any_prefix(words))

    def called_similarly(self, word: str) -> Self:
        """Keep those whose name has a word that is spelt similarly to this folded one."""
        return spelt_similarly(self, folded("name"), word)


class StandingActions(Func):
    """What a user has saved, applied to and dismissed of an event, as an array: expects the user's id and the event's.

    The table is of the app of the interactions; this is all that is known of it here. The actions are literals, because
    the index own_standing has them in its condition.
    """

    template = (
        "ARRAY(SELECT DISTINCT action FROM interactions_interaction WHERE (user_id, event_id) = (%(expressions)s)"
        " AND action IN ('SAVE', 'APPLY', 'DISMISS'))"
    )
    arity = 2
    output_field = ArrayField(models.CharField())


class ViewerState(NamedTuple):
    """What a user did with an event, as it stands."""

    saved: bool
    applied: bool
    dismissed: bool


class EventQuerySet(models.QuerySet["Event"]):
    """Questions about events."""

    def bookable(self) -> Self:
        """Keep those one can still go to: OPEN or IN_PROGRESS."""
        return self.filter(status__in=BOOKABLE)

    def starting_after(self, moment: datetime) -> Self:
        """Keep those that start strictly after a moment."""
        return self.filter(start_at__gt=moment)

    def not_ahead(self, moment: datetime) -> Self:
        """Leave out those that one can still go to and that start after a moment."""
        return self.filter(~Q(status__in=BOOKABLE) | Q(start_at__lte=moment))

    def cancelled_since(self, moment: datetime) -> Self:
        """Keep those that are cancelled, if that or another change of them is not longer ago."""
        return self.filter(status="CANCELLED", revised_at__gt=moment)

    def over_by(self, moment: datetime) -> Self:
        """Keep those whose end has passed or, without an end, whose start lies a day back."""
        return self.filter(_over_by(moment))

    def not_over_by(self, moment: datetime) -> Self:
        """Leave out those that are COMPLETED, and those that are over by a moment whatever their status."""
        return self.exclude(_finished_by(moment))

    def finished_by(self, moment: datetime) -> Self:
        """Keep those that not_over_by() leaves out."""
        return self.filter(_finished_by(moment))

    def with_is_over(self, moment: datetime) -> Self:
        """Annotate `is_over`: whether they are among finished_by()."""
        over = When(_finished_by(moment), then=True)
        return self.annotate(is_over=Case(over, default=False, output_field=models.BooleanField()))

    def within(self, start: datetime, end: datetime) -> Self:
        """Keep those that take place between two moments, wholly or partly; the second one is outside."""
        return self.filter(Q(start_at__gte=start) | Q(end_at__gt=start), start_at__lt=end)

    def matching(self, text: str) -> Self:
        """Keep those that have every word of the text in title or description, in any order and case."""
        return self.annotate(_text=TEXT).filter(_text=SearchQuery(text, config="simple", search_type="plain"))

    def searched(self, text: str, *, organisers: Collection[int], ids: Collection[int]) -> Self:
        """Keep those whose title has each word of the text as a part, and three kinds more.

        Those in which each word begins a word of title or description, those of these organisers, and those with these
        ids. Words are in any order and case. One condition, so that the indexes of all may be used together.
        """
        words = text.split()
        query = SearchQuery(" & ".join(f"{quoted(word)}:*" for word in words), config="simple", search_type="raw")
        condition = Q(_text=query) | Q(organiser__in=organisers) | Q(pk__in=ids)
        # Without a trigram the index on parts of titles is of no use, and every row would be read.
        if _TRIGRAM.search(text):
            condition |= reduce(and_, (Q(title__icontains=word) for word in words))
        return self.annotate(_text=TEXT).filter(condition)

    def titled(self, words: Collection[str]) -> Self:
        """Keep those in whose title each of these folded words begins a word."""
        return self.alias(_title=WORDS_OF_TITLE).filter(_title=words_query(words))

    def called(self, words: Collection[str], organisers: Mapping[str, Collection[int]], *, whole: bool = False) -> Self:
        """Keep those in whose names each of these folded words is or begins a word; with `whole`, only is.

        Names are title, tags, place and category, and that of the organiser: `organisers` are those that a word finds.
        """
        conditions = (
            Q(_names=words_query([word], whole=whole)) | Q(organiser__in=organisers.get(word, ())) for word in words
        )
        return self.alias(_names=WORDS_OF_NAMES).filter(*conditions)

    def telling(self, words: Collection[str], organisers: Mapping[str, Collection[int]]) -> Self:
        """Keep those in whose names or description each of these folded words begins a word."""
        conditions = (
            Q(_names=words_query([word])) | Q(_text=words_query([word])) | Q(organiser__in=organisers.get(word, ()))
            for word in words
        )
        return self.alias(_names=WORDS_OF_NAMES, _text=TEXT).filter(*conditions)

    def called_similarly(self, word: str) -> Self:
        """Keep those whose names have a word that is spelt similarly to this folded one."""
        return spelt_similarly(self, NAMES, word)

    def with_folded_names(self) -> Self:
        """Annotate `folded_names`: title, tags, place and category, a line each, and `folded_organiser`, its name."""
        return self.annotate(folded_names=NAMES, folded_organiser=folded("organiser__name"))

    def filtered(
        self,
        *,
        type: str | None = None,
        category: Collection[str] | None = None,
        status: str | None = None,
        q: str | None = None,
        ids: Collection[int] | None = None,
        starts_after: datetime | None = None,
        starts_before: datetime | None = None,
        free: bool | None = None,
        attendance: Collection[str] | None = None,
        near: Circle | None = None,
    ) -> Self:
        """Keep those that pass these filters; None lets all pass.

        Of this type, in one of these categories, of this status, with one of these ids, with a start strictly between
        these moments, known to be free, with one of these kinds of attendance, within this circle, and with every word
        of this text.
        """
        named = {
            "type": type,
            "category__in": category,
            "status": status,
            "pk__in": ids,
            "start_at__gt": starts_after,
            "start_at__lt": starts_before,
            "price_max": 0 if free else None,
            "attendance__in": attendance,
        }
        kept = self.filter(**{name: value for name, value in named.items() if value is not None})
        if near is not None:
            kept = kept.filter(near.condition)
        return kept if q is None else kept.matching(q)

    def with_count(self) -> Self:
        """Annotate `interaction_count`, how many interactions there were with the event.

        The row that keeps it, `tally`, is of the app of the interactions; its name is all that is known of it here.
        """
        return self.annotate(interaction_count=F("tally__interaction_count"))

    def with_viewer(self, user_id: int | None) -> Self:
        """Annotate what `Event.viewer` reads: what this user did with the event. Nothing for a visitor."""
        if user_id is None:
            return self
        return self.annotate(standing=StandingActions(Value(user_id, models.BigIntegerField()), F("pk")))


def _over_by(moment: datetime) -> Q:
    return Q(end_at__lte=moment) | Q(end_at__isnull=True, start_at__lte=moment - LASTS_WITHOUT_END)


def _finished_by(moment: datetime) -> Q:
    return _over_by(moment) | Q(status="COMPLETED")

"""The comparison of a served feed with its definition, which counts interactions."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest

from django.db import connection, transaction

from events.querysets import EventQuerySet
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import COUNTED, Feed, candidates_for, ranked


@dataclass(frozen=True)
class Difference:
    """The first place, counted from 1, at which a feed is not as defined; None where one of the two has ended."""

    place: int
    defined_id: int | None
    served_id: int | None


def defined(feed: Feed) -> EventQuerySet:
    """Return the candidates of a feed in the order that the specification words: Case/When and Count, sorted."""
    return ranked(candidates_for(feed.viewer, feed.filters), feed.viewer, COUNTED, order=feed.ranker.order)


def differences(feed: Feed) -> Iterator[Difference]:
    """Yield every place at which the served feed is not as defined. Call it within one_snapshot()."""
    served = (event.pk for event in whole_feed(feed))
    for place, (defined_id, served_id) in enumerate(zip_longest(_ids(feed), served), start=1):
        if defined_id != served_id:
            yield Difference(place, defined_id, served_id)


def _ids(feed: Feed) -> Iterable[int]:
    return defined(feed).values_list("pk", flat=True)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read everything within from one snapshot, so that what is written meanwhile makes no difference.

    Within a transaction that has begun already, its own isolation stays as it is.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield

"""This file holds the comparison of the served feed with its definition."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest

from django.db import connection, transaction

from recommendations.candidates import Filters
from recommendations.definition import definition_for
from recommendations.feed import whole_feed
from recommendations.rankers.base import Ranker
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Difference:
    """The first place, counted from 1, at which a feed is not as defined; None where one of the two has ended."""

    place: int
    defined_id: int | None
    served_id: int | None


def differences(viewer: Viewer, ranker: Ranker, filters: Filters) -> Iterator[Difference]:
    """Yield every place at which the served feed is not as defined. Call it within one_snapshot()."""
    defined = definition_for(viewer, ranker.name, filters).values_list("pk", flat=True)
    served = (event.pk for event in whole_feed(viewer, ranker, filters))
    for place, (defined_id, served_id) in enumerate(zip_longest(defined, served), start=1):
        if defined_id != served_id:
            yield Difference(place, defined_id, served_id)


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

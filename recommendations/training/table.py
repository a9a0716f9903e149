"""This file holds the table that traits are learnt from: what each person did before a cutoff with what has each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from events.sql import rows_of
from recommendations.hybrid.knowledge import Key, series_key
from recommendations.weights import HALF_LIFE_DAYS, WEIGHTS
from users.models import User

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_SQL = Path(__file__).resolve().parents[1] / "sql"
_DEEDS, _EVENTS, _SERIES = ((_SQL / f"learn_{name}.sql").read_text() for name in ("deeds", "events", "series"))
# Users and events in a statement: a long one would hold back vacuum, and with it the feed.
_USERS, _ROWS = 5_000, 20_000
# After so many days a deed counts half for what is of late.
_MONTH_DAYS = 30.0


@dataclass(frozen=True)
class Table:
    """Persons × traits as a sparse matrix of weights; of each trait its events, and what was done of late.

    weights: float32[persons, traits]; events, trend: float32[traits].
    """

    index: dict[Key, int]
    weights: csr_matrix
    events: NDArray[np.float32]
    trend: NDArray[np.float32]


@dataclass(frozen=True)
class _Bearers:
    """The traits of every event: those of ids[i], ascending, are traits[begins[i]:begins[i + 1]]."""

    index: dict[Key, int]
    ids: NDArray[np.int64]
    traits: NDArray[np.int32]
    begins: NDArray[np.int64]

    def traits_of(self, events: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the traits of events, one after the other, and beside each at which of `events` it is."""
        import numpy as np

        places = np.searchsorted(self.ids, events)
        numbers = self.begins[places + 1] - self.begins[places]
        whose = np.repeat(np.arange(len(events)), numbers)
        before = np.cumsum(numbers) - numbers
        return self.traits[self.begins[places][whose] + np.arange(len(whose)) - before[whose]], whose


def table_before(cutoff: datetime) -> Table:
    """Return what everybody liked before a cutoff, by trait; persons are those who liked anything, by their ids."""
    import numpy as np
    from scipy.sparse import csr_matrix

    bearers = _bearers()
    trend = np.zeros(len(bearers.index), np.float64)
    persons = 0
    rows, columns, values = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
    for users, events, weights, lately in _liked(cutoff, bearers.ids):
        traits, whose = bearers.traits_of(events)
        # In the order of the rows: in another one the last bits would be others.
        np.add.at(trend, traits, lately[whose])
        batch, numbers = np.unique(users, return_inverse=True)
        rows.append((persons + numbers[whose]).astype(np.int32))
        columns.append(traits)
        values.append(weights[whose].astype(np.float32))
        persons += len(batch)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    sizes = np.bincount(bearers.traits, minlength=len(bearers.index)).astype(np.float32)
    matrix = csr_matrix(entries, shape=(persons, len(bearers.index)))
    return Table(bearers.index, matrix, sizes, trend.astype(np.float32))


def _bearers() -> _Bearers:
    import numpy as np

    index: dict[Key, int] = {}
    ids: list[int] = []
    traits: list[int] = []
    begins = [0]
    several = {series_key(*row) for row in rows_of(_SERIES, {})}
    for event_id, organiser_id, venue, category, tags, title in _event_rows():
        keys: list[Key] = [("event", str(event_id))]
        if organiser_id is not None:
            keys.append(("organiser", str(organiser_id)))
        if (series := series_key(organiser_id, title)) in several:
            keys.append(("series", series))
        if venue:
            keys.append(("venue", venue))
        if category:
            keys.append(("category", category))
        keys.extend(("tag", tag) for tag in dict.fromkeys(tags))
        ids.append(event_id)
        traits.extend([index.setdefault(key, len(index)) for key in keys])
        begins.append(len(traits))
    return _Bearers(index, np.array(ids, np.int64), np.array(traits, np.int32), np.array(begins, np.int64))


def _event_rows() -> Iterator[tuple[Any, ...]]:
    after = 0
    while rows := rows_of(_EVENTS, {"after": after, "rows": _ROWS}):
        yield from rows
        after = rows[-1][0]


def _liked(cutoff: datetime, known: NDArray[np.int64]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield users, events, weights and weights of late, by user and event, of what speaks for a known event."""
    import numpy as np

    values = {
        "cutoff": cutoff,
        "half_life": HALF_LIFE_DAYS * 86_400,
        "month": _MONTH_DAYS * 86_400,
        "actions": list(WEIGHTS),
        "weights": list(WEIGHTS.values()),
        "rows": _USERS,
    }
    ids = User.objects.order_by("pk").values_list("pk", flat=True)
    after = 0
    while batch := list(ids.filter(pk__gt=after)[:_USERS]):
        after, before = batch[-1], after
        if rows := rows_of(_DEEDS, {**values, "after": before}):
            users, events, weights, lately = (np.array(column) for column in zip(*rows, strict=True))
            # An event may have been published since the events were read.
            liked = (weights > 0) & np.isin(events, known)
            yield users[liked], events[liked], weights[liked], lately[liked]

"""This file holds the learning of traits: factors, reach and neighbours, from what people did before a cutoff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from events.prepared import rows_of
from recommendations.hybrid.knowledge import Key, Knowledge
from recommendations.weights import HALF_LIFE_DAYS, WEIGHTS
from users.models import User

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_SQL = Path(__file__).resolve().parents[1] / "sql"
_DEEDS, _EVENTS = ((_SQL / f"learn_{name}.sql").read_text() for name in ("deeds", "events"))
# Users and events in a statement: a long one would hold back vacuum, and with it the feed.
_USERS, _ROWS = 5_000, 20_000
RANK, ITERATIONS, REGULARISATION, CONFIDENCE = 32, 15, 1.0, 10.0
NEIGHBOURS, POPULAR = 50, 100
# Added to products of norms, so that two people in common do not make organisers alike.
_SHRINKAGE = 5.0
# After so many days a deed counts half for what is of late.
_MONTH_DAYS = 30.0


@dataclass(frozen=True)
class _Table:
    """Persons × traits as a sparse matrix of weights; of each trait its events, and what was done of late."""

    index: dict[Key, int]
    weights: csr_matrix
    events: NDArray[np.float32]
    trend: NDArray[np.float32]


def learn(cutoff: datetime, seed: int) -> Knowledge:
    """Return what is to be learnt of the interactions before a cutoff. The same data and seed give the same.

    Alternating least squares over persons × (events, organisers, venues, categories, tags): what is common to events
    has factors of its own, which a new event inherits.
    """
    import numpy as np
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    table = _table_before(cutoff)
    traits = len(table.index)
    if table.weights.nnz == 0:
        return Knowledge(
            table.index,
            factors=np.zeros((traits, RANK), np.float32),
            gram=np.zeros((RANK, RANK), np.float32),
            people=np.zeros(traits, np.float32),
            deeds=np.zeros(traits, np.float32),
            events=table.events,
            trend=np.zeros(traits, np.float32),
        )
    model = AlternatingLeastSquares(
        factors=RANK,
        regularization=REGULARISATION,
        alpha=CONFIDENCE,
        iterations=ITERATIONS,
        random_state=seed,
        num_threads=1,
    )
    with threadpool_limits(limits=1, user_api="blas"):
        model.fit(table.weights, show_progress=False)
    factors = np.asarray(model.item_factors, dtype=np.float32)
    columns = table.weights.tocsc()
    people = np.diff(columns.indptr).astype(np.float32)
    deeds = np.asarray((table.weights > 0).sum(axis=0), dtype=np.float32).ravel()
    # Persons who have nothing to do with a trait say nothing of it; ALS leaves its first, random factors.
    factors[people == 0] = 0
    return Knowledge(
        table.index,
        factors=factors,
        gram=(factors.T @ factors).astype(np.float32),
        people=people,
        deeds=deeds,
        events=table.events,
        trend=table.trend,
        neighbours=_neighbours(table),
        popular=_popular(table, people),
        regularisation=REGULARISATION,
        confidence=CONFIDENCE,
    )


def _table_before(cutoff: datetime) -> _Table:
    import numpy as np
    from scipy.sparse import csr_matrix

    index: dict[Key, int] = {}
    sizes: list[int] = []
    traits: dict[int, list[int]] = {}
    for event_id, organiser_id, venue, category, tags in _event_rows():
        keys: list[Key] = [("event", str(event_id))]
        if organiser_id is not None:
            keys.append(("organiser", str(organiser_id)))
        if venue:
            keys.append(("venue", venue))
        if category:
            keys.append(("category", category))
        keys.extend(("tag", tag) for tag in dict.fromkeys(tags))
        rows = [index.setdefault(key, len(index)) for key in keys]
        sizes.extend([0] * (len(index) - len(sizes)))
        for row in rows:
            sizes[row] += 1
        traits[event_id] = rows
    people: dict[int, int] = {}
    at, of, weights = [], [], []
    trend = np.zeros(len(index), np.float64)
    for user_id, event_id, weight, lately in _deed_rows(cutoff):
        rows = traits.get(event_id, [])
        if weight > 0:
            trend[rows] += lately
            person = people.setdefault(user_id, len(people))
            at.extend([person] * len(rows))
            of.extend(rows)
            weights.extend([weight] * len(rows))
    shape = (len(people), len(index))
    matrix = csr_matrix((np.array(weights, np.float32), (at, of)), shape=shape, dtype=np.float32)
    return _Table(index, matrix, np.array(sizes, np.float32), trend.astype(np.float32))


def _event_rows() -> Iterator[tuple[Any, ...]]:
    after = 0
    while rows := rows_of(_EVENTS, {"after": after, "rows": _ROWS}):
        yield from rows
        after = rows[-1][0]


def _deed_rows(cutoff: datetime) -> Iterator[tuple[Any, ...]]:
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
        yield from rows_of(_DEEDS, {**values, "after": after})
        after = batch[-1]


def _neighbours(table: _Table) -> dict[str, tuple[tuple[str, float], ...]]:
    """Return for each organiser those with most people in common: cosines, shrunk towards 0, greatest first."""
    import numpy as np

    names = [(key, row) for (kind, key), row in table.index.items() if kind == "organiser"]
    chosen = (table.weights[:, [row for _, row in names]] > 0).astype(np.float32)
    common = (chosen.T @ chosen).tocsr()
    norms = np.sqrt(common.diagonal())
    found = {}
    for place, (name, _) in enumerate(names):
        others = common.indices[common.indptr[place] : common.indptr[place + 1]]
        counts = common.data[common.indptr[place] : common.indptr[place + 1]]
        cosines = counts / (norms[place] * norms[others] + _SHRINKAGE)
        order = np.lexsort((others, -cosines))[: NEIGHBOURS + 1]
        near = [(names[others[each]][0], float(cosines[each])) for each in order if others[each] != place]
        if near:
            found[name] = tuple(near[:NEIGHBOURS])
    return found


def _popular(table: _Table, people: NDArray[np.float32]) -> tuple[int, ...]:
    events = [(int(key), row) for (kind, key), row in table.index.items() if kind == "event" and people[row] > 0]
    events.sort(key=lambda each: (-people[each[1]], each[0]))
    return tuple(event_id for event_id, _ in events[:POPULAR])

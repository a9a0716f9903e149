"""What is learned from: windows of the past, examples of what people chose in them, and the interaction matrix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.aggregates import BoolOr
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from api.sql import rows_of
from events.models import Event
from interactions.models import Interaction
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from recommendations.hybrid.candidate_generation import NO_HORIZON
from recommendations.hybrid.entity_statistics import EntityStatistics, Key, series_key
from recommendations.hybrid.feature_context import context_for
from recommendations.hybrid.features import feature_matrix
from recommendations.hybrid.history import DAY_SECONDS, HALF_LIFE_DAYS, WEIGHTS
from users.models import User

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_SQL = Path(__file__).resolve().parents[1] / "sql"
_HORIZON, _WEIGHTS = ((_SQL / f"{name}.sql").read_text() for name in ("calendar_horizon", "decayed_weights"))

# A window is the shortest of these in which enough people choose something, else the longest.
LENGTHS_DAYS = (7, 14, 28)
ENOUGH_PEOPLE = 500
# People of a window who are learned from, at most.
PEOPLE_PER_WINDOW = 2_000
# Windows are added until they have this many people together, or there are this many windows. As three times
# PEOPLE_PER_WINDOW, there is always one that doesn't overlap the latest, which is held out.
PEOPLE, WINDOWS = 6_000, 48
# The gain of a chosen event, for the ranking objective.
APPLIED, SAVED = 3, 1
# Users and events in a statement: a long one would hold back vacuum, and with it the feed.
_USERS, _EVENTS = 5_000, 20_000
# After this many days an interaction counts half for the trend.
_TREND_HALF_LIFE_DAYS = 30.0


@dataclass(frozen=True)
class Window:
    """A period of the past; `people` chose something in it that lay ahead at its beginning.

    Nothing records when an event was announced. More is known by now to have lain ahead of a past moment than anybody
    could be shown then, so events beyond `horizon` are left out: as far ahead as the calendar of today extends.
    """

    since: datetime
    until: datetime
    people: int
    horizon: datetime = NO_HORIZON


def windows_before(cutoff: datetime) -> list[Window]:
    """Return the windows to learn from, the latest first; none if nobody chose anything.

    Each begins half its length before the next one, so that people are seen at more moments.
    """
    ahead: timedelta | None = rows_of(_HORIZON, {"now": cutoff})[0][0]

    def window(until: datetime, length: timedelta) -> Window:
        since = until - length
        horizon = NO_HORIZON if ahead is None else since + ahead
        people = _chosen(since, until, horizon).aggregate(people=Count("user", distinct=True))["people"]
        return Window(since, until, people, horizon)

    lengths = [timedelta(days=days) for days in LENGTHS_DAYS]
    length = next((each for each in lengths if window(cutoff, each).people >= ENOUGH_PEOPLE), lengths[-1])
    return enough_of(window(cutoff - number * length / 2, length) for number in range(WINDOWS))


def enough_of(windows: Iterable[Window]) -> list[Window]:
    """Return the first windows with enough people together, without those in which nobody chose anything."""
    result: list[Window] = []
    for window in windows:
        if window.people:
            result.append(window)
        if sum(min(each.people, PEOPLE_PER_WINDOW) for each in result) >= PEOPLE:
            break
    return result


def _chosen(since: datetime, until: datetime, horizon: datetime) -> QuerySet[Interaction]:
    """Return the applications and saves in a period, of events that lay ahead at its beginning."""
    return Interaction.objects.filter(
        created_at__gte=since,
        created_at__lt=until,
        action__in=(Interaction.Action.APPLY, Interaction.Action.SAVE),
        event__start_at__gt=since,
        event__start_at__lte=horizon,
    ).exclude(event__status=Event.Status.CANCELLED)


@dataclass(frozen=True)
class Example:
    """A user at the beginning of a window: the candidates that were new to them, and which of these they chose in it.

    features: float32[candidates, features]; gains: int8[candidates], 0 for what wasn't chosen; event_ids,
    organiser_ids, series and starts are in the same order. `seen`: the events that the user had interacted with.
    `applied`: the events that they applied to, whether these were candidates or not.
    """

    user_id: int
    interests: frozenset[str]
    seen: frozenset[int]
    has_history: bool
    event_ids: tuple[int, ...]
    organiser_ids: tuple[int | None, ...]
    series: tuple[str | None, ...]
    starts: tuple[float, ...]
    features: NDArray[np.float32]
    gains: NDArray[np.int8]
    applied: frozenset[int]


def examples_of(window: Window, statistics: EntityStatistics, *, most: int, seed: int) -> Iterator[Example]:
    """Yield an example for each user who chose something new in a window, at most `most`, drawn at random.

    `statistics` must be learned from what preceded the window. Interests and homes are those of today.
    """
    import numpy as np

    earlier = Interaction.objects.filter(user=OuterRef("user"), event=OuterRef("event"), created_at__lt=window.since)
    choices = (
        _chosen(window.since, window.until, window.horizon)
        .filter(~Exists(earlier))
        .values("user_id", "event_id")
        .annotate(applied=BoolOr(Q(action=Interaction.Action.APPLY)))
        .order_by("user_id", "event_id")
        .values_list("user_id", "event_id", "applied")
    )
    by_user = [(user_id, list(group)) for user_id, group in groupby(choices, key=lambda row: row[0])]
    if len(by_user) > most:
        by_user = sorted(Random(seed).sample(by_user, most))  # noqa: S311 (no secret)
    users = User.objects.in_bulk([user_id for user_id, _ in by_user])
    for user_id, chosen in by_user:
        user = users[user_id]
        gains = {event_id: APPLIED if applied else SAVED for _, event_id, applied in chosen}
        context = context_for(viewer_of(user, window.since), NO_FILTERS, statistics, horizon=window.horizon)
        seen = context.history.event_ids
        new = [index for index, candidate in enumerate(context.candidates) if candidate.event_id not in seen]
        candidates = [context.candidates[index] for index in new]
        ids = tuple(candidate.event_id for candidate in candidates)
        yield Example(
            user_id=user.pk,
            interests=frozenset(user.interests),
            seen=seen,
            has_history=bool(context.history.positives),
            event_ids=ids,
            organiser_ids=tuple(candidate.organiser_id for candidate in candidates),
            series=tuple(candidate.series for candidate in candidates),
            starts=tuple(candidate.start_at for candidate in candidates),
            features=feature_matrix(context)[new],
            gains=np.array([gains.get(event_id, 0) for event_id in ids], dtype=np.int8),
            applied=frozenset(event_id for _, event_id, applied in chosen if applied),
        )


@dataclass(frozen=True)
class InteractionMatrix:
    """The decayed weights of positive interactions by user and entity: float32[users, entities], sparse.

    A user's row sums up the events that have an entity. Users have no particular order. events: float32[entities], the
    events of an entity; trend: float32[entities], the sum of the weights of recent interactions.
    """

    index: dict[Key, int]
    weights: csr_matrix
    events: NDArray[np.float32]
    trend: NDArray[np.float32]


def interaction_matrix(cutoff: datetime) -> InteractionMatrix:
    """Return the matrix of all interactions before a cutoff."""
    import numpy as np
    from scipy.sparse import csr_matrix

    entities = _event_entities()
    trend = np.zeros(len(entities.index), np.float64)
    users = 0
    rows, columns, values = [np.zeros(0, np.int32)], [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
    for user_ids, event_ids, weights, recent in _positives(cutoff, entities.event_ids):
        columns_of_batch, of_which = entities.of(event_ids)
        # In the order of the rows: the order of a sum changes the last bits of floats.
        np.add.at(trend, columns_of_batch, recent[of_which])
        distinct, numbers = np.unique(user_ids, return_inverse=True)
        rows.append((users + numbers[of_which]).astype(np.int32))
        columns.append(columns_of_batch)
        values.append(weights[of_which].astype(np.float32))
        users += len(distinct)
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    matrix = csr_matrix(entries, shape=(users, len(entities.index)))
    events = np.bincount(entities.columns, minlength=len(entities.index)).astype(np.float32)
    return InteractionMatrix(entities.index, matrix, events, trend.astype(np.float32))


@dataclass(frozen=True)
class _EventEntities:
    """The entities of every event: those of event_ids[i], ascending, are columns[begins[i]:begins[i + 1]]."""

    index: dict[Key, int]
    event_ids: NDArray[np.int64]
    columns: NDArray[np.int32]
    begins: NDArray[np.int64]

    def of(self, event_ids: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the entities of events, one after the other, and for each the index of its event in `event_ids`."""
        import numpy as np

        positions = np.searchsorted(self.event_ids, event_ids)
        counts = self.begins[positions + 1] - self.begins[positions]
        of_which = np.repeat(np.arange(len(event_ids)), counts)
        before = np.cumsum(counts) - counts
        columns = self.begins[positions][of_which] + np.arange(len(of_which)) - before[of_which]
        return self.columns[columns], of_which


def _event_entities() -> _EventEntities:
    import numpy as np

    index: dict[Key, int] = {}
    event_ids: list[int] = []
    columns: list[int] = []
    begins = [0]
    titles = Event.objects.values("organiser_id", "title").annotate(number=Count("pk")).filter(number__gt=1)
    series = {series_key(*row) for row in titles.values_list("organiser_id", "title")}
    for event_id, organiser_id, venue, category, tags, title in _event_rows():
        keys: list[Key] = [("event", str(event_id))]
        if organiser_id is not None:
            keys.append(("organiser", str(organiser_id)))
        if (key := series_key(organiser_id, title)) in series:
            keys.append(("series", key))
        if venue:
            keys.append(("venue", venue))
        if category:
            keys.append(("category", category))
        keys.extend(("tag", tag) for tag in dict.fromkeys(tags))
        event_ids.append(event_id)
        columns.extend([index.setdefault(key, len(index)) for key in keys])
        begins.append(len(columns))
    return _EventEntities(index, np.array(event_ids, np.int64), np.array(columns, np.int32), np.array(begins, np.int64))


def _event_rows() -> Iterator[tuple[Any, ...]]:
    fields = ("pk", "organiser_id", "location_name", "category", "tags", "title")
    events = Event.objects.order_by("pk").values_list(*fields)
    after = 0
    while rows := list(events.filter(pk__gt=after)[:_EVENTS]):
        yield from rows
        after = rows[-1][0]


def _positives(cutoff: datetime, known: NDArray[np.int64]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Yield batches of users, events, weights and recent weights, by user and event, where the weight is positive."""
    import numpy as np

    parameters = {
        "cutoff": cutoff,
        "half_life": HALF_LIFE_DAYS * DAY_SECONDS,
        "recent_half_life": _TREND_HALF_LIFE_DAYS * DAY_SECONDS,
        "actions": list(WEIGHTS),
        "weights": list(WEIGHTS.values()),
        "rows": _USERS,
    }
    ids = User.objects.order_by("pk").values_list("pk", flat=True)
    after = 0
    while batch := list(ids.filter(pk__gt=after)[:_USERS]):
        after, before = batch[-1], after
        if rows := rows_of(_WEIGHTS, {**parameters, "after": before}):
            users, events, weights, recent = (np.array(column) for column in zip(*rows, strict=True))
            # An event may have been published since the events were read.
            positive = (weights > 0) & np.isin(events, known)
            yield users[positive], events[positive], weights[positive], recent[positive]

"""This file holds the examples that the re-ranker learns from: what people chose from past shortlists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from events.sql import rows_of
from recommendations.feed.viewer import Filters
from recommendations.hybrid.scene import Person
from recommendations.hybrid.scenes import scene_of
from recommendations.hybrid.shortlist import Moment
from recommendations.hybrid.signals import matrix_of
from recommendations.training.windows import Window
from users.models import User

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from recommendations.hybrid.knowledge import Knowledge

_SQL = (Path(__file__).resolve().parents[1] / "sql" / "choices.sql").read_text()
# How much a choice gains, by what it was.
APPLIED, SAVED = 3, 1


@dataclass(frozen=True)
class Example:
    """A person at a past moment: what was on the shortlist that they had not touched, and what they then chose.

    signals: float32[candidates, signals]; gains: int8[candidates], 0 for what was not chosen; event_ids, organiser_ids
    in the same order. `applied` are the events that they applied to, whether on the shortlist or not.
    """

    user_id: int
    interests: frozenset[str]
    touched: frozenset[int]
    with_past: bool
    event_ids: tuple[int, ...]
    organiser_ids: tuple[int | None, ...]
    signals: NDArray[np.float32]
    gains: NDArray[np.int8]
    applied: frozenset[int]


def examples_of(window: Window, knowledge: Knowledge, *, most: int, seed: int) -> Iterator[Example]:
    """Yield an example for each person who chose something new in a window, at most so many, drawn at random.

    `knowledge` must be learnt from what preceded the window. Interests and home are those of today.
    """
    import numpy as np

    rows = rows_of(_SQL, {"since": window.since, "until": window.until, "reach": window.reach})
    choosers = [(user_id, list(group)) for user_id, group in groupby(rows, key=lambda row: row[0])]
    if len(choosers) > most:
        choosers = sorted(Random(seed).sample(choosers, most))  # noqa: S311 (no secret)
    people = User.objects.in_bulk([user_id for user_id, _ in choosers])
    for user_id, chosen in choosers:
        user = people[user_id]
        gains = {event_id: APPLIED if applied else SAVED for _, event_id, applied in chosen}
        person = Person(user.pk, tuple(user.interests), user.latitude, user.longitude)
        moment = Moment(user.pk, window.since, Filters(), user.latitude, user.longitude, past=True, until=window.reach)
        scene = scene_of(person, moment, knowledge)
        touched = scene.past.event_ids()
        new = [place for place, found in enumerate(scene.found) if found.event_id not in touched]
        ids = tuple(scene.found[place].event_id for place in new)
        yield Example(
            user_id=user.pk,
            interests=frozenset(user.interests),
            touched=touched,
            with_past=bool(scene.past.liked),
            event_ids=ids,
            organiser_ids=tuple(scene.found[place].organiser_id for place in new),
            signals=matrix_of(scene)[new],
            gains=np.array([gains.get(event_id, 0) for event_id in ids], dtype=np.int8),
            applied=frozenset(event_id for _, event_id, applied in chosen if applied),
        )

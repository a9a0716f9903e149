"""This file holds all that the signals of a shortlist are computed from: who, what lies ahead, and what is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recommendations.hybrid.knowledge import Knowledge
    from recommendations.hybrid.past import Past
    from recommendations.hybrid.shortlist import Found

NAN = float("nan")
DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Person:
    """What a person has said of themself: interests, and a home in degrees, if they told it."""

    user_id: int
    interests: tuple[str, ...]
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Scene:
    """A person before a shortlist. `similarities`: cosines of the texts' vectors with the person's, by event id."""

    person: Person
    past: Past
    found: tuple[Found, ...]
    knowledge: Knowledge
    similarities: Mapping[int, float]

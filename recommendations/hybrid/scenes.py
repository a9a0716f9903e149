"""This file holds the way from a person at a moment to a shortlist with everything that the signals ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommendations.hybrid.collaborative import taste_of
from recommendations.hybrid.past import past_of
from recommendations.hybrid.scene import Person, Scene
from recommendations.hybrid.shortlist import Moment, shortlist_for
from recommendations.hybrid.similarity import similarities

if TYPE_CHECKING:
    from recommendations.hybrid.knowledge import Knowledge
    from recommendations.hybrid.past import Past

# Organisers whose events are looked at because people of the same taste choose them.
_KINDRED = 30


def scene_of(person: Person, moment: Moment, knowledge: Knowledge) -> Scene:
    """Return a person before the shortlist of a moment."""
    past = past_of(person.user_id, moment.now)
    organisers = (*_kindred(past, knowledge), *knowledge.trending)
    found = shortlist_for(moment, past, named=knowledge.popular, organisers=organisers)
    return Scene(person, past, found, knowledge, similarities(past, [event.event_id for event in found]))


def _kindred(past: Past, knowledge: Knowledge) -> tuple[int, ...]:
    """Return the organisers that suit the person's taste best, by the factorisation and by their neighbours."""
    import numpy as np

    taste = taste_of(past, knowledge)
    if taste is None:
        return ()
    names, rows = knowledge.organisers
    scores = knowledge.factors[rows] @ taste
    best = np.lexsort((rows, -scores))[:_KINDRED]
    return tuple(int(names[each]) for each in best)

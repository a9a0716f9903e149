"""This file holds the features: what a ranker knows of an event for a viewer."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Feature:
    """A value per event and viewer, which an event of a feed carries under this name. Each is one of a kind."""

    name: str
    help: str


INTEREST_MATCH = Feature("interest_match", "The category is among the viewer's interests.")
POPULARITY = Feature("interaction_count", "Interactions of every action by everybody.")
START = Feature("start_at", "When it starts.")
PERSONAL = Feature("personal", "The score by which it was put in order for this person, and what gave most of it.")

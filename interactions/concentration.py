"""Events whose interactions come from few people."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

_CONCENTRATION = (Path(__file__).resolve().parent / "sql" / "concentration.sql").read_text()

# One person's share of an event's interactions, and interactions for each person, from which on an event is named.
# Somebody who views, clicks, saves and applies makes four.
HIGH_PERCENT = 50
HIGH_PER_PERSON = 5


class TookTooLong(Exception):
    """Counting took longer than a statement may take. Choose a shorter window."""

    def __init__(self) -> None:
        """Say what the docstring says."""
        super().__init__(self.__doc__)


@dataclass(frozen=True)
class Concentration:
    """An event with few people behind its interactions, and the one of them who made most; the smaller id of equals."""

    event_id: int
    title: str
    interactions: int
    people: int
    busiest_id: int
    busiest: str
    busiest_interactions: int

    @property
    def per_person(self) -> float:
        """Return how many interactions there are for each person who made any, at least 1."""
        return self.interactions / self.people

    @property
    def busiest_percent(self) -> float:
        """Return the busiest person's share of the interactions, in (0, 100]."""
        return 100 * self.busiest_interactions / self.interactions


def concentrations(since: datetime, *, at_least: int, limit: int) -> list[Concentration]:
    """Return events with so many interactions since then, from few people; most interactions per person first.

    TookTooLong if the database ends the statement. A transaction of its own, so that an outer one survives that.
    """
    parameters: dict[str, Any] = {
        "since": since,
        "at_least": at_least,
        "percent": HIGH_PERCENT,
        "per_person": HIGH_PER_PERSON,
        "limit": limit,
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_CONCENTRATION, parameters)
            return [Concentration(*row) for row in cursor.fetchall()]
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise TookTooLong from error

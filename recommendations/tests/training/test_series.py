"""Tests of series: events of one organiser with the same title share their statistics."""

from datetime import timedelta

import pytest

from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction
from recommendations.hybrid.entity_statistics import series_key
from recommendations.tests.taste import NOW
from recommendations.training.models import learned_statistics
from users.tests.factories import UserFactory

_DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


def chosen_by(number, **fields):
    """Return an event that lay ahead some days ago, when so many people applied to it."""
    event = EventFactory(start_at=NOW - _DAY, status="COMPLETED", **fields)
    for _ in range(number):
        Interaction.objects.create(user=UserFactory(), event=event, action="APPLY", created_at=NOW - 9 * _DAY)
    return event


def test_a_new_event_of_a_series_has_what_is_known_of_those_before_it():
    club, other = OrganiserFactory(), OrganiserFactory()
    chosen_by(2, organiser=club, title="Run")
    chosen_by(1, organiser=club, title="Run")
    chosen_by(4, organiser=other, title="Run")
    EventFactory(organiser=club, title="Run", start_at=NOW + _DAY)

    statistics = learned_statistics(NOW, 1)

    row = statistics.row("series", series_key(club.pk, "Run"))
    assert (statistics.people[row], statistics.interactions[row], statistics.events[row]) == (3, 3, 3)
    assert statistics.factors[row].any()


def test_one_event_is_no_series():
    club = OrganiserFactory()
    chosen_by(2, organiser=club, title="Run")
    chosen_by(2, organiser=club, title="Walk")

    assert not [key for kind, key in learned_statistics(NOW, 1).index if kind == "series"]


def test_titles_of_any_length_have_a_key_that_can_be_kept():
    assert len(series_key(2**62, "x" * 255)) == 200

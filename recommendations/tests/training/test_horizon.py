"""Tests of the horizon of past moments: as far ahead as the calendar of today extends."""

from datetime import timedelta

import pytest

from events.models import Event
from events.tests.factories import EventFactory
from interactions.models import Interaction
from recommendations.tests.taste import NOW, world_with_taste
from recommendations.training.datasets import examples_of, windows_before
from recommendations.training.models import learned_statistics

_DAY = timedelta(days=1)


@pytest.fixture
def people(db):
    return world_with_taste(people=8)


def test_window_extends_as_far_ahead_as_the_calendar_does_today(people):
    ahead = Event.objects.filter(start_at__gt=NOW).count()

    for window in windows_before(NOW):
        within = Event.objects.filter(start_at__gt=NOW, start_at__lte=NOW + (window.horizon - window.since)).count()
        assert 0.9 < within / ahead < 1


def test_what_starts_beyond_it_is_no_past_candidate(people):
    for window in windows_before(NOW):
        beyond = set(Event.objects.filter(start_at__gt=window.horizon).values_list("pk", flat=True))
        assert beyond
        for example in examples_of(window, learned_statistics(window.since, 1), most=100, seed=1):
            assert not beyond & {*example.event_ids, *example.applied}


def test_whoever_chose_only_beyond_it_is_no_example(people):
    window = windows_before(NOW)[0]
    far = EventFactory(start_at=window.horizon + _DAY, status="OPEN")
    Interaction.objects.filter(user=people[0], created_at__gte=window.since).delete()
    Interaction.objects.create(user=people[0], event=far, action="APPLY", created_at=window.since + _DAY)
    statistics = learned_statistics(window.since, 1)

    assert people[0].pk not in {each.user_id for each in examples_of(window, statistics, most=100, seed=1)}


def test_one_event_years_ahead_changes_nothing(people):
    before = windows_before(NOW)
    EventFactory(start_at=NOW + 4_000 * _DAY, status="OPEN")

    assert windows_before(NOW)[0].horizon - before[0].horizon < 7 * _DAY


def test_without_anything_ahead_today_the_past_is_not_cut_off(people):
    Event.objects.filter(start_at__gt=NOW).update(status="CANCELLED")

    windows = windows_before(NOW + 60 * _DAY)

    assert all(window.horizon.year == 9999 for window in windows)

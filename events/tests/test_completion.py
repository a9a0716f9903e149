"""Tests of the completion of events that are over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command

from events.completion import complete_past_events
from events.models import Event
from events.tests.factories import EventFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_only_bookable_events_that_are_over_become_completed():
    over = EventFactory(start_at=NOW - timedelta(days=2))
    running = EventFactory(start_at=NOW - timedelta(hours=1), status="IN_PROGRESS")
    cancelled = EventFactory(start_at=NOW - timedelta(days=2), status="CANCELLED")

    number = complete_past_events(NOW)

    statuses = dict(Event.objects.values_list("pk", "status"))
    assert number == 1
    assert statuses == {over.pk: "COMPLETED", running.pk: "IN_PROGRESS", cancelled.pk: "CANCELLED"}


def test_command_tells_how_many(capsys):
    EventFactory(start_at=NOW - timedelta(days=2))

    call_command("complete_past_events")

    assert capsys.readouterr().out == "1 events completed.\n"

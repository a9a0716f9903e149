"""Tests of the times of events on the pages for people, for visitors elsewhere."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from events.tests.factories import EventFactory
from recommendations.addresses import event_path
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 20, 12, tzinfo=UTC)


@pytest.fixture
def browser():
    client = Client()
    client.force_login(UserFactory())
    client.cookies["zone"] = "America/New_York"
    return client


@pytest.mark.parametrize(
    ("start", "card"),
    [
        # Between the clock change of Lisbon and that of New York it is an hour less.
        (datetime(2026, 10, 24, 19, tzinfo=UTC), ["Saturday 20:00", "Lisbon · 15:00 your time"]),
        (datetime(2026, 10, 25, 20, tzinfo=UTC), ["Sunday 20:00", "Lisbon · 16:00 your time"]),
        (datetime(2026, 11, 1, 20, tzinfo=UTC), ["Sun 1 Nov, 20:00", "Lisbon · 15:00 your time"]),
    ],
)
def test_card_of_an_event_in_lisbon_for_a_visitor_in_new_york(browser, start, card):
    EventFactory(title="Fado", start_at=start, time_zone="Europe/Lisbon")

    with time_machine.travel(NOW, tick=False):
        page = browser.get("/search?q=fado").content.decode()

    assert re.findall(r'<time [^>]*>([^<]*)</time><span class="yours">([^<]*)</span>', page) == [tuple(card)]


def test_event_whose_zone_is_not_known_here_is_shown_in_the_visitors(browser):
    event = EventFactory(start_at=datetime(2026, 10, 25, 20, tzinfo=UTC), time_zone="Mars/Olympus")

    answer = browser.get(event_path(event.pk, event.title))

    assert answer.status_code == 200
    assert "Sunday 25 October 2026, 16:00" in answer.content.decode()

"""Tests of the facts of an event in words."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from events.models import Event
from recommendations.event_pages.words import audience_of, price_of, times_of

NEW_YORK = ZoneInfo("America/New_York")


def event_at(start, end=None, zone=None):
    return Event(start_at=start, end_at=end, time_zone=zone)


@pytest.mark.parametrize(
    ("event", "zone", "texts"),
    [
        (
            event_at(datetime(2026, 7, 1, 20, tzinfo=UTC), datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "Europe/Lisbon"),
            NEW_YORK,
            (
                "Wednesday 1 July 2026, 21:00 to 23:30",
                "Wednesday 1 July 2026, 16:00 to 18:30 in America/New_York",
            ),
        ),
        # In these weeks New York has summer time already, and Lisbon has not.
        (
            event_at(datetime(2026, 3, 10, 20, tzinfo=UTC), zone="Europe/Lisbon"),
            NEW_YORK,
            ("Tuesday 10 March 2026, 20:00", "Tuesday 10 March 2026, 16:00 in America/New_York"),
        ),
        # The clocks go back while it is on.
        (
            event_at(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC), "Europe/Lisbon"),
            ZoneInfo("Europe/London"),
            ("Saturday 24 October 2026, 23:00 to Sunday 25 October 2026, 02:00", ""),
        ),
        (
            event_at(datetime(2026, 7, 1, 20, tzinfo=UTC)),
            NEW_YORK,
            ("Wednesday 1 July 2026, 16:00", "Your time, America/New_York"),
        ),
    ],
)
def test_times_are_the_event_s_own_first(event, zone, texts):
    assert times_of(event, zone) == texts


@pytest.mark.parametrize(
    ("lowest", "highest", "currency", "text"),
    [
        (None, None, None, ""), (0, 0, None, "Free"), (None, 0, "EUR", "Free"), (0, None, None, "From 0"),
        ("12.50", "12.50", "EUR", "12.50 EUR"), (5, "12.50", "EUR", "5 to 12.50 EUR"), (1500, None, "EUR", "From 1,500 EUR"),
        (None, 9, "GBP", "Up to 9 GBP"),
    ],
)  # fmt: skip
def test_prices_in_words(lowest, highest, currency, text):
    low, high = (None if price is None else Decimal(price) for price in (lowest, highest))

    assert price_of(Event(price_min=low, price_max=high, currency=currency)) == text


@pytest.mark.parametrize(
    ("attendance", "age", "text"),
    [
        (None, None, ""),
        ("ONLINE", 16, "Online, from 16 years"),
        (None, 0, "All ages"),
        ("IN_PERSON", None, "In person"),
    ],
)
def test_audience_in_words(attendance, age, text):
    assert audience_of(Event(attendance=attendance, minimum_age=age)) == text

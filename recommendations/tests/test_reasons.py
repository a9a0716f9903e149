"""Tests of what people read of reasons."""

from datetime import datetime

import pytest

from events.tests.factories import EventFactory
from recommendations.feed.ranking import UPCOMING
from recommendations.feed.reasons import reason_texts, reasons_for


def reason(text, signal="peers"):
    return {"signal": signal, "text": text}


def test_people_read_three_reasons_none_twice_and_no_score():
    reasons = [
        reason("A score of 0.97 for you", "score"), reason("Of interest to 2 people"), reason("You chose the Club once"),
        reason("Of interest to 2 people", "people"), reason("Where you go anyway"), reason("Starts in 2 days"),
    ]  # fmt: skip

    assert reason_texts(reasons) == ["Of interest to 2 people", "You chose the Club once", "Where you go anyway"]


def test_fewer_reasons_are_all_read():
    assert reason_texts([reason("Starts in 2 days")]) == ["Starts in 2 days"]
    assert reason_texts([]) == []


@pytest.mark.parametrize(
    ("start", "text"),
    [
        ("2026-03-29T00:30", "Starts Sun 29 Mar 2026, 00:30 in Lisbon"),
        ("2026-03-29T01:30", "Starts Sun 29 Mar 2026, 02:30 in Lisbon"),
        ("2026-10-25T00:30", "Starts Sun 25 Oct 2026, 01:30 (UTC+1) in Lisbon"),
        ("2026-10-25T01:30", "Starts Sun 25 Oct 2026, 01:30 (UTC+0) in Lisbon"),
    ],
)
def test_start_is_shown_in_the_zone_of_the_event(start, text):
    event = EventFactory.build(start_at=datetime.fromisoformat(f"{start}Z"), time_zone="Europe/Lisbon")

    assert reasons_for(event, UPCOMING) == [{"signal": "start", "text": text, "startAt": event.start_at}]

"""Tests of the admin's page that says why an event is not in a feed."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from events.models import Event
from events.tests.factories import EventFactory
from interactions.models import Interaction
from interactions.tests.factories import InteractionFactory
from users.models import User

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def page_of(user):
    return f"/admin/recommendations/feed/{user.pk}/why-not/"


def test_why_not_tells_rules_and_a_change_that_was_tried(staff, ana):
    for event in EventFactory.create_batch(25, category="music"):
        InteractionFactory(event=event)
    event = EventFactory(title="Food fair", category="food", status="CANCELLED")
    before = (Interaction.objects.count(), list(User.objects.values_list("interests")), list(Event.objects.values()))

    page = staff.get(page_of(ana), {"event": event.pk})

    text = unescape(page.content.decode())
    shown = [
        "its status is CANCELLED, not OPEN or IN_PROGRESS",
        "With the status OPEN, with food among the interests and with 2 more interactions: place 1.",
        "This is computed by ranking with other values; nothing was written.",
    ]
    assert page.context["explanation"].change.position == 1
    assert [part for part in shown if part not in text] == []
    assert before == (
        Interaction.objects.count(), list(User.objects.values_list("interests")), list(Event.objects.values()),
    )  # fmt: skip


def test_why_not_tells_the_place(staff, ana):
    event = EventFactory(category="music")

    text = staff.get(page_of(ana), {"event": event.pk, "ranker": "popular"}).content.decode()

    assert [part in text for part in ("<strong>place 1</strong>", "That is on the first page of 20.")] == [True, True]


def test_why_not_tells_that_nothing_does(staff, ana):
    for event in EventFactory.create_batch(25, category="music"):
        InteractionFactory(event=event)

    page = staff.get(page_of(ana), {"event": EventFactory(start_at=NOW + timedelta(days=9_000)).pk})

    # Waiting would do; at this very moment it would not.
    assert page.context["explanation"].change.steps[0].kind == "clock"
    first = Event.objects.order_by("start_at", "pk").first()
    page = staff.get(page_of(ana), {"event": EventFactory(start_at=first.start_at).pk})
    assert "No change brings it onto the first page of 20" in page.content.decode()


def test_change_that_needs_many_rows_is_computed(staff, ana):
    for event in EventFactory.create_batch(25, category="music"):
        event.tally.__class__.objects.filter(event=event).update(interaction_count=5_000)
    event = EventFactory(category="music")

    page = staff.get(page_of(ana), {"event": event.pk})

    assert page.context["explanation"].change.steps[0].value == 5_001


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("event=0", 400, "Event: Ensure this value is greater than or equal to 1."),
        ("event=x", 400, "Event: Enter a whole number."),
        ("event=" + "9" * 30, 400, "Event: Ensure this value is less than or equal to 9223372036854775807."),
        ("event=9223372036854775807", 404, "There is no event 9223372036854775807."),
        ("event=1&now=never", 400, 'As of: "never" is not a time. Write 2026-05-17, 2026-05-17T19:00 or 2026-05-17T19:00+02:00.'),
        ("event=1&beside=popular", 400, "There is no parameter beside."),
    ],
)  # fmt: skip
def test_why_not_of_nonsense_is_refused(staff, ana, query, status, sentence):
    page = staff.get(f"{page_of(ana)}?{query}")

    assert (page.status_code, page.context["errors"]) == (status, [sentence])


def test_why_not_is_read_by_few_statements(staff, ana, django_assert_max_num_queries):
    for event in EventFactory.create_batch(25, category="music"):
        InteractionFactory(event=event)
    event = EventFactory(category="food")

    with django_assert_max_num_queries(11):  # session, staff, owner; transaction, event, dismissals, position, pages
        assert staff.get(page_of(ana), {"event": event.pk}).context["explanation"].change is not None

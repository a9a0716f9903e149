"""Tests of what the admin asks before a bulk change of status or a deletion, and of what these then do."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from events import completion
from events.models import Event
from events.tests.factories import EventFactory
from events.tests.staff import chosen, signed_in
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/events/event/"


@pytest.fixture
def clerk():
    return UserFactory(is_staff=True)


def confirmation(page):
    """Return the sentences of a confirmation page, and the form that says yes."""
    html = page.content.decode().split('id="content"')[1]
    sentences = [unescape(line) for line in re.findall("<li>(.*?)</li>", html.split("<h2>")[0])]
    fields = re.findall(r'<input type="hidden" name="(?!csrf)(.*?)" value="(.*?)">', html)
    return sentences, dict(fields) if "Yes, " in html else None


def test_bulk_cancellation_asks_with_numbers_and_skips_what_is_over(clerk):
    now = timezone.now()
    first, second = EventFactory.create_batch(2)
    EventFactory(title="Untouched")
    over = [
        EventFactory(status="COMPLETED", start_at=now - timedelta(days=3)),
        EventFactory(status="COMPLETED", start_at=now + timedelta(days=3)),
        EventFactory(start_at=now - timedelta(days=2)),
        EventFactory(start_at=now - timedelta(hours=2), end_at=now - timedelta(hours=1)),
    ]
    already = EventFactory(status="CANCELLED")
    ana, ben = UserFactory.create_batch(2)
    for event, user, action in (
        (first, ana, "SAVE"), (second, ana, "SAVE"), (second, ben, "SAVE"), (first, clerk, "VIEW"), (over[0], clerk, "SAVE"),
    ):  # fmt: skip
        InteractionFactory(event=event, user=user, action=action)
    before = dict(Event.objects.values_list("pk", "status"))
    client = signed_in(clerk, "view_event", "change_event")

    sentences, form = confirmation(client.post(LIST, chosen("set_cancelled", [first, second, *over, already])))
    untouched = dict(Event.objects.values_list("pk", "status"))
    page = client.post(LIST, form, follow=True)

    assert sentences == [
        "2 events will be set to Cancelled.", "2 people saved them.", "4 are over: skipped.",
        "1 is Cancelled already: skipped.",
    ]  # fmt: skip
    assert untouched == before
    assert dict(Event.objects.values_list("pk", "status")) == before | {first.pk: "CANCELLED", second.pk: "CANCELLED"}
    assert "2 of 7 events were set to Cancelled." in page.content.decode()
    assert [
        (entry.user, entry.object_id, entry.get_change_message()) for entry in LogEntry.objects.order_by("object_id")
    ] == [(clerk, str(event.pk), "Changed Status (now Cancelled).") for event in (first, second)]
    assert "Changed Status (now Cancelled)." in client.get(f"{LIST}{first.pk}/history/").content.decode()


@pytest.mark.parametrize(
    ("action", "sentences", "status"),
    [
        ("set_open", ["1 event will be set to Open.", "1 person saved it.", "1 is Open already: skipped."], "OPEN"),
        (
            "set_completed",
            ["2 events will be set to Completed.", "1 person saved them.", "1 of them has not started yet."],
            "COMPLETED",
        ),
    ],
)
def test_other_bulk_changes_ask_too(clerk, action, sentences, status):
    rows = [EventFactory(), EventFactory(status="CANCELLED", start_at=timezone.now() - timedelta(days=9))]
    InteractionFactory(event=rows[1], action="SAVE")
    client = signed_in(clerk, "view_event", "change_event")

    said, form = confirmation(client.post(LIST, chosen(action, rows)))
    client.post(LIST, form)

    assert said == sentences
    assert [*Event.objects.values_list("status", flat=True)] == [status] * 2


def test_events_that_change_are_named_the_first_twenty(clerk):
    now = timezone.now()
    events = [EventFactory(start_at=now + timedelta(days=day)) for day in range(1, 23)]
    EventFactory(title="Over", status="COMPLETED")

    page = signed_in(clerk, "view_event", "change_event").post(LIST, chosen("set_cancelled", Event.objects.all()))

    names = re.findall("<li>(.*?)</li>", page.content.decode().split("Events that change</h2>")[1].split("</ul>")[0])
    assert names == [*map(str, events[:20]), "and 2 more"]


def test_nothing_to_change_cannot_be_confirmed(clerk):
    page = signed_in(clerk, "view_event", "change_event").post(
        LIST, chosen("set_cancelled", [EventFactory(status="COMPLETED")])
    )

    assert confirmation(page) == (["0 events will be set to Cancelled.", "1 is over: skipped."], None)


def test_confirmed_are_the_events_that_were_named(clerk):
    first = EventFactory(title="Jazz")
    client = signed_in(clerk, "view_event", "change_event")

    _, form = confirmation(client.post(f"{LIST}?q=jazz", chosen("set_cancelled", [first], across=True)))
    added = EventFactory(title="Jazz, added meanwhile")
    client.post(f"{LIST}?q=jazz", form)

    assert dict(Event.objects.values_list("pk", "status")) == {first.pk: "CANCELLED", added.pk: "OPEN"}


def test_people_are_not_counted_among_very_many_interactions(clerk, monkeypatch):
    monkeypatch.setattr(completion, "_MOST_INTERACTIONS", 1)
    event = EventFactory()
    InteractionFactory.create_batch(2, event=event, action="SAVE")

    page = signed_in(clerk, "view_event", "change_event").post(LIST, chosen("set_cancelled", [event]))

    assert confirmation(page)[0] == [
        "1 event will be set to Cancelled.",
        "The people who saved them were not counted: the events have too many interactions.",
    ]


@pytest.mark.parametrize("confirmed", ["", "x", "9" * 30])
def test_bulk_change_needs_the_permission_and_has_a_limit(clerk, confirmed):
    start = timezone.now() + timedelta(days=1)
    Event.objects.bulk_create([Event(title="Jazz", start_at=start) for _ in range(1_001)])
    rows = Event.objects.order_by("pk")[:1]

    signed_in(clerk, "view_event").post(LIST, {**chosen("set_cancelled", rows), "confirmed": str(rows[0].pk)})
    client = signed_in(clerk, "view_event", "change_event")
    page = client.post(LIST, chosen("set_cancelled", rows, across=True), follow=True)
    client.post(LIST, {**chosen("set_cancelled", rows), "confirmed": confirmed}, follow=True)

    assert "At most 1,000 events at once: choose fewer. Nothing was changed." in page.content.decode()
    assert (Event.objects.filter(status="CANCELLED").count(), LogEntry.objects.count()) == (0, 0)


def test_deletion_of_events_names_the_interactions_that_go_with_them(clerk):
    first, second = EventFactory.create_batch(2)
    InteractionFactory.create_batch(3, event=first)
    InteractionFactory(event=second)
    client = signed_in(clerk, "view_event", "delete_event")

    one = client.get(f"{LIST}{first.pk}/delete/").content.decode()
    both = client.post(LIST, chosen("delete_selected", [first, second])).content.decode()

    assert ("<li>Interactions: 3</li>" in one, "<li>Interactions: 4</li>" in both) == (True, True)
    assert ("<li>Events: 1</li>" in one, "<li>Events: 2</li>" in both) == (True, True)


def test_deletion_of_people_names_the_interactions_that_go_with_them(clerk):
    ana, ben = UserFactory.create_batch(2)
    InteractionFactory.create_batch(3, user=ana)
    InteractionFactory(user=ben)
    client = signed_in(clerk, "view_user", "delete_user")

    one = client.get(f"/admin/users/user/{ana.pk}/delete/").content.decode()
    both = client.post("/admin/users/user/", chosen("delete_selected", [ana, ben])).content.decode()

    assert ("<li>Interactions: 3</li>" in one, "<li>Interactions: 4</li>" in both) == (True, True)

"""Tests of the list of what was saved, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from events.models import Event
from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)
# Before and after every change of a test, which carries the server's own time.
EARLIER, LATER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def client(api_of, ana):
    with time_machine.travel(NOW, tick=False):
        yield api_of(ana)


def saved(user, *, at=EARLIER, **values):
    event = EventFactory(**values)
    InteractionFactory(user=user, event=event, action="SAVE", created_at=at)
    return event


def test_saved_events_by_date_with_what_became_of_them(client, ana):
    past = saved(ana, start_at=NOW - 2 * A_DAY)
    running = saved(ana, start_at=NOW - timedelta(hours=1))
    cancelled, moved, kept = (saved(ana, start_at=NOW + day * A_DAY) for day in (1, 2, 3))
    saved_again = saved(ana, start_at=NOW + 4 * A_DAY)
    InteractionFactory(user=ana, event=saved_again, action="SAVE", created_at=LATER)
    InteractionFactory(event=EventFactory(), action="SAVE")
    InteractionFactory(user=ana, event=EventFactory(), action="APPLY")
    Event.objects.filter(pk=cancelled.pk).update(status="CANCELLED")
    Event.objects.filter(pk__in=[moved.pk, saved_again.pk]).update(location_name="Elsewhere")

    rows = client.get("/users/me/saved").json()["results"]

    events = [past, running, cancelled, moved, kept, saved_again]
    assert [row["event"]["id"] for row in rows] == [event.pk for event in events]
    marks = [tuple(name for name in ("past", "cancelled", "changed") if row[name]) for row in rows]
    assert marks == [("past",), (), ("cancelled", "changed"), ("changed",), (), ()]
    assert [row["savedAt"] for row in rows] == ["2000-01-01T00:00:00Z"] * 5 + ["2100-01-01T00:00:00Z"]
    assert rows[0]["event"] == client.get(f"/events/{past.pk}").json()


def test_upcoming_and_past_are_asked_for_page_by_page(client, ana, api_of):
    past = [saved(ana, start_at=NOW - day * A_DAY) for day in (2, 3, 4)]
    ahead = [saved(ana, start_at=NOW + day * A_DAY) for day in (1, 2, 3)]
    completed = saved(ana, start_at=NOW - timedelta(hours=3), status="COMPLETED")

    def ids(when):
        address, result = f"/users/me/saved?limit=2&when={when}", []
        while address:
            page = client.get(address).json()
            result += [row["event"]["id"] for row in page["results"]]
            address = page["next"]
        return result

    assert ids("upcoming") == [event.pk for event in ahead]
    assert ids("past") == [event.pk for event in (completed, *past)]
    following = client.get("/users/me/saved?limit=2").json()["next"]
    assert api_of(UserFactory()).get(following).status_code == 400
    assert client.get("/users/me/saved?when=soon").json()["errors"] == {"when": ["Choose one of: upcoming, past."]}


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_queries(client, ana, django_assert_num_queries, rows):
    for _ in range(rows):
        saved(ana, start_at=NOW + A_DAY)

    with django_assert_num_queries(1):  # the page, with what became of each
        assert len(client.get("/users/me/saved?limit=100").json()["results"]) == rows

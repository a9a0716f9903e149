"""Tests of the own interactions over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from events.tests.factories import EventFactory
from interactions.models import Interaction, Tally
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


@pytest.mark.parametrize("action", ["VIEW", "SAVE", "CLICK", "APPLY", "DISMISS"])
def test_recorded_for_who_is_signed_in(client, ana, action):
    event = EventFactory(start_at=timezone.now() - timedelta(days=9), status="COMPLETED")

    answer = client.post("/interactions", {"eventId": event.pk, "action": action})

    row = Interaction.objects.get()
    body = answer.json()
    assert answer.status_code == 201
    assert (row.user, row.event, row.action) == (ana, event, action)
    assert {**body, "createdAt": parse_datetime(body["createdAt"])} == {
        "id": row.pk, "eventId": event.pk, "action": action, "createdAt": row.created_at,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"action": "VIEW"}, "eventId"), ({"eventId": "1", "action": "VIEW"}, "eventId"), ({"eventId": 1.5, "action": "VIEW"}, "eventId"),
        ({"eventId": True, "action": "VIEW"}, "eventId"), ({"eventId": -1, "action": "VIEW"}, "eventId"),
        ({"eventId": 2**63, "action": "VIEW"}, "eventId"), ({"eventId": None, "action": "VIEW"}, "eventId"),
        ({"eventId": 1, "action": "view"}, "action"), ({"eventId": 1, "action": "LIKE"}, "action"), ({"eventId": 1}, "action"),
        ({"eventId": 1, "action": "VIEW", "user": 2}, "user"), ({"eventId": 1, "action": "VIEW", "createdAt": "2026-01-01"}, "createdAt"),
    ],
)  # fmt: skip
def test_bad_interaction_is_named_and_not_recorded(client, sent, field):
    EventFactory(pk=1)

    answer = client.post("/interactions", sent)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert Interaction.objects.count() == 0


def test_unknown_event_is_a_404(client):
    answer = client.post("/interactions", {"eventId": 123_456, "action": "VIEW"})

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no event with this id.")


@pytest.mark.parametrize(("path", "action", "other"), [("dismissals", "DISMISS", "SAVE"), ("saves", "SAVE", "DISMISS")])
def test_taking_back_deletes_all_own_of_that_event_and_action(client, ana, path, action, other):
    event, elsewhere = EventFactory(), EventFactory()
    InteractionFactory.create_batch(2, user=ana, event=event, action=action)
    kept = {
        InteractionFactory(user=ana, event=event, action=other),
        InteractionFactory(user=ana, event=elsewhere, action=action),
        InteractionFactory(event=event, action=action),
    }

    answer = client.delete(f"/interactions/{path}/{event.pk}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert set(Interaction.objects.all()) == kept
    assert Tally.objects.get(event=event).interaction_count == 2
    assert client.delete(f"/interactions/{path}/{event.pk}").status_code == 204


@pytest.mark.parametrize("event_id", ["123456", "9" * 19, "9" * 40])
def test_taking_back_from_an_unknown_event(client, event_id):
    assert client.delete(f"/interactions/dismissals/{event_id}").status_code == 404


def test_own_newest_first_page_by_page(client, ana):
    events = EventFactory.create_batch(3)
    old = InteractionFactory(user=ana, event=events[0], created_at=NOW, action="SAVE")
    new = InteractionFactory(user=ana, event=events[1], created_at=NOW + timedelta(days=1))
    same = InteractionFactory(user=ana, event=events[2], created_at=NOW + timedelta(days=1), action="SAVE")
    InteractionFactory(event=events[0])

    first = client.get("/interactions?limit=2").json()
    second = client.get(first["next"]).json()

    assert [row["id"] for row in first["results"]] == [same.pk, new.pk]
    assert second["results"] == [
        {"id": old.pk, "eventId": events[0].pk, "action": "SAVE", "createdAt": "2026-05-01T12:00:00Z"}
    ]
    assert second["next"] is None
    assert [row["id"] for row in client.get("/interactions?action=SAVE").json()["results"]] == [same.pk, old.pk]


def test_cursor_of_another_user_is_refused(client, ana, api_of):
    InteractionFactory.create_batch(2, user=ana)
    address = client.get("/interactions?limit=1").json()["next"]

    assert client.get(address).status_code == 200
    assert api_of(UserFactory()).get(address).status_code == 400


def test_nobody_is_asked_to_sign_in(api_of):
    assert api_of().post("/interactions", {"eventId": 1, "action": "VIEW"}).status_code == 401


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_queries(client, ana, django_assert_num_queries, rows):
    event = EventFactory()
    InteractionFactory.create_batch(rows, user=ana, event=event, action="SAVE")

    with django_assert_num_queries(1):  # own interactions
        client.get("/interactions?limit=100")
    # the rate limit; SAVEPOINT (outside of a test BEGIN); lock the user; own visits of the event; INSERT; RELEASE
    with django_assert_num_queries(6):
        client.post("/interactions", {"eventId": event.pk, "action": "VIEW"})
    # the same with what stands, and without INSERT: the event is saved already
    with django_assert_num_queries(5):
        client.post("/interactions", {"eventId": event.pk, "action": "SAVE"})
    with django_assert_num_queries(2):  # is there such an event; DELETE
        client.delete(f"/interactions/saves/{event.pk}")


def test_save_is_put_once(client, ana):
    event = EventFactory(start_at=timezone.now() - timedelta(days=9), status="COMPLETED")

    answers = [client.put(f"/interactions/saves/{event.pk}", body) for body in (None, {}, None)]

    row = Interaction.objects.get()
    assert (row.user, row.event, row.action) == (ana, event, "SAVE")
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert [answer.json()["id"] for answer in answers] == [row.pk] * 3
    assert client.delete(f"/interactions/saves/{event.pk}").status_code == 204
    assert client.put(f"/interactions/saves/{event.pk}").status_code == 201


@pytest.mark.parametrize("event_id", ["123456", "9" * 19, "9" * 40])
def test_save_of_an_unknown_event(client, event_id):
    assert client.put(f"/interactions/saves/{event_id}").status_code == 404


def test_save_takes_no_body_and_no_parameters(client):
    event = EventFactory()

    answers = [
        client.put(f"/interactions/saves/{event.pk}", {"at": 1}),
        client.put(f"/interactions/saves/{event.pk}?x=1"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert Interaction.objects.count() == 0


def test_saves_count_as_interactions_a_minute(client, settings):
    settings.INTERACTIONS_PER_MINUTE = 1
    event = EventFactory()

    assert [client.put(f"/interactions/saves/{event.pk}").status_code for _ in range(2)] == [201, 429]


@pytest.mark.parametrize("path", ["/events/{}", "/events?ids={}", "/recommendations", "/recommendations/upcoming"])
def test_events_tell_what_the_viewer_did_with_them(client, ana, api_of, path):
    event = EventFactory()
    InteractionFactory(event=event, action="SAVE")
    InteractionFactory(event=event, action="DISMISS")

    def viewer(client):
        answer = client.get(path.format(event.pk)).json()
        shown = answer["results"][0] if "results" in answer else answer
        return shown.get("event", shown)["viewer"]

    assert viewer(client) == {"saved": False, "applied": False, "dismissed": False}
    InteractionFactory.create_batch(2, user=ana, event=event, action="SAVE")
    InteractionFactory(user=ana, event=event, action="VIEW")
    assert viewer(client) == {"saved": True, "applied": False, "dismissed": False}
    InteractionFactory(user=ana, event=event, action="APPLY")
    assert viewer(client) == {"saved": True, "applied": True, "dismissed": False}
    assert viewer(api_of(UserFactory())) == {"saved": False, "applied": False, "dismissed": False}


def test_dismissed_event_tells_so(client, ana):
    event = EventFactory()
    InteractionFactory(user=ana, event=event, action="DISMISS")

    assert client.get(f"/events/{event.pk}").json()["viewer"] == {"saved": False, "applied": False, "dismissed": True}


def test_visitor_has_done_nothing(api_of, settings):
    settings.PUBLIC_BROWSING = True
    event = EventFactory()

    assert api_of().get(f"/events/{event.pk}").json()["viewer"] is None

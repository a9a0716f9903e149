"""Tests of the rule that one visit is one interaction."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from events.tests.factories import EventFactory
from interactions.models import Interaction, Tally
from interactions.recount import miscounts
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
MOMENT = timedelta(microseconds=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def send(client, event, action, **headers):
    answer = client.post("/interactions", {"eventId": event.pk, "action": action}, headers=headers)
    return answer.status_code, answer.json()["id"]


def send_batch(client, *wanted):
    sent = [{"eventId": event.pk, "action": action, "createdAt": at.isoformat()} for event, action, at in wanted]
    answer = client.post("/interactions/batch", {"interactions": sent})
    assert answer.status_code == 201
    return [row["id"] for row in answer.json()["results"]]


@pytest.mark.parametrize("action", ["VIEW", "CLICK"])
def test_a_visit_lasts_half_an_hour(client, clock, action):
    event = EventFactory()
    answers = [send(client, event, action)]
    for later in (MOMENT, HALF_HOUR - MOMENT, HALF_HOUR):
        clock.move_to(NOW + later)
        answers.append(send(client, event, action))

    first, second = Interaction.objects.order_by("pk").values_list("pk", flat=True)
    assert answers == [(201, first), (200, first), (200, first), (201, second)]
    assert Tally.objects.get().interaction_count == 2


def test_the_answer_is_the_existing_row(client, clock):
    event = EventFactory()
    first = client.post("/interactions", {"eventId": event.pk, "action": "VIEW"}).json()
    clock.move_to(NOW + timedelta(minutes=5))

    second = client.post("/interactions", {"eventId": event.pk, "action": "VIEW"})

    assert (second.status_code, second.json()) == (200, first)
    assert parse_datetime(first["createdAt"]) == NOW


@pytest.mark.parametrize("action", ["SAVE", "APPLY", "DISMISS"])
def test_what_stands_is_not_recorded_again(client, clock, action):
    event = EventFactory()
    status, row = send(client, event, action)
    clock.move_to(NOW + timedelta(days=400))

    assert (status, *send(client, event, action)) == (201, 200, row)
    assert Tally.objects.get().interaction_count == 1


def test_other_actions_events_and_users_are_other_visits(client, api_of):
    event = EventFactory()
    answers = [send(client, event, action) for action in Interaction.Action.values]
    answers += [send(client, EventFactory(), "VIEW"), send(api_of(UserFactory()), event, "VIEW")]

    assert [status for status, _ in answers] == [201] * 7
    assert len({row for _, row in answers}) == 7


@pytest.mark.parametrize(("path", "action"), [("saves", "SAVE"), ("dismissals", "DISMISS")])
def test_what_was_undone_is_recorded_again(client, path, action):
    event = EventFactory()
    first = send(client, event, action)
    client.delete(f"/interactions/{path}/{event.pk}")
    second, third = send(client, event, action), send(client, event, action)

    assert [first[0], second[0], third[0]] == [201, 201, 200]
    assert second[1] == third[1] != first[1]
    assert Tally.objects.get().interaction_count == 1


def test_rows_of_sql_may_repeat_and_the_nearest_is_the_answer(client, ana, clock):
    event = EventFactory()
    minutes = (-40, -29, -10, 12, 12)
    rows = [
        InteractionFactory(user=ana, event=event, created_at=NOW + timedelta(minutes=minute)).pk for minute in minutes
    ]

    assert send(client, event, "VIEW") == (200, rows[2])
    assert Tally.objects.get().interaction_count == len(rows)


def test_a_batch_in_any_order_is_recorded_as_its_interactions_one_after_the_other(client, ana, clock):
    event, other = EventFactory.create_batch(2)
    stored = InteractionFactory(user=ana, event=event, created_at=NOW - timedelta(days=1)).pk

    def at(minutes):
        return NOW - timedelta(days=1, minutes=minutes)

    answered = send_batch(
        client,
        (event, "VIEW", at(90)),
        (event, "VIEW", at(29)),  # less than half an hour before the stored row
        (event, "SAVE", at(10)),
        (event, "VIEW", at(130)),
        (event, "VIEW", at(111)),  # nearer to 130 than to 90
        (event, "VIEW", at(60)),  # exactly half an hour from 90
        (other, "VIEW", at(90)),
        (event, "SAVE", at(500)),
        (event, "VIEW", at(109)),  # nearer to 90 than to 130
    )

    new = list(Interaction.objects.exclude(pk=stored).order_by("pk").values_list("pk", flat=True))
    assert answered == [new[0], stored, new[1], new[2], new[2], new[3], new[4], new[1], new[0]]
    assert dict(Tally.objects.values_list("event", "interaction_count")) == {event.pk: 5, other.pk: 1}


def test_three_batches_of_a_hundred_views_count_once(client):
    event = EventFactory()
    for _ in range(3):
        client.post("/interactions/batch", {"interactions": [{"eventId": event.pk, "action": "VIEW"}] * 100})

    assert Tally.objects.get().interaction_count == 1


def test_a_replay_has_the_status_and_body_of_the_first_answer(client):
    event = EventFactory()
    first = client.post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers={"Idempotency-Key": "first"})
    again = [
        client.post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers={"Idempotency-Key": key})
        for key in ("second", "second", "first")
    ]
    client.delete(f"/interactions/saves/{event.pk}")
    again += [
        client.post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers={"Idempotency-Key": key})
        for key in ("second", "first")
    ]

    assert first.status_code == 201
    assert [(answer.status_code, answer.headers.get("Idempotency-Replayed")) for answer in again] == [
        (200, None), (200, "true"), (201, "true"), (200, "true"), (201, "true"),
    ]  # fmt: skip
    assert [answer.json() for answer in again] == [first.json()] * 5
    assert Interaction.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["VIEW", "SAVE"])
def test_twenty_equal_requests_at_once_make_one_row(api_of, ana, action):
    event = EventFactory()
    together = threading.Barrier(20)
    answers = []

    def ask() -> None:
        together.wait()
        answers.append(send(api_of(ana), event, action))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    row = Interaction.objects.get().pk
    assert sorted(answers) == [(200, row)] * 19 + [(201, row)]
    assert Tally.objects.get().interaction_count == 1


def test_standing_interactions_are_read_by_their_index(ana):
    InteractionFactory(user=ana, action="SAVE")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    own = Interaction.objects.of(ana).standing().filter(event_id__in=[1, 2])

    assert "Index Scan using own_standing" in own.explain()


class _UndoneError(Exception):
    """Ends an example: what it did is rolled back."""


MINUTES = st.sampled_from([0, 1, 15, 29, 30, 31, 45, 59, 60, 61, 90])
WANTED = st.tuples(st.integers(0, 1), st.sampled_from(Interaction.Action.values), MINUTES)
STEPS = st.one_of(
    st.tuples(st.just("post"), WANTED),
    st.tuples(st.just("batch"), st.lists(WANTED, min_size=1, max_size=8)),
    st.tuples(st.just("sql"), WANTED),
    st.tuples(st.just("undo"), st.tuples(st.integers(0, 1), st.sampled_from(["SAVE", "DISMISS"]))),
)


class Oracle:
    """The rule in plain Python, over the rows of one user: [id, event, action, minute]."""

    def __init__(self):
        self.rows = []

    def same_visit(self, event, action, minute):
        """Return the row that this would repeat, the nearest and then the oldest, or None."""
        same = [row for row in self.rows if row[1:3] == [event, action]]
        if action in ("VIEW", "CLICK"):
            same = [row for row in same if -30 < row[3] - minute < 30]
        return sorted(same, key=lambda row: abs(row[3] - minute))[0] if same else None

    def record(self, event, action, minute):
        """Return the row, and whether it is new; the id of a new one is filled in later."""
        row = self.same_visit(event, action, minute)
        if row is not None:
            return row, False
        self.rows.append([None, event, action, minute])
        return self.rows[-1], True


@pytest.fixture
def no_limit(settings):
    """No limit on interactions. Set once: each example that set it would be one more layer of Django's settings."""
    settings.INTERACTIONS_PER_MINUTE = 0


@pytest.mark.property
@given(steps=st.lists(STEPS, max_size=12))
def test_interactions_are_what_the_oracle_says(no_limit, steps):
    with pytest.raises(_UndoneError), transaction.atomic():
        events, user, oracle = EventFactory.create_batch(2), UserFactory(), Oracle()
        client = APIClient()
        client.force_authenticate(user)
        for kind, what in steps:
            if kind == "undo":
                event, action = what
                client.delete(f"/interactions/{action.lower().replace('miss', 'missal')}s/{events[event].pk}")
                oracle.rows = [row for row in oracle.rows if row[1:3] != [event, action]]
            elif kind == "sql":
                event, action, minute = what
                at = NOW + timedelta(minutes=minute)
                row = InteractionFactory(user=user, event=events[event], action=action, created_at=at)
                oracle.rows.append([row.pk, event, action, minute])
            elif kind == "post":
                event, action, minute = what
                row, is_new = oracle.record(event, action, minute)
                with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
                    status, pk = send(client, events[event], action)
                assert status == (201 if is_new else 200)
                assert pk == (row[0] or pk)
                row[0] = pk
            else:
                expected = [oracle.record(*one)[0] for one in what]
                wanted = [(events[event], action, NOW + timedelta(minutes=minute)) for event, action, minute in what]
                with time_machine.travel(NOW + timedelta(days=1), tick=False):
                    answered = send_batch(client, *wanted)
                for row, pk in zip(expected, answered, strict=True):
                    row[0] = row[0] or pk
                assert answered == [row[0] for row in expected]
        stored = Interaction.objects.of(user).order_by("pk").values_list("pk", "event", "action", "created_at")
        assert list(stored) == [
            (pk, events[event].pk, action, NOW + timedelta(minutes=minute))
            for pk, event, action, minute in sorted(oracle.rows)
        ]
        assert miscounts() == []
        raise _UndoneError


def test_the_time_is_that_of_the_request(client):
    before = timezone.now()
    send(client, EventFactory(), "VIEW")

    assert before <= Interaction.objects.get().created_at <= timezone.now()

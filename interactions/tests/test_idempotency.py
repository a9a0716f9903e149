"""Tests of requests that are sent again, and of batches."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from events.tests.factories import EventFactory
from interactions.idempotency import BadIdempotencyKey, expired_by, key_of
from interactions.models import IdempotencyKey, Interaction, Tally
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (None, None),
        ("a", "a"),
        ('"a b"', "a b"),
        (" a ", "a"),
        ("a" * 255, "a" * 255),
        ('"' + "a" * 255 + '"', "a" * 255),
    ],
)
def test_key_is_bare_or_quoted(header, key):
    assert key_of(header) == key


@pytest.mark.parametrize("header", ["", " ", '""', '"a', 'a"', "a b", "é", "a\x00", "a" * 256, '"a"b"'])
def test_malformed_key_is_refused(header):
    with pytest.raises(BadIdempotencyKey):
        key_of(header)


def test_repeated_request_is_recorded_once_and_answered_alike(client):
    event = EventFactory()
    answers = [client.post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers=KEY) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [answer.json() for answer in answers[1:]] == [answers[0].json()] * 2
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true", "true"]
    assert (Interaction.objects.count(), Tally.objects.get().interaction_count) == (1, 1)


def test_key_of_another_request_is_refused_and_records_nothing(client):
    event = EventFactory()
    client.post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers=KEY)

    answer = client.post("/interactions", {"eventId": event.pk, "action": "VIEW"}, headers=KEY)

    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")
    assert list(Interaction.objects.values_list("action", flat=True)) == ["SAVE"]


def test_keys_of_two_people_are_two_keys(api_of, client):
    event = EventFactory()
    for one in (client, api_of(UserFactory())):
        one.post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers=KEY)

    assert Interaction.objects.count() == 2


def test_key_of_a_request_that_failed_may_be_used_again(client):
    assert client.post("/interactions", {"eventId": 404_404, "action": "SAVE"}, headers=KEY).status_code == 404
    event = EventFactory()

    assert client.post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers=KEY).status_code == 201


def test_bad_key_is_named(client):
    answer = client.post(
        "/interactions", {"eventId": EventFactory().pk, "action": "SAVE"}, headers={"Idempotency-Key": "é"}
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])
    assert Interaction.objects.count() == 0


def test_batch_is_recorded_in_its_order_with_its_times(client, ana):
    first, second = EventFactory(), EventFactory()
    sent = [
        {"eventId": second.pk, "action": "VIEW", "createdAt": (timezone.now() - timedelta(days=2)).isoformat()},
        {"eventId": 404_404, "action": "VIEW"},
        {"eventId": first.pk, "action": "SAVE"},
        {"eventId": 404_404, "action": "SAVE"},
    ]

    answer = client.post("/interactions/batch", {"interactions": sent})

    rows = list(Interaction.objects.order_by("pk"))
    body = answer.json()
    assert answer.status_code == 201
    assert [(row.event, row.action, row.user) for row in rows] == [(second, "VIEW", ana), (first, "SAVE", ana)]
    assert rows[0].created_at == parse_datetime(sent[0]["createdAt"])
    assert [one["id"] for one in body["results"]] == [row.pk for row in rows]
    assert body["unknownEventIds"] == [404_404]


def test_batch_sent_again_adds_nothing(client):
    event = EventFactory()
    sent = {"interactions": [{"eventId": event.pk, "action": action} for action in ("VIEW", "SAVE")]}

    first, second = (client.post("/interactions/batch", sent, headers=KEY) for _ in range(2))

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert (Interaction.objects.count(), Tally.objects.get().interaction_count) == (2, 2)


def test_one_malformed_interaction_refuses_the_batch(client):
    event = EventFactory()
    old, ahead = ((timezone.now() + timedelta(days=days)).isoformat() for days in (-31, 1))
    sent = [
        {"eventId": event.pk, "action": "VIEW"},
        {"eventId": event.pk, "action": "VIEW", "createdAt": old},
        {"eventId": event.pk, "action": "VIEW", "createdAt": ahead},
    ]

    answer = client.post("/interactions/batch", {"interactions": sent})

    assert list(answer.json()["errors"]) == ["interactions.1.createdAt", "interactions.2.createdAt"]
    assert (answer.status_code, Interaction.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, ["interactions"]), ({"interactions": []}, ["interactions"]), ({"interactions": {}}, ["interactions"]),
        ({"interactions": [1]}, ["interactions.0"]), ({"interactions": [{"eventId": 1, "action": "VIEW"}] * 101}, ["interactions"]),
        ({"interactions": [{"eventId": 1, "action": "VIEW", "user": 1}]}, ["interactions.0.user"]),
    ],
)  # fmt: skip
def test_bad_batch_is_named(client, sent, fields):
    answer = client.post("/interactions/batch", sent)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, fields)


def test_too_many_interactions_are_refused_until_later(client, settings):
    settings.INTERACTIONS_PER_MINUTE = 3
    sent = {"eventId": EventFactory().pk, "action": "VIEW"}

    answers = [client.post("/interactions", sent) for _ in range(4)]
    batch = client.post("/interactions/batch", {"interactions": [sent]})

    assert [answer.status_code for answer in (*answers, batch)] == [201, 200, 200, 429, 429]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 20
    assert Interaction.objects.count() == 1


def test_old_keys_expire():
    old, _ = (IdempotencyKey.objects.create(user=UserFactory(), key="a", fingerprint="f", answer={}) for _ in range(2))
    IdempotencyKey.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=2))

    assert list(expired_by(timezone.now())) == [old]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_recorded(api_of, ana):
    event = EventFactory()
    together = threading.Barrier(4)
    answers = []

    def send() -> None:
        together.wait()
        answers.append(api_of(ana).post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers=KEY))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(201, Interaction.objects.get().pk)}


def test_deleted_user_takes_interactions_keys_and_counts_along(client, ana):
    event = EventFactory()
    client.post("/interactions", {"eventId": event.pk, "action": "SAVE"}, headers=KEY)

    User.objects.filter(pk=ana.pk).delete()

    left = (Interaction.objects.count(), IdempotencyKey.objects.count(), Tally.objects.get().interaction_count)
    assert left == (0, 0, 0)

"""Tests of the feed over HTTP: its form, its parameters, its statements."""

from datetime import timedelta

import pytest
from django.core.signing import Signer
from knox.models import AuthToken

from events.tests.factories import EventFactory, OrganiserFactory
from interactions.tests.factories import InteractionFactory
from recommendations.tests.worlds import NOW
from users.models import User
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]


@pytest.fixture
def ana():
    return UserFactory(interests=["music"])


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


def titles(answer):
    return [result["event"]["title"] for result in answer.json()["results"]]


def test_page_is_the_contract(client):
    event = EventFactory(title="Jazz", category="music", start_at=NOW + timedelta(days=1))
    InteractionFactory.create_batch(2, event=event)

    answer = client.get("/recommendations")

    assert answer.json() == {
        "ranker": "heuristic",
        "personalRanking": True,
        "next": None,
        "results": [
            {
                "event": client.get(f"/events/{event.pk}").json(),
                "reasons": [
                    {"signal": "interest", "text": "Music is one of your interests", "category": "music"},
                    {"signal": "popularity", "text": "2 interactions so far", "interactionCount": 2},
                    {"signal": "start", "text": "Starts Sat 2 May 2026, 12:00 UTC", "startAt": "2026-05-02T12:00:00Z"},
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "New: nobody has interacted with it yet"), (1, "1 interaction so far"), (1_234, "1,234 interactions so far")],
)
def test_popularity_in_words(client, count, text):
    event = EventFactory()
    event.tally.__class__.objects.update(interaction_count=count)

    [result] = client.get("/recommendations").json()["results"]

    assert result["reasons"][0] == {"signal": "popularity", "text": text, "interactionCount": count}


@pytest.mark.parametrize(
    ("path", "ranker", "order", "signals"),
    [
        ("/recommendations", "heuristic", ["match", "popular", "soon"], {"interest", "popularity", "start"}),
        (
            "/recommendations?ranker=heuristic",
            "heuristic",
            ["match", "popular", "soon"],
            {"interest", "popularity", "start"},
        ),
        ("/recommendations?ranker=popular", "popular", ["popular", "soon", "match"], {"popularity", "start"}),
        ("/recommendations/popular", "popular", ["popular", "soon", "match"], {"popularity", "start"}),
        ("/recommendations/upcoming", "upcoming", ["soon", "match", "popular"], {"start"}),
    ],
)
def test_sections_and_rankers(client, path, ranker, order, signals):
    EventFactory(title="match", category="music", start_at=NOW + timedelta(days=2))
    InteractionFactory(event=EventFactory(title="popular", start_at=NOW + timedelta(days=3)))
    EventFactory(title="soon", start_at=NOW + timedelta(days=1))

    answer = client.get(path)

    assert (answer.json()["ranker"], titles(answer)) == (ranker, order)
    assert {reason["signal"] for result in answer.json()["results"] for reason in result["reasons"]} == signals


@pytest.mark.parametrize("path", ["/recommendations", "/recommendations/popular", "/recommendations/upcoming"])
def test_filters(client, path):
    EventFactory(title="gig", type="GIG", category="music")
    EventFactory(title="food", category="food")

    assert titles(client.get(f"{path}?type=GIG")) == ["gig"]
    assert titles(client.get(f"{path}?category=FOOD")) == ["food"]
    assert titles(client.get(f"{path}?category=food&type=GIG")) == []


@pytest.mark.parametrize("path", ["/recommendations", "/recommendations/popular", "/recommendations/upcoming"])
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=-1", "limit"), ("limit=two", "limit"), ("limit=", "limit"),
        ("limit=5&limit=5", "limit"), ("limit=2.0", "limit"), ("limit=%D9%A3", "limit"), ("limit=" + "9" * 5_000, "limit"),
        ("type=", "type"), ("type=gig", "type"), ("category=knitting", "category"), ("cursor=", "cursor"),
        ("cursor=garbage", "cursor"), ("cursor=a:b:c", "cursor"), ("cursor=%00", "cursor"), ("offset=1", "offset"),
        ("ranker=random", "ranker"), ("user=1", "user"), ("format=json", "format"),
    ],
)  # fmt: skip
def test_bad_parameters_are_named(client, path, query, field):
    answer = client.get(f"{path}?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [field]


def test_cursor_of_the_release_before_is_gone(client, ana):
    # What 0.1 signed under the same scope: ranker, list, tier, snapshot, time, interests, and the position.
    values = ["heuristic", "", 0, "7:7:", "2026-05-01 12:00:00+00", ["music"], -3, "2026-05-02T12:00:00+00:00", 5]
    scope = ("feed", ana.pk, "heuristic", None, None)
    cursor = Signer(salt=f"cursor:{[None if part is None else str(part) for part in scope]!r}", sep=".").sign_object(
        values
    )

    answers = [client.get(f"/recommendations?cursor={sent}") for sent in (cursor, cursor[:-1])]

    assert [(answer.status_code, answer["Content-Type"]) for answer in answers] == [
        (410, "application/problem+json"), (400, "application/problem+json"),
    ]  # fmt: skip


def test_cursor_belongs_to_user_ranker_and_filters_not_to_a_limit(client, ana, api_of):
    EventFactory.create_batch(4, type="GIG", category="music")
    cursor = client.get("/recommendations?limit=1").json()["next"].split("cursor=")[1]

    assert client.get(f"/recommendations?limit=3&cursor={cursor}").json()["next"] is None
    assert api_of(UserFactory()).get(f"/recommendations?cursor={cursor}").status_code == 400
    for foreign in ("ranker=popular", "type=GIG", "category=music"):
        assert client.get(f"/recommendations?{foreign}&cursor={cursor}").status_code == 400
    assert client.get(f"/recommendations/popular?cursor={cursor}").status_code == 400
    assert client.get(f"/recommendations?cursor={cursor[:-1]}").status_code == 400


def test_pages_keep_the_interests_they_began_with(client, ana):
    first, second = EventFactory.create_batch(2, category="music", title="match")
    third = EventFactory(title="rest", category="tech")
    address = client.get("/recommendations?limit=1").json()["next"]
    User.objects.filter(pk=ana.pk).update(interests=["tech"])
    ana.refresh_from_db()

    following = client.get(address).json()["results"]

    assert [result["event"]["id"] for result in following] == [second.pk]
    assert client.get("/recommendations?limit=1").json()["results"][0]["event"]["id"] == third.pk
    assert first.pk < second.pk


def test_dismissal_and_its_taking_back_show_at_once(client):
    event = EventFactory(title="here")
    EventFactory(title="other")

    client.post("/interactions", {"eventId": event.pk, "action": "DISMISS"})
    assert titles(client.get("/recommendations")) == ["other"]
    client.delete(f"/interactions/dismissals/{event.pk}")
    assert titles(client.get("/recommendations")) == ["here", "other"]


def test_empty_feed_is_an_empty_page(client):
    assert client.get("/recommendations").json() == {
        "ranker": "heuristic", "personalRanking": True, "next": None, "results": [],
    }  # fmt: skip


def test_nobody_is_asked_to_sign_in(api_of):
    answer = api_of().get("/recommendations")

    assert (answer.status_code, answer["WWW-Authenticate"], answer["Content-Type"]) == (
        401, "Bearer", "application/problem+json",
    )  # fmt: skip


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_feed_is_read_only(client, method):
    assert getattr(client, method)("/recommendations", {}).status_code == 405


@pytest.mark.parametrize("rows", [1, 3, 100])
@pytest.mark.parametrize("path", ["/recommendations", "/recommendations/popular", "/recommendations/upcoming"])
def test_queries(ana, api_by_token, django_assert_num_queries, rows, path):
    for _ in range(rows):
        EventFactory(organiser=OrganiserFactory())
    client = api_by_token(AuthToken.objects.create(ana)[1])

    with django_assert_num_queries(2):  # the token with its user; the page
        assert len(titles(client.get(f"{path}?limit=100"))) == rows

"""Tests of feeds for people who have turned personal ranking off: by popularity, and they say so."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from knox.models import AuthToken

from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from recommendations.feed.ranking import RANKERS
from recommendations.tests.worlds import NOW
from users.tests.factories import UserFactory

PERSONAL = ["heuristic", "hybrid"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]


@pytest.fixture
def ana():
    """Somebody who likes music, has dismissed an event, and turned personal ranking off."""
    ana = UserFactory(username="ana", interests=["music"], personal_ranking=False)
    InteractionFactory(user=ana, event=EventFactory(title="dismissed", category="music"), action="DISMISS")
    return ana


@pytest.fixture
def client(ana, api_by_token):
    return api_by_token(AuthToken.objects.create(ana)[1])


@pytest.fixture
def events():
    """In the order of popularity, which is not that of anybody's interests."""
    made = [EventFactory(title=title, category=category, start_at=NOW + timedelta(days=3 - place))
            for place, (title, category) in enumerate([("food", "food"), ("music", "music"), ("tech", "tech")])]  # fmt: skip
    for place, event in enumerate(made):
        InteractionFactory.create_batch(3 - place, event=event)
    return made


def shown(page):
    return page["ranker"], page["personalRanking"], [result["event"]["title"] for result in page["results"]]


def test_rankers_whose_order_depends_on_the_viewer_are_personal(events, api_of):
    viewers = [UserFactory(interests=interests) for interests in ([], ["tech"], ["music"])]

    orders = {
        name: {tuple(shown(api_of(viewer).get(f"/recommendations?ranker={name}").json())[2]) for viewer in viewers}
        for name in RANKERS
    }

    assert {name: len(each) > 1 for name, each in orders.items()} == {
        name: ranker.is_personal for name, ranker in RANKERS.items()
    }
    assert [name for name, ranker in RANKERS.items() if ranker.is_personal] == PERSONAL


@pytest.mark.parametrize("query", ["", *(f"?ranker={name}" for name in PERSONAL)])
def test_popular_answers_and_says_why(client, events, query):
    assert shown(client.get(f"/recommendations{query}").json()) == ("popular", False, ["food", "music", "tech"])


def test_reasons_tell_of_no_interest(client, events):
    results = client.get("/recommendations").json()["results"]

    assert {reason["signal"] for result in results for reason in result["reasons"]} == {"popularity", "start"}


def test_filters_and_pages_are_the_same_ones(client, events):
    first = client.get("/recommendations?limit=2").json()

    assert shown(client.get("/recommendations?category=music").json()) == ("popular", False, ["music"])
    assert shown(client.get(first["next"]).json()) == ("popular", False, ["tech"])


def test_other_rankers_answer_for_themselves(client, events):
    assert shown(client.get("/recommendations/upcoming").json()) == ("upcoming", False, ["tech", "music", "food"])
    assert shown(client.get("/recommendations/popular").json()) == ("popular", False, ["food", "music", "tech"])
    assert shown(client.get("/recommendations?ranker=upcoming").json())[0] == "upcoming"


def test_a_feed_goes_on_as_it_began(client, events):
    """Whichever way the switch is turned meanwhile; the next first page follows it."""
    popular = client.get("/recommendations?limit=1").json()["next"]
    assert client.patch("/users/me", {"personalRanking": True}).json()["personalRanking"] is True
    personal = client.get("/recommendations?limit=1").json()
    assert shown(personal) == ("heuristic", True, ["music"])
    assert shown(client.get(popular).json()) == ("popular", False, ["music"])

    client.patch("/users/me", {"personalRanking": False})

    assert shown(client.get(personal["next"]).json()) == ("heuristic", True, ["food"])
    assert shown(client.get("/recommendations?limit=1").json()) == ("popular", False, ["food"])


def test_show_feed_says_so(ana, events, capsys):
    call_command("show_feed", "ana")
    call_command("show_feed", "ana", "--ranker=upcoming")
    printed = capsys.readouterr()
    call_command("show_feed", "ana", "--json")

    assert [line.split("\t")[4] for line in printed.out.splitlines()] == [
        "food",
        "music",
        "tech",
        "tech",
        "music",
        "food",
    ]
    assert printed.err == "ana has turned personal ranking off: this is popular.\n"
    assert shown(json.loads(capsys.readouterr().out))[:2] == ("popular", False)


def test_the_admins_page_says_so(ana, events):
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    page, other = (
        client.get(f"/admin/recommendations/feed/{user.pk}/change/").content.decode() for user in (ana, UserFactory())
    )

    said = "Personal ranking is turned off, so this is by popularity."
    assert (said in page, said in other) == (True, False)
    assert re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', page) == [str(event) for event in events]


def test_statements(client, events, django_assert_num_queries):
    with django_assert_num_queries(2):  # the token with its user; all candidates as one tier
        client.get("/recommendations")

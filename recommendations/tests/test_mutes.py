"""Tests of mutes as a rule of the candidates: what leaves which feed, why, and that all of it is back at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from rest_framework.test import APIClient

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Mute
from recommendations.feed.ranking import HYBRID, candidates_for
from recommendations.feed.viewer import NO_FILTERS, Filters, viewer_of
from recommendations.hybrid.entity_statistics import statistics_of
from recommendations.hybrid.feature_context import context_for
from recommendations.tests import taste as tastes
from recommendations.tests.serving import served
from recommendations.tests.worlds import NOW
from users.tests.factories import UserFactory
from users.tokens import new_calendar_token

pytestmark = pytest.mark.django_db

SECTIONS = ["/recommendations", "/recommendations/popular", "/recommendations/upcoming"]


@pytest.fixture
def ana():
    return UserFactory(username="ana")


@pytest.fixture
def town():
    """What may be hidden, each with one event that it hides: by what POST /mutes takes."""
    club = OrganiserFactory(name="Club")
    return {
        "organiserId": (club.pk, EventFactory(organiser=club, title="Jazz at the club")),
        "series": ("quiz", EventFactory(series="quiz", title="Jazz quiz")),
        "category": ("music", EventFactory(category="music", title="Jazz in the park")),
    }


def ids_in(answer):
    return {result["event"]["id"] for result in answer.json()["results"]}


@pytest.mark.parametrize("target", ["organiserId", "series", "category"])
def test_muted_events_leave_every_feed_at_once_and_come_back(api_of, ana, town, target):
    client, ben = api_of(ana), api_of(UserFactory())
    value, hidden = town[target]
    other = EventFactory(category="food", organiser=OrganiserFactory(), series="choir")
    everything = {other.pk, *(event.pk for _, event in town.values())}

    muted = client.post("/mutes", {target: value}).json()

    for path in SECTIONS:
        assert ids_in(client.get(path)) == everything - {hidden.pk}
        assert ids_in(ben.get(path)) == everything
    assert hidden.pk in {event["id"] for event in client.get("/events").json()["results"]}
    client.delete(f"/mutes/{muted['id']}")
    assert [ids_in(client.get(path)) for path in SECTIONS] == [everything] * 3


def test_muted_events_leave_the_calendar_cancelled_ones_too(api_of, ana, town):
    token = new_calendar_token(ana, now=NOW)
    gone = EventFactory(category="music", title="Jazz that was cancelled")
    Event.objects.filter(pk=gone.pk).update(status="CANCELLED")

    def titles():
        lines = APIClient().get(f"/recommendations.ics?token={token}").content.decode().splitlines()
        return {line.partition(":")[2] for line in lines if line.startswith("SUMMARY")}

    before = titles()
    api_of(ana).post("/mutes", {"category": "music"})

    assert before - titles() == {"Jazz in the park", "Jazz that was cancelled"}


def test_similar_events_leave_out_what_is_muted(api_of, ana, town):
    call_command("embed")
    client, (_, like) = api_of(ana), town["series"]
    before = ids_in(client.get(f"/events/{like.pk}/similar"))

    client.post("/mutes", {"category": "music"})

    assert before - ids_in(client.get(f"/events/{like.pk}/similar")) == {town["category"][1].pk}


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize(
    ("target", "rule", "text"),
    [
        ("organiserId", "mutedOrganiser", "ana hid this organiser, Club, at 2026-05-01 12:00 UTC"),
        ("series", "mutedSeries", "ana hid this series, Jazz quiz, at 2026-05-01 12:00 UTC"),
        ("category", "mutedCategory", "ana hid this category, Music, at 2026-05-01 12:00 UTC"),
    ],
)
@pytest.mark.parametrize("ranker", ["heuristic", "popular", "upcoming"])
def test_why_not_names_the_mute_and_its_undoing(api_of, ana, town, target, rule, text, ranker):
    client, (value, hidden) = api_of(ana), town[target]
    Event.objects.update(start_at=NOW + timedelta(days=1))
    muted = client.post("/mutes", {target: value}).json()
    Mute.objects.update(created_at=NOW)

    answer = client.get(f"/recommendations/{hidden.pk}/explanation?ranker={ranker}").json()

    assert answer["excludedBy"] == [{"rule": rule, "text": text}]
    kind = rule.removeprefix("muted").lower()
    said = f"with the {kind} {muted['name']} shown again"
    assert answer["change"] == {
        "text": said,
        "place": [event.pk for _, event in town.values()].index(hidden.pk) + 1,
        "steps": [{"kind": "mute", "text": said, "muteId": muted["id"]}],
    }


@time_machine.travel(NOW, tick=False)
def test_what_else_an_undone_mute_brings_back_counts_for_the_place(api_of, ana):
    club = OrganiserFactory()
    events = EventFactory.create_batch(21, organiser=club, start_at=NOW + timedelta(days=1))
    Mute.objects.create(user=ana, organiser=club)
    client = api_of(ana)

    last, one_before = (client.get(f"/recommendations/{event.pk}/explanation").json() for event in events[:18:-1])

    # Nothing else is in the feed while the organiser is muted, and 20 events are ahead of the last one once it is not.
    assert (last["change"], one_before["change"]["place"]) != (None, 1)
    assert one_before["change"]["place"] == 20
    assert [step["kind"] for step in last["change"]["steps"]] == ["mute", "interactions"]


class TestHybrid:
    @pytest.fixture(autouse=True)
    def _empty_cache(self):
        cache.clear()

    @pytest.mark.parametrize("target", ["organiser", "series", "category"])
    def test_mute_changes_the_list_at_once_and_so_does_its_undoing(self, run, taste, target):
        user = taste[0]
        Event.objects.filter(organiser__name="Organiser 1").update(series="evenings")
        before = served(user)
        hidden = Event.objects.get(pk=next(pk for pk in before[1] if Event.objects.get(pk=pk).series))
        left = set(before[1]) - set(
            Event.objects.filter(**{target: getattr(hidden, target)}).values_list("pk", flat=True)
        )

        muted = Mute.objects.create(user=user, **{target: getattr(hidden, target)})

        assert (served(user)[0], set(served(user)[1])) == (HYBRID, left)
        assert left == set(candidates_for(viewer_of(user, tastes.NOW), Filters()).values_list("pk", flat=True))
        muted.delete()
        assert served(user) == before

    def test_muted_events_take_no_place_among_the_candidates(self, run, taste):
        viewer = viewer_of(taste[0], tastes.NOW)
        category = Event.objects.bookable().starting_after(tastes.NOW).earliest("pk").category
        muted = Mute.objects.create(user=taste[0], category=category, created_at=tastes.NOW - timedelta(days=1))
        statistics = statistics_of(run)

        def categories(viewer):
            return {each.category for each in context_for(viewer, NO_FILTERS, statistics).candidates}

        assert category not in categories(viewer)
        assert category in categories(replace(viewer, unmuted=(muted.pk,)))
        # As an evaluation asks for a moment in the past.
        assert category in categories(replace(viewer, now=tastes.NOW - timedelta(days=2)))

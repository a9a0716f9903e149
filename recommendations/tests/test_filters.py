"""Tests of the filters: none is forgotten where it counts."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
import time_machine

from events.geo import Circle, Place
from events.models import Event
from events.serializers import FilterParameters
from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from recommendations.explain.eligibility import RULES, failed_rules
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import RANKERS, candidates_for, counted, feed_for
from recommendations.feed.viewer import NO_FILTERS, PARAMETERS, Filters, viewer_of
from recommendations.tests.taste import NOW
from recommendations.views import ExplanationParameters, FeedParameters, SectionParameters
from users.tests.factories import UserFactory

A_DAY, A_MICROSECOND = timedelta(days=1), timedelta(microseconds=1)
LISBON = Place(38.71, -9.13)
# For each filter a value, and values of an event that passes it and of one that does not.
CASES = {
    "type": (Event.Type.GIG, {"type": "GIG"}, {"type": "EVENT"}),
    "category": (("arts", "music"), {"category": "music"}, {"category": "food"}),
    "startsAfter": (NOW + 3 * A_DAY, {"start_at": NOW + 3 * A_DAY + A_MICROSECOND}, {"start_at": NOW + 3 * A_DAY}),
    "startsBefore": (NOW + 3 * A_DAY, {"start_at": NOW + 3 * A_DAY - A_MICROSECOND}, {"start_at": NOW + 3 * A_DAY}),
    "free": (True, {"price_max": 0}, {"price_max": 5, "currency": "EUR"}),
    "attendance": (("MIXED", "ONLINE"), {"attendance": "ONLINE"}, {"attendance": "IN_PERSON"}),
    "near": (Circle(LISBON, 10.0), {"latitude": 38.79, "longitude": -9.13}, {"latitude": 38.8, "longitude": -9.13}),
}
# Parameters that belong to another one, which are no filters of their own.
PARTS = {"radiusKm"}
each_filter = pytest.mark.parametrize("parameter", PARAMETERS)


def test_every_filter_is_a_parameter():
    assert set(CASES) == set(PARAMETERS) == set(FilterParameters().fields) - PARTS
    for parameters in (FeedParameters, SectionParameters, ExplanationParameters):
        assert set(PARAMETERS) <= set(parameters().fields)
    assert set(PARAMETERS) < set(RULES)


@each_filter
def test_filter_is_built_from_its_parameter(parameter):
    value, _, _ = CASES[parameter]
    filters = Filters.of({parameter: value, "limit": 20})

    assert filters == replace(NO_FILTERS, **{PARAMETERS[parameter].name: value})
    assert (filters.given, filters.without(parameter)) == ({parameter: value}, NO_FILTERS)
    assert Filters.of({parameter: ""}) == Filters.of({parameter: None}) == Filters.of({}) == NO_FILTERS


def test_filters_differ_by_their_keys():
    each = [NO_FILTERS, *(Filters.of({name: value}) for name, (value, _, _) in CASES.items())]
    whole = Filters.of({name: value for name, (value, _, _) in CASES.items()})

    assert len({filters.key for filters in (*each, whole)}) == len(each) + 1
    assert len(fields(Filters)) == len(CASES)


@each_filter
@pytest.mark.parametrize("ranker", RANKERS.values(), ids=list(RANKERS))
@pytest.mark.django_db
def test_filter_keeps_out_what_does_not_pass(parameter, ranker):
    value, passing, failing = CASES[parameter]
    viewer, filters = viewer_of(UserFactory(), NOW), Filters.of({parameter: value})
    passes, fails = (EventFactory(**{"start_at": NOW + 5 * A_DAY, **values}) for values in (passing, failing))

    assert [event.pk for event in whole_feed(feed_for(viewer, ranker, filters))] == [passes.pk]
    assert list(candidates_for(viewer, filters)) == [passes]
    assert [rule.name for rule in failed_rules(fails, viewer, filters)] == [parameter]
    assert failed_rules(passes, viewer, filters) == ()


@pytest.mark.parametrize(("limit", "number"), [(1, 1), (3, 3), (4, 3)])
@pytest.mark.django_db
def test_candidates_are_counted_up_to_a_limit(limit, number):
    ana = UserFactory()
    EventFactory.create_batch(3, start_at=NOW + A_DAY, price_max=0)
    EventFactory(start_at=NOW + A_DAY, price_max=None)
    InteractionFactory(user=ana, event=EventFactory(start_at=NOW + A_DAY, price_max=0), action="DISMISS")

    assert counted(viewer_of(ana, NOW), Filters(free=True), limit=limit) == number


@pytest.mark.parametrize("query", ["near=38.71,-9.13", "free=true", "attendance=ONLINE,MIXED", "category=food,music"])
@pytest.mark.django_db
def test_pages_with_a_filter_follow_each_other_and_keep_to_it(query, api_of):
    api = api_of(UserFactory())
    events = EventFactory.create_batch(
        3, latitude=38.71, longitude=-9.13, price_max=0, attendance="MIXED", category="music"
    )
    EventFactory(latitude=None, longitude=None, price_max=None, attendance=None, category=None)
    for path in ("/recommendations", "/recommendations/popular", "/recommendations/upcoming", "/events"):
        pages = [api.get(f"{path}?limit=2&{query}").json()]
        pages.append(api.get(pages[0]["next"]).json())
        results = [result.get("event", result) for page in pages for result in page["results"]]

        assert [result["id"] for result in results] == [event.pk for event in events]
        assert [result["distanceKm"] for result in results] == [0 if "near" in query else None] * 3
        assert pages[1]["next"] is None
        other = pages[0]["next"].replace(query.split("=")[0] + "=", "unknown=")
        assert api.get(other).status_code == 400


@pytest.mark.parametrize(
    ("query", "name", "advice"),
    [
        ("near=91,0", "near", "Latitudes are from -90 to 90, longitudes from -180 to 180, such as 38.71,-9.13."),
        ("near=38.71", "near", "Write latitude and longitude in degrees, separated by a comma, such as 38.71,-9.13."),
        ("radiusKm=5", "radiusKm", "Give the place, too, such as near=38.71,-9.13, or leave out the radius."),
        ("near=0,0&radiusKm=0", "radiusKm", "Write a number of more than 0 and less than 20,000, such as 2.5."),
        ("near=0,0&radiusKm=20000", "radiusKm", "Write a number of more than 0 and less than 20,000, such as 2.5."),
        ("free=maybe", "free", "Write true, or leave the parameter out."),
        (
            "attendance=NOWHERE",
            "attendance",
            "Choose among: IN_PERSON, ONLINE, MIXED; several are separated by commas.",
        ),
    ],
)
@pytest.mark.django_db
def test_bad_filters_are_refused_with_advice(query, name, advice, api_of):
    api = api_of(UserFactory())
    for path in ("/recommendations", "/recommendations/popular", "/recommendations/1/explanation", "/events"):
        answer = api.get(f"{path}?{query}")

        assert (answer.status_code, answer.json()["errors"]) == (400, {name: [advice]})


@pytest.mark.django_db
def test_distances_are_from_home_without_a_place(api_of):
    event = EventFactory(latitude=38.8, longitude=-9.13)
    ana, nobody_knows_where = UserFactory(latitude=38.71, longitude=-9.13), UserFactory()

    for path in ("/recommendations", "/events", f"/events/{event.pk}"):
        distances = []
        for user in (ana, nobody_knows_where):
            answer = api_of(user).get(path).json()
            shown = answer["results"][0] if "results" in answer else answer
            distances.append(shown.get("event", shown)["distanceKm"])
        assert distances == [10.008, None]


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0.5, 30])
def test_window_is_read_like_the_whole_feed_with_and_without_the_index(days, api_of):
    ana = UserFactory(interests=["music"])
    for number in range(12):
        made = EventFactory(start_at=NOW + number * A_DAY / 8, category=("music", "food")[number % 2])
        InteractionFactory.create_batch(number % 3, event=made, user=UserFactory())
    window = {"startsAfter": NOW, "startsBefore": NOW + days * A_DAY}
    viewer, filters = viewer_of(ana, NOW), Filters.of(window)
    whole = [event.pk for event in whole_feed(feed_for(viewer, RANKERS["heuristic"], filters))]

    with time_machine.travel(NOW, tick=False):
        page = (
            api_of(ana)
            .get("/recommendations", {"limit": 2} | {name: at.isoformat() for name, at in window.items()})
            .json()
        )
        pages = [page]
        while page["next"]:
            page = api_of(ana).get(page["next"]).json()
            pages.append(page)

    assert filters.are_selective(NOW) == (days < 1)
    assert len(whole) == (3 if days < 1 else 11)
    assert [result["event"]["id"] for page in pages for result in page["results"]] == whole


@pytest.mark.django_db
@pytest.mark.parametrize("before", ["2026-06-03T00:00:00Z", "2026-06-03T02:00:00%2B02:00", "2026-06-02T00:00:00Z"])
def test_window_that_ends_before_it_starts_is_refused(api_of, before):
    api = api_of(UserFactory())
    for path in ("/recommendations", "/recommendations/popular", "/recommendations/1/explanation"):
        answer = api.get(f"{path}?startsAfter=2026-06-03T00:00:00Z&startsBefore={before}")

        assert (answer.status_code, answer.json()["errors"]) == (
            400, {"startsBefore": ["Give a moment after startsAfter."]},
        )  # fmt: skip

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
from recommendations.feed.ranking import RANKERS, candidates_for, feed_for
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

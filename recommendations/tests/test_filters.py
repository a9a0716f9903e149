"""Tests of the filters: none is forgotten where it counts."""

from dataclasses import fields, replace

import pytest

from events.categories import Category
from events.models import Event
from events.tests.factories import EventFactory
from recommendations.explain.eligibility import RULES, failed_rules
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import RANKERS, candidates_for, feed_for
from recommendations.feed.viewer import NO_FILTERS, PARAMETERS, FilterParameters, Filters, viewer_of
from recommendations.tests.taste import NOW
from recommendations.views import ExplanationParameters, FeedParameters, SectionParameters
from users.tests.factories import UserFactory

# For each filter a value, and values of an event that passes it and of one that does not.
CASES = {
    "type": (Event.Type.GIG, {"type": "GIG"}, {"type": "EVENT"}),
    "category": (Category.MUSIC, {"category": "music"}, {"category": "food"}),
}
each_filter = pytest.mark.parametrize("parameter", PARAMETERS)


def test_every_filter_is_a_parameter():
    assert set(CASES) == set(PARAMETERS) == set(FilterParameters().fields)
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
    passes, fails = (EventFactory(start_at=NOW.replace(year=NOW.year + 1), **values) for values in (passing, failing))

    assert [event.pk for event in whole_feed(feed_for(viewer, ranker, filters))] == [passes.pk]
    assert list(candidates_for(viewer, filters)) == [passes]
    assert [rule.name for rule in failed_rules(fails, viewer, filters)] == [parameter]
    assert failed_rules(passes, viewer, filters) == ()

"""The property that matters most: over HTTP, page by page, every feed is what the oracle says."""

from datetime import datetime

import pytest
import time_machine
from django.db import transaction
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st
from rest_framework.test import APIClient

from events.geo import Circle, Place
from events.tests.planner import examples_each
from interactions.recount import miscounts
from recommendations.checking import defined
from recommendations.feed.ranking import RANKERS, Feed
from recommendations.feed.viewer import Filters, viewer_of
from recommendations.tests.worlds import (
    BOUNDS,
    CHANGES,
    CIRCLES,
    EVENTS,
    INTERACTIONS,
    INTERESTS,
    MUTES,
    NOW,
    build,
    change,
)
from users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.property]

ADDRESSES = {
    "heuristic": "/recommendations",
    "popular": "/recommendations/popular",
    "upcoming": "/recommendations/upcoming",
}


def order_shown(result, ranker):
    """What a result says of its own place: from the reasons and the id alone."""
    reasons = {reason["signal"]: reason for reason in result["reasons"]}
    start, key = datetime.fromisoformat(reasons["start"]["startAt"]), result["event"]["id"]
    if ranker == "upcoming":
        return start, key
    count = reasons["popularity"]["interactionCount"]
    return ("interest" not in reasons, -count, start, key) if ranker == "heuristic" else (-count, start, key)


def served(user, ranker, limit, filters):
    """The whole feed as the endpoint gives it: (id, interest match, count), in the order that its reasons tell."""
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user))
    given = {name: filters.written(name) for name in filters.given}
    if filters.near:
        given["radiusKm"] = f"{filters.near.radius_km:g}"
    answer = client.get(ADDRESSES[ranker], {"limit": limit, **given})
    rows, orders = [], []
    while True:
        assert answer.status_code == 200
        page = answer.json()
        assert page["ranker"] == ranker
        for result in page["results"]:
            signals = {reason["signal"] for reason in result["reasons"]}
            rows.append((result["event"]["id"], "interest" in signals, result["event"]["interactionCount"]))
            orders.append(order_shown(result, ranker))
        if page["next"] is None:
            assert orders == sorted(orders)
            return rows
        assert len(page["results"]) == limit
        answer = client.get(page["next"])


def circle_of(drawn):
    return drawn and Circle(Place(*map(float, drawn[0])), float(drawn[1]))


class _UndoneError(Exception):
    """Ends an example: what it did is rolled back."""


@profile(max_examples=examples_each())
@given(
    events=st.lists(EVENTS, max_size=14),
    interests=st.lists(INTERESTS, min_size=1, max_size=3),
    interactions=INTERACTIONS,
    mutes=MUTES,
    changes=st.lists(CHANGES, max_size=4),
    data=st.data(),
)
def test_feed_is_what_the_oracle_says(planner_settings, events, interests, interactions, mutes, changes, data):
    with pytest.raises(_UndoneError), transaction.atomic(), time_machine.travel(NOW, tick=False):
        world = build(events, interests, interactions, mutes)
        planner_settings.rows_written()
        for kind in [None, *changes]:
            if kind:
                change(world, kind, data.draw)
            user = data.draw(st.sampled_from(sorted(world.users)))
            ranker = data.draw(st.sampled_from(sorted(ADDRESSES)))
            asked = {
                "type": data.draw(st.sampled_from([None, None, "EVENT", "GIG"])),
                "category": data.draw(st.sampled_from([None, None, ("music",), ("food", "music")])),
                "free": data.draw(st.sampled_from([None, None, True])),
                "attendance": data.draw(st.sampled_from([None, None, None, ("ONLINE",), ("IN_PERSON", "MIXED")])),
                "near": data.draw(st.sampled_from([None, None, None, *CIRCLES]).map(circle_of)),
            }
            after, before = data.draw(BOUNDS), data.draw(BOUNDS)
            # A window that ends before it starts is a 400.
            asked |= {
                "starts_after": after,
                "starts_before": before if not after or not before or after < before else None,
            }
            limit = data.draw(st.sampled_from([1, 2, 3, 5, 100]))

            expected = world.feed(user, ranker=ranker, **asked)
            viewer = viewer_of(User.objects.get(pk=user), NOW)
            feed = Feed(viewer, RANKERS[ranker], Filters(**asked))
            assert list(defined(feed).values_list("pk", flat=True)) == [key for key, _, _ in expected]
            if ranker != "heuristic":
                expected = [(key, False, count) for key, _, count in expected]
            assert served(user, ranker, limit, feed.filters) == expected
        assert miscounts() == []
        raise _UndoneError


@profile(max_examples=examples_each())
@given(
    events=st.lists(EVENTS, min_size=3, max_size=14),
    interests=st.lists(INTERESTS, min_size=1, max_size=2),
    interactions=INTERACTIONS,
    limit=st.sampled_from([1, 2, 3]),
    data=st.data(),
)
def test_no_event_comes_twice_while_things_change(planner_settings, events, interests, interactions, limit, data):
    with pytest.raises(_UndoneError), transaction.atomic(), time_machine.travel(NOW, tick=False):
        world = build(events, interests, interactions)
        planner_settings.rows_written()
        user = data.draw(st.sampled_from(sorted(world.users)))
        client = APIClient()
        client.force_authenticate(User.objects.get(pk=user))
        seen, address = [], f"/recommendations?limit={limit}"
        while address:
            page = client.get(address).json()
            seen += [result["event"]["id"] for result in page["results"]]
            address = page["next"]
            kind = data.draw(CHANGES.filter(lambda kind: kind != "delete user"))
            change(world, kind, data.draw)
            client.force_authenticate(User.objects.get(pk=user))

        assert len(seen) == len(set(seen))
        raise _UndoneError

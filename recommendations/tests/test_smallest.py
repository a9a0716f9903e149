"""Tests of "why not this event?" over random pairs: the rules, the place, and the smallest change.

What is expected comes from the oracle and from making the changes, by means of the test's own; the product's say is
compared with it.
"""

import random
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from rest_framework.test import APIClient

from events.models import Event
from interactions.models import Interaction, Mute
from recommendations.explain.counterfactual import FIRST_PAGE
from recommendations.explain.explanation import explanation_of
from recommendations.feed.ranking import RANKERS
from recommendations.feed.viewer import PARAMETERS, Filters, viewer_of
from recommendations.tests.worlds import ACTIONS, CATEGORIES, NOW, ORGANISERS, SERIES, STATUSES, TARGETS, build
from users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.property]
WORLDS, PAIRS = 10, 50


# Bounds of a window: short ones, long ones and open ones.
WINDOWS = [
    tuple(hours and NOW + timedelta(hours=hours) for hours in window)
    for window in [(1, None), (1, 3), (None, 3), (2, 500)]
]


def world_of(seed):
    """A world with more candidates than a page, so that being on the first one is worth something."""
    chance = random.Random(seed)
    hours = [-24, 0, 1, 1, 2, 3, 48, 480]
    events = [
        {
            "type": chance.choice(["EVENT", "EVENT", "GIG"]),
            "status": chance.choice(STATUSES),
            "category": chance.choice(CATEGORIES),
            "start_at": NOW + timedelta(hours=chance.choice(hours), microseconds=chance.choice([0, 0, 250_000])),
            "organiser_id": chance.choice([None] * 3 + ORGANISERS),
            "series": chance.choice([None] * 4 + SERIES),
        }
        for _ in range(chance.choice([30, 60, 110]))
    ]
    interests = [chance.sample(["music", "tech", "food"], size) for size in (0, 1, 2, 3)]
    interactions = [(chance.randrange(4), chance.randrange(len(events)), chance.choice(ACTIONS)) for _ in range(250)]
    mutes = [(chance.randrange(4), chance.choice(TARGETS)) for _ in range(4)]
    return build(events, interests, interactions, mutes), chance


# The rules, by what is muted.
MUTED = {"mutedOrganiser": "organiser_id", "mutedSeries": "series", "mutedCategory": "category"}


def rules_broken(world, user, event, filters):
    row = world.events[event]
    return [
        name
        for name, broken in (
            ("status", row["status"] not in ("OPEN", "IN_PROGRESS")),
            ("start", row["start_at"] <= NOW),
            ("dismissed", (user, event, "DISMISS") in world.interactions.values()),
            *((name, column in world.muted(user, event)) for name, column in MUTED.items()),
            ("type", filters.type not in (None, row["type"])),
            ("category", filters.category is not None and row["category"] not in filters.category),
            ("startsAfter", filters.starts_after is not None and row["start_at"] <= filters.starts_after),
            ("startsBefore", filters.starts_before is not None and row["start_at"] >= filters.starts_before),
        )
        if broken
    ]


def place_served(user, event, ranker, filters, *, at=NOW):
    """The event's place on the first page that the endpoint answers, None if it is not there."""
    client = APIClient()
    client.force_authenticate(User.objects.get(pk=user))
    asked = {name: filters.written(name) for name in filters.given}
    with time_machine.travel(at, tick=False):
        page = client.get("/recommendations", {"ranker": ranker, **asked}).json()
    ids = [result["event"]["id"] for result in page["results"]]
    return ids.index(event) + 1 if event in ids else None


def place_after(steps, user, event, ranker, filters):
    """The same after the steps were made, which are undone."""
    at, asked = NOW, filters.given
    with transaction.atomic():
        for kind, value in steps:
            if kind == "clock":
                at = value
            elif kind == "filter":
                del asked[value]
            elif kind == "interest":
                person = User.objects.get(pk=user)
                person.interests = [*person.interests, value]
                person.save()
            elif kind == "dismissal":
                deleted, _ = Interaction.objects.filter(user_id=user, event_id=event, action="DISMISS").delete()
                assert deleted == value
            elif kind == "mute":
                Mute.objects.get(pk=value, user_id=user).delete()
            elif kind == "interactions":
                for _ in range(value):
                    Interaction.objects.create(user_id=user, event_id=event, action="CLICK")
            else:
                assert kind == "status"
                Event.objects.filter(pk=event).update(status=value)
        place = place_served(user, event, ranker, Filters.of(asked), at=at)
        transaction.set_rollback(True)
    return place


def smaller_than(steps, world, event, named):
    """Changes that are smaller than these steps, or all there are if there are none: none of them may do."""
    repairs = [step for step in steps if step[0] in ("filter", "dismissal", "mute", "status")]
    clock = [step for step in steps if step[0] == "clock"]
    interest = [("interest", world.events[event]["category"])] if world.events[event]["category"] else []
    lifts = [step for step in named if step[0] in ("interest", "interactions")]
    yield [*repairs, *clock]
    if lifts and lifts[0][0] == "interest" and len(lifts) == 1:
        return
    if interest:
        yield [*repairs, *clock, *interest]
    if lifts and lifts[0][0] == "interactions":
        yield [*repairs, *clock, ("interactions", lifts[0][1] - 1)]
        return
    yield [*repairs, *clock, ("interactions", 60)]
    if lifts:
        yield [*repairs, *clock, *interest, ("interactions", lifts[1][1] - 1)]
        return
    if interest:
        yield [*repairs, *clock, *interest, ("interactions", 60)]
    # A later moment; the soonest that does is what should be named.
    start, now = world.events[event]["start_at"], clock[0][1] if clock else NOW
    until = next((value for kind, value in named if kind == "clock"), start)
    for moment in sorted({row["start_at"] for row in world.events.values()}):
        if now < moment < min(start, until):
            yield [*repairs, ("clock", moment)]


def test_rules_places_and_changes_are_true():
    kinds = Counter()
    for seed in range(WORLDS):
        with transaction.atomic():
            kinds += kinds_compared(*world_of(seed))
            transaction.set_rollback(True)

    # Every kind of change came up, and pairs for which there is none.
    assert kinds.keys() == {
        "filter",
        "clock",
        "dismissal",
        "mute",
        "status",
        "interest",
        "interactions",
        "on the page",
        "none",
    }
    assert min(kinds.values()) >= 5


def test_rules_places_and_changes_are_true_under_every_plan(planner_settings):
    world, chance = world_of(WORLDS)
    planner_settings.rows_written()

    assert kinds_compared(world, chance, pairs=15)


def test_rules_places_and_changes_are_true_of_windows():
    world, chance = world_of(WORLDS)

    assert kinds_compared(world, chance, windows=True)["filter"] >= 5


def kinds_compared(world, chance, pairs=PAIRS, *, windows=False):
    """Compare what is said of random pairs with what is true; count the kinds of steps that were named."""
    kinds = Counter()
    for _ in range(pairs):
        user, event = chance.choice(sorted(world.users)), chance.choice(sorted(world.events))
        ranker = chance.choice(["heuristic", "heuristic", "popular", "upcoming"])
        filters = Filters(
            chance.choice([None] * 3 + ["EVENT"]),
            chance.choice([None] * 6 + [("music",)]),
            *(chance.choice(WINDOWS) if windows else ()),
        )
        viewer = viewer_of(User.objects.get(pk=user), NOW)

        explanation = explanation_of(event, viewer, RANKERS[ranker], filters)

        where = (user, event, ranker, filters)
        rules, repairs = rules_broken(world, user, event, filters), repairs_of(world, user, event, filters)
        feed = [key for key, _, _ in world.feed(user, ranker=ranker, **vars(filters))]
        assert [rule.name for rule in explanation.failed] == rules
        assert explanation.position == (None if rules else feed.index(event) + 1)
        if not rules and explanation.position <= FIRST_PAGE:
            kinds["on the page"] += 1
            assert (explanation.change, place_served(*where)) == (None, explanation.position)
            continue
        steps = [(step.kind, step.value) for step in explanation.change.steps] if explanation.change else []
        kinds.update({kind for kind, _ in steps} or {"none"})
        if explanation.change:
            assert place_after(steps, *where) == explanation.change.position
            assert steps[: len(repairs)] == repairs
        if len(steps) > len(repairs) or not explanation.change:
            smaller = smaller_than(repairs, world, event, steps[len(repairs) :])
            assert [tried for tried in smaller if place_after(tried, *where)] == []
    return kinds


def repairs_of(world, user, event, filters):
    """The steps that undo the rules it breaks, in the order of the rules."""
    times = list(world.interactions.values()).count((user, event, "DISMISS"))
    start = world.events[event]["start_at"]
    before = start.replace(microsecond=0) if start.microsecond else start - timedelta(seconds=1)
    steps = {
        "status": ("status", "OPEN"), "start": ("clock", before), "dismissed": ("dismissal", times),
        **{name: ("mute", world.muted(user, event).get(column)) for name, column in MUTED.items()},
        **{name: ("filter", name) for name in PARAMETERS},
    }  # fmt: skip
    return [steps[rule] for rule in rules_broken(world, user, event, filters)]

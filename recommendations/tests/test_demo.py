"""Tests of what the demo data is."""

from collections import Counter
from datetime import timedelta

import pytest

from events.categories import Category
from events.models import Event, Organiser
from interactions.models import Interaction
from recommendations.demo.loading import (
    DemoReport,
    load_demo,
)
from recommendations.demo.programme import clash, programme
from recommendations.tests.demo_rows import LOADED, NOW, WEEK
from users.models import User

pytestmark = pytest.mark.django_db


def test_first_run_loads_everything_and_says_so():
    report = load_demo(NOW)

    counted = DemoReport(
        organisers=Organiser.objects.count(),
        users=User.objects.count(),
        events=Event.objects.count(),
        interactions=Interaction.objects.count(),
    )
    assert report == LOADED
    assert counted == LOADED


def test_load_asks_few_queries(django_assert_num_queries):
    # Two of the savepoint; is a demo event there; users in the way, 302 users; organisers there, 47 organisers;
    # 611 events; 7 batches of interactions, in a savepoint of their own.
    with django_assert_num_queries(15):
        load_demo(NOW)


def test_events_and_gigs_are_of_every_kind():
    load_demo(NOW)

    assert Counter(Event.objects.values_list("type", "status")) == {
        ("EVENT", "OPEN"): 262,
        ("EVENT", "COMPLETED"): 277,
        ("EVENT", "CANCELLED"): 5,
        ("EVENT", "IN_PROGRESS"): 2,
        ("GIG", "OPEN"): 65,
    }
    by_category = Counter(Event.objects.values_list("category", flat=True))
    assert set(by_category) == {*Category.values, None}
    assert min(by_category.values()) == 26
    assert set(Interaction.objects.values_list("action", flat=True)) == set(Interaction.Action.values)


@pytest.mark.parametrize("hours", range(0, 7 * 24, 7))
def test_events_lie_in_the_weeks_that_their_status_says(hours):
    now = NOW + timedelta(hours=hours)

    weeks = {}
    for event in programme():
        week, _ = divmod(event.start_at(now) - now - timedelta(microseconds=1), WEEK)
        assert week == event.week
        weeks.setdefault(event.status.value, set()).add(week)

    assert weeks == {
        "OPEN": {0, 1, 2, 3, 4, 5},
        "CANCELLED": weeks["CANCELLED"],
        "IN_PROGRESS": {-1},
        "COMPLETED": set(range(-13, -1)),
    }
    assert weeks["CANCELLED"] <= {0, 1, 2, 3, 4, 5}


def test_completed_events_are_over_and_those_in_progress_are_not():
    load_demo(NOW)

    over = set(Event.objects.over_by(NOW).values_list("pk", flat=True))
    started = set(Event.objects.filter(start_at__lte=NOW).values_list("pk", flat=True))
    in_progress = set(Event.objects.filter(status="IN_PROGRESS").values_list("pk", flat=True))
    assert over == set(Event.objects.filter(status="COMPLETED").values_list("pk", flat=True))
    assert started - over == in_progress
    assert len(in_progress) == 2


def test_demo_rows_are_recognisable():
    load_demo(NOW)

    assert Event.objects.exclude(external_id__startswith="demo-").count() == 0
    assert Organiser.objects.exclude(external_id__startswith="demo-").count() == 0
    assert [user.email for user in User.objects.order_by("pk")] == [
        f"{user.username}@example.org" for user in User.objects.order_by("pk")
    ]


def test_only_weekly_series_repeat_a_title_and_never_in_one_week():
    planned = [event for event in programme() if not event.is_of_last_season]

    titles = Counter(event.title for event in planned)
    assert {title: times for title, times in titles.items() if times > 1} == {
        "CV Clinic at the Library": 4,
        "Life Drawing at the Sail Loft": 5,
        "Saturday 5k on the Sea Wall": 6,
        "Sunrise Yoga on the Slipway": 6,
        "Tuesday Pub Quiz at The Anchor": 6,
        "Wednesday Market in the Square": 5,
    }
    assert max(Counter((event.title, event.week) for event in planned).values()) == 1
    texts = Counter(event.description for event in planned)
    assert {text for text, times in texts.items() if times > 1} == {
        event.description for event in planned if titles[event.title] > 1
    }


def test_no_room_is_booked_twice():
    planned = programme()

    booked_twice = [
        (one.title, other.title) for place, one in enumerate(planned) for other in planned[:place] if clash(one, other)
    ]

    assert booked_twice == []


def test_gigs_that_help_with_an_event_are_in_its_week():
    planned = programme()

    week = {event.title: event.week for event in planned if not event.is_of_last_season}
    helping = [event for event in planned if event.alongside]
    assert len(helping) == 23
    assert [event.week for event in helping] == [week[event.alongside] for event in helping]


def test_last_season_is_over_and_had_events_of_todays_organisers():
    planned = programme()

    before = [event for event in planned if event.is_of_last_season]
    now = {event.title: event for event in planned if not event.is_of_last_season and event.week >= 0}
    assert len(before) > 200
    assert [event for event in before if event.status != "COMPLETED" or event.organiser is None] == []
    assert [event for event in before if event.title not in now] == []
    assert {event.week for event in before} == set(range(-13, -1))

"""Tests of what is shown of an event's interactions: numbers over time, and the plot of them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from events.tests.factories import EventFactory
from interactions import activity
from interactions.activity import Activity, Period, activity_of
from interactions.models import Interaction
from interactions.templatetags.activity import COLOURS, HEIGHT, WIDTH, Block, blocks_of
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 1, 23, 30, tzinfo=UTC)


def done(event, action, day, times=1, user=None):
    user = user or UserFactory()
    InteractionFactory.create_batch(
        times, event=event, user=user, action=action, created_at=START + timedelta(days=day)
    )


def test_numbers_by_day_action_and_person(django_assert_num_queries):
    event, ana = EventFactory(), UserFactory()
    done(event, "VIEW", 0, 2, ana)
    done(event, "DISMISS", 0, 1, ana)
    done(event, "SAVE", 2)
    done(EventFactory(), "VIEW", 0)

    with django_assert_num_queries(1):
        summary = activity_of(event.pk, 4)

    first, second, third = (date(2026, 5, day) for day in (1, 2, 3))
    # View, save, click, apply, dismiss.
    assert summary == Activity(
        4, 2, False, (2, 1, 0, 0, 1),
        (Period(first, first, (2, 0, 0, 0, 1)), Period(second, second, (0,) * 5), Period(third, third, (0, 1, 0, 0, 0))),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "number", "length"), [(59, 60, 1), (60, 31, 2), (119, 60, 2), (120, 41, 3), (3_650, 60, 61)]
)
def test_days_are_taken_together_when_they_are_many(days, number, length):
    event = EventFactory()
    done(event, "VIEW", 0)
    done(event, "VIEW", days)

    periods = activity_of(event.pk, 2).periods

    assert (len(periods), (periods[0].last - periods[0].first).days + 1) == (number, length)
    assert (periods[0].first, periods[-1].last) == (START.date(), START.date() + timedelta(days=days))
    assert [sum(period.numbers) for period in periods] == [1, *[0] * (number - 2), 1]


def test_event_without_interactions_has_nothing():
    assert activity_of(EventFactory().pk, 0) == Activity(0, 0, False, (0,) * 5, ())


def test_many_interactions_are_sampled_and_made_as_large_as_the_total(monkeypatch, django_assert_num_queries):
    event = EventFactory()
    done(event, "VIEW", 0, 30)
    done(event, "SAVE", 1, 10)
    monkeypatch.setattr(activity, "READ", 20)

    with django_assert_num_queries(1):
        # So small a table is in the sample as a whole; that the total is twice as large stands for the part that is not.
        summary = activity_of(event.pk, 80)

    assert (summary.total, summary.sampled, summary.people, summary.numbers) == (80, True, 2, (60, 20, 0, 0, 0))


def test_sample_is_a_part_of_a_large_table(monkeypatch):
    event = EventFactory()
    user = UserFactory()
    Interaction.objects.bulk_create([Interaction(user=user, event=event, action="VIEW") for _ in range(5_000)])
    monkeypatch.setattr(activity, "READ", 20)
    monkeypatch.setattr(activity, "PAGES", 10)

    summary = activity_of(event.pk, 5_000)

    assert (summary.sampled, summary.numbers) in [(True, (5_000, 0, 0, 0, 0)), (True, (0,) * 5)]


def test_blocks_fill_the_plot():
    day = date(2026, 5, 1)
    periods = (Period(day, day, (3, 0, 0, 0, 1)), Period(day, day + timedelta(days=1), (0, 0, 1, 0, 0)))

    blocks = blocks_of(Activity(5, 1, False, (3, 0, 1, 0, 1), periods))

    half, quarter = WIDTH / 2, HEIGHT / 4
    assert blocks == [
        Block(0, quarter, half - 1, 3 * quarter, COLOURS[0], "2026-05-01: Viewed 3"),
        Block(0, 0, half - 1, quarter, COLOURS[4], "2026-05-01: Dismissed 1"),
        Block(half, 3 * quarter, half - 1, quarter, COLOURS[2], "2026-05-01 to 2026-05-02: Clicked 1"),
    ]


def test_page_of_an_event_shows_them(staff):
    event = EventFactory()
    done(event, "VIEW", 0, 1_200)
    done(event, "SAVE", 1)

    page = staff.get(f"/admin/events/event/{event.pk}/change/").content.decode()

    words = " ".join(re.sub("<[^>]+>", " ", page[page.index("<section") : page.index("</section>")]).split())
    assert [part for part in ("1,201 in all, by 2 people.", "Viewed 1,200", "Dismissed 0") if part not in words] == []
    assert (page.count("<rect x="), "estimated" in words) == (2, False)
    # Nothing that a strict Content-Security-Policy would refuse.
    assert re.search(r"<script|style=|<style", page[page.index("<section") : page.index("</section>")]) is None


def test_page_says_what_is_estimated(staff, monkeypatch):
    event = EventFactory()
    done(event, "VIEW", 0, 30)
    monkeypatch.setattr(activity, "READ", 20)

    page = staff.get(f"/admin/events/event/{event.pk}/change/").content.decode()

    assert [part in page for part in ("estimated from a sample", "at least <strong>1</strong>", "Viewed ~30")] == [
        True
    ] * 3


def test_page_without_interactions_says_so(staff):
    page = staff.get(f"/admin/events/event/{EventFactory().pk}/change/").content.decode()

    assert ("Nobody has done anything with this event yet." in page, "<rect" in page) == (True, False)
    assert "activity" not in staff.get("/admin/events/event/add/").content.decode().split("</head>")[1]


def test_numbers_need_the_permission():
    clerk = UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_event"))
    client = Client()
    client.force_login(clerk)
    event = EventFactory()

    assert "Nobody has done" not in client.get(f"/admin/events/event/{event.pk}/change/").content.decode()
    clerk.user_permissions.add(Permission.objects.get(codename="view_interaction"))
    assert "Nobody has done" in client.get(f"/admin/events/event/{event.pk}/change/").content.decode()

"""Tests of show_feed and check_feed, and of the explanation that --why-not prints."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from events.models import Event
from events.tests.factories import EventFactory
from interactions.models import Interaction, Tally
from interactions.tests.factories import InteractionFactory
from recommendations.explain.position import position_of
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import RANKERS, feed_for
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from users.models import User

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def jazz(ana):
    return EventFactory(title="Jazz\tnight", category="music", start_at=NOW + timedelta(days=1))


def test_show_feed_is_plain_when_piped(jazz, capsys):
    InteractionFactory(event=jazz)
    EventFactory(title="Other", start_at=NOW + timedelta(days=2))

    call_command("show_feed", "ana", now="2026-05-01T12:00")

    assert capsys.readouterr().out.splitlines() == [
        f"1\t{jazz.pk}\t2026-05-02T12:00:00Z\tmusic\tJazz night\tMusic is one of your interests; 1 interaction so far; "
        "Starts Sat 2 May 2026, 12:00 UTC",
        f"2\t{jazz.pk + 1}\t2026-05-03T12:00:00Z\t-\tOther\tNew: nobody has interacted with it yet; "
        "Starts Sun 3 May 2026, 12:00 UTC",
    ]


def test_show_feed_in_a_terminal_is_a_table(jazz, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "120")

    call_command("show_feed", "ana", now="2026-05-01")

    out = capsys.readouterr().out
    assert [
        part in out for part in ("Recommended for ana", "Jazz", "Sat 2 May 2026, 12:00", "Music is one of your")
    ] == [True] * 4


def test_show_feed_json_is_the_endpoints(ana, jazz, api_of, capsys):
    EventFactory.create_batch(2, start_at=NOW + timedelta(days=2), type="GIG")
    with time_machine.travel(NOW, tick=False):
        served = api_of(ana).get("/recommendations?limit=1&ranker=popular").json()
        call_command("show_feed", "ana", "--json", "--limit=1", "--ranker=popular", "--now", NOW.isoformat())

    printed = json.loads(capsys.readouterr().out)
    assert printed["next"].startswith("/recommendations?limit=1&ranker=popular&cursor=")
    assert {**printed, "next": None} == {**served, "next": None}


def test_show_feed_next_of_json_can_be_followed(ana, api_of, capsys):
    EventFactory.create_batch(3)
    call_command("show_feed", "ana", "--json", "--limit=1")

    answer = api_of(ana).get(json.loads(capsys.readouterr().out)["next"])

    assert (answer.status_code, len(answer.json()["results"])) == (200, 1)


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (["--type=GIG"], ["gig"]), (["--category=Food"], ["food"]), (["--limit=1"], ["food"]),
        (["--ranker=upcoming"], ["gig", "food"]), (["--now=2026-05-02T12:00+00:00"], ["food"]), (["--now=2026-05-04"], []),
    ],
)  # fmt: skip
def test_show_feed_options(ana, capsys, options, titles):
    EventFactory(title="gig", type="GIG", start_at=NOW + timedelta(days=1))
    InteractionFactory(event=EventFactory(title="food", category="food", start_at=NOW + timedelta(days=2)))

    call_command("show_feed", "ANA@example.org", "--now=2026-05-01", *options)

    assert [line.split("\t")[4] for line in capsys.readouterr().out.splitlines()] == titles


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody"], 'There is no user "nobody"'), (["ana", "--now=yesterday"], '"yesterday" is not a time'),
        (["ana", "--now=2026-02-30"], "is not a time"), (["ana", "--now=0001-01-01T00:00+14:00"], "is not a time"),
        (["ana", "--limit=0"], "from 1 to 100"), (["ana", "--limit=101"], "from 1 to 100"), (["ana", "--limit=x"], "from 1 to 100"),
        (["ana", "--ranker=best"], "invalid choice"), (["ana", "--category=knitting"], "--category: Choose among: music, "),
            (["ana", "--radius-km=5"], "--radius-km: Give the place, too"), (["ana", "--near=91,0"], "--near: Latitudes are from -90"),
            (["ana", "--near=38.7,-9.1", "--radius-km=0"], "--radius-km: Write a number of more than 0"),
            (["ana", "--starts-after=2026-05-17"], "--starts-after: Write a moment like"),
        (["ana", "--why-not=77"], "There is no event 77"), (["ana", "--why-not=" + "9" * 30], "There is no event"),
    ],
)  # fmt: skip
def test_show_feed_bad_input(ana, arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("show_feed", *arguments)


def test_why_not_names_every_rule(ana, jazz, capsys):
    InteractionFactory(user=ana, event=jazz, action="DISMISS", created_at=NOW)
    Event.objects.filter(pk=jazz.pk).update(status="CANCELLED", start_at=NOW)

    call_command("show_feed", "ana", f"--why-not={jazz.pk}", "--now", NOW.isoformat(), "--type=GIG", "--category=food")

    assert capsys.readouterr().out.splitlines()[1:] == [
        "- its status is CANCELLED, not OPEN or IN_PROGRESS (status)",
        "- it started at 2026-05-01 12:00 UTC, not after 2026-05-01 12:00 UTC (start)",
        "- ana dismissed it at 2026-05-01 12:00 UTC (dismissed)",
        "- its type is EVENT, and only GIG is asked for (type)",
        "- its category is music, and only food is asked for (category)",
        "With the status OPEN, as of 2026-05-01 11:59:59 UTC, with the dismissal taken back, without the filter type=GIG "
        "and without the filter category=food: place 1.",
    ]


@pytest.mark.parametrize("ranker", RANKERS.values(), ids=lambda ranker: ranker.name)
def test_position_is_the_place_in_the_feed(ana, ranker):
    for number in range(9):
        made = EventFactory(category=["music", None][number % 2], start_at=NOW + timedelta(days=1 + number % 3))
        InteractionFactory.create_batch(number % 4, event=made)
    feed = feed_for(viewer_of(ana, NOW), ranker, NO_FILTERS)

    places = [position_of(event, feed) for event in whole_feed(feed)]

    assert places == list(range(1, 10))


def test_why_not_tells_the_smallest_change(ana, jazz, capsys):
    Event.objects.filter(pk=jazz.pk).update(category="food")
    for event in EventFactory.create_batch(30, category="music", start_at=NOW + timedelta(days=2)):
        InteractionFactory(event=event)

    call_command("show_feed", "ana", f"--why-not={jazz.pk}", "--now", NOW.isoformat())
    call_command("show_feed", "ana", f"--why-not={jazz.pk}", "--now", NOW.isoformat(), "--ranker=popular")
    call_command("show_feed", "ana", f"--why-not={jazz.pk}", "--now", NOW.isoformat(), "--ranker=upcoming")
    Event.objects.filter(pk=jazz.pk).update(category=None)
    call_command("show_feed", "ana", f"--why-not={jazz.pk}", "--now", NOW.isoformat())

    out = capsys.readouterr().out.splitlines()
    assert out == [
        f"{jazz} is in the heuristic feed of ana, at place 31.",
        "With `food` among the interests and with 1 more interaction: place 1.",
        f"{jazz} is in the popular feed of ana, at place 31.",
        "With 1 more interaction: place 1.",
        f"{jazz} is in the upcoming feed of ana, at place 1.",
        f"{jazz} is in the heuristic feed of ana, at place 31.",
        "No change of one kind or two brings it onto the first page of 20.",
    ]
    assert (Interaction.objects.filter(event=jazz).count(), User.objects.get(pk=ana.pk).interests) == (0, ["music"])


def test_why_not_json_is_the_endpoints(ana, jazz, api_of, capsys):
    InteractionFactory(user=ana, event=jazz, action="DISMISS", created_at=NOW)

    with time_machine.travel(NOW, tick=False):
        served = api_of(ana).get(f"/recommendations/{jazz.pk}/explanation").json()
        call_command("show_feed", "ana", f"--why-not={jazz.pk}", "--json")

    assert json.loads(capsys.readouterr().out) == served


def test_why_not_tells_the_place(jazz, capsys):
    call_command("show_feed", "ana", f"--why-not={jazz.pk}", "--now", NOW.isoformat())

    assert capsys.readouterr().out == f"{jazz} is in the heuristic feed of ana, at place 1.\n"


def test_check_feed_finds_no_difference(ana, jazz, capsys):
    EventFactory.create_batch(3)
    InteractionFactory.create_batch(2, event=jazz)

    call_command("check_feed", "ana", now=NOW.isoformat())
    call_command("check_feed", sample=2)

    assert capsys.readouterr().out == (
        "3 feeds compared with the definition: 0 differences.\n6 feeds compared with the definition: 0 differences.\n"
    )


def test_check_feed_tells_a_difference(ana, jazz, capsys):
    other = EventFactory(category="music", start_at=NOW + timedelta(days=2))
    Tally.objects.filter(event=other).update(interaction_count=7)

    with pytest.raises(CommandError, match="3 feeds compared with the definition: 2 differ"):
        call_command("check_feed", "ana", now=NOW.isoformat())

    assert capsys.readouterr().out.splitlines() == [
        f"{name} feed of {ana}: at place 1 event {other.pk} is served, event {jazz.pk} is defined"
        for name in ("heuristic", "popular")
    ]

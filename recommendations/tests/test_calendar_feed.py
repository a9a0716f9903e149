"""Tests of the feed as a calendar: its content, and how other programs read it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from rest_framework.test import APIClient

from events.importing.load import import_events
from events.importing.plan import Defaults, Window
from events.importing.source import Source
from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.tests.factories import InteractionFactory
from recommendations.calendar_feed import ical
from recommendations.tests.content_lines import entries_of, escaped, unfolded
from recommendations.tests.worlds import NOW
from users.tests.factories import UserFactory
from users.tokens import new_calendar_token

pytestmark = pytest.mark.usefixtures("still_clock")


@pytest.fixture
def ana():
    return UserFactory(interests=["music"])


def calendar_of(user):
    answer = APIClient().get(f"/recommendations.ics?token={new_calendar_token(user, now=NOW)}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    return answer.content


@pytest.fixture
def town():
    """Events with all that the form of a calendar could stumble over."""
    club = OrganiserFactory(name='Club; "Ümlaut", Ltd')
    return [
        EventFactory(
            title="Jazz, blues; and a \\ backslash", description="Line one\nLine two, 🎷" * 30, category="music",
            tags=["free, for all", "late;night", "日本語" * 20], organiser=club, location_name="Cellar, Kai 3; left door",
            latitude=53.54, longitude=-0.00001, url="https://club.example/e?a=1,2;b=%20",
            start_at=NOW + timedelta(days=1), end_at=NOW + timedelta(days=1, hours=2),
        ),
        EventFactory(title="é" * 200, start_at=NOW + timedelta(days=2), end_at=None, type="GIG"),
        EventFactory(title="\u2028 \u00a0x", description="\r\n tabs\t and\rreturns", start_at=NOW + timedelta(days=3)),
    ]  # fmt: skip


@pytest.mark.django_db
def test_calendar_tells_when_where_and_why(ana):
    event = EventFactory(
        title="Jazz", description="Bring a friend.", category="music", tags=["late"], organiser=OrganiserFactory(name="Club"),
        location_name="Cellar", latitude=1.5, longitude=-2.25, url="https://club.example/jazz",
        start_at=NOW + timedelta(days=1), end_at=NOW + timedelta(days=1, hours=2),
    )  # fmt: skip
    InteractionFactory.create_batch(2, event=event)

    lines = unfolded(calendar_of(ana))

    assert lines == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Marquee//Feed//EN", "CALSCALE:GREGORIAN",
        "NAME:Recommended by Marquee", "X-WR-CALNAME:Recommended by Marquee",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H", "X-PUBLISHED-TTL:PT4H",
        "BEGIN:VEVENT", f"UID:event-{event.pk}@testserver", "DTSTAMP:20260501T120000Z", "DTSTART:20260502T120000Z",
        "DTEND:20260502T140000Z", "SUMMARY:Jazz",
        "DESCRIPTION:• Music is one of your interests\\n• 2 interactions so far\\n• Starts Sat 2 May 2026\\, 12:00 UTC"
        f"\\n\\nBy Club\\n\\nBring a friend.\\n\\nhttp://testserver/event/{event.pk}",
        "LOCATION:Cellar", "GEO:1.5;-2.25", "CATEGORIES:music,late", "URL:https://club.example/jazz",
        "STATUS:CONFIRMED", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip


@pytest.mark.django_db
def test_an_empty_feed_is_a_calendar_without_entries(ana):
    data = calendar_of(ana)

    assert (entries_of(data), Calendar.from_ical(data).subcomponents) == ([], [])


@pytest.mark.django_db
def test_calendar_is_the_first_of_the_feed_in_its_order(ana, api_of):
    EventFactory.create_batch(60, category="music")
    feed = api_of(ana).get("/recommendations?limit=50").json()

    entries = entries_of(calendar_of(ana))

    assert [entry["UID"] for entry in entries] == [f"event-{one['event']['id']}@testserver" for one in feed["results"]]
    assert [entry["DESCRIPTION"].split("\\n\\n")[0] for entry in entries] == [
        "\\n".join(escaped(f"• {reason['text']}") for reason in one["reasons"]) for one in feed["results"]
    ]


@pytest.mark.django_db
def test_calendar_follows_the_switch_and_leaves_out_what_was_dismissed(ana):
    ana.personal_ranking = False
    ana.save()
    liked, quiet, gone = EventFactory(), EventFactory(category="music"), EventFactory()
    InteractionFactory(event=liked)
    InteractionFactory(event=gone, user=ana, action="DISMISS")

    uids = [entry["UID"] for entry in entries_of(calendar_of(ana))]

    assert uids == [f"event-{event.pk}@testserver" for event in (liked, quiet)]


@pytest.mark.django_db
def test_another_parser_reads_what_the_endpoint_tells(ana, town, api_of):
    feed = api_of(ana).get("/recommendations").json()["results"]
    data = calendar_of(ana)

    assert len(entries_of(data)) == 3
    parsed = Calendar.from_ical(data).walk("VEVENT")
    assert [entry.errors for entry in parsed] == [[], [], []]
    first = parsed[0]
    event = feed[0]["event"]
    assert (first["SUMMARY"], first["LOCATION"], first["URL"], first["CATEGORIES"].cats, first["GEO"].to_ical()) == (
        event["title"], event["locationName"], event["url"], ["music", *event["tags"]], "53.54;-1e-05",
    )  # fmt: skip
    assert (first["DTSTART"].dt, first["DTEND"].dt) == (town[0].start_at, town[0].end_at)
    assert first["DESCRIPTION"].endswith(
        f'\n\nBy Club; "Ümlaut", Ltd\n\n{town[0].description}\n\nhttp://testserver/event/{town[0].pk}'
    )


@pytest.mark.django_db
def test_the_calendar_imports_again_to_the_same_events(ana, town):
    data = calendar_of(ana)
    sent = {f"ics:event-{event.pk}@testserver": event for event in town}
    window = Window(NOW, NOW + timedelta(days=30))

    first = import_events(Source("feed.ics", data), window, Defaults(), now=NOW, dry_run=False)
    second = import_events(Source("feed.ics", data), window, Defaults(), now=NOW, dry_run=False)

    assert (first.bad, first.notes, first.written.created, second.written.unchanged) == ((), (), 3, 3)
    same = ("start_at", "end_at", "status", "category", "tags", "location_name", "latitude", "longitude", "url")
    imported = {event.external_id: event for event in Event.objects.filter(external_id__startswith="ics:")}
    assert {key: [getattr(event, name) for name in same] for key, event in imported.items()} == {
        key: [getattr(event, name) for name in same] for key, event in sent.items()
    }
    # Line breaks and characters that nobody sees have no place in a title.
    assert [imported[key].title for key in sent] == [town[0].title, town[1].title, "x"]
    assert all(f"{town[0].description}\n\nhttp://" in imported[key].description for key in list(sent)[:1])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3), st.floats(-90, 90), st.floats(-180, 180))
def test_any_text_keeps_to_the_grammar_and_comes_back(title, place, tags, latitude, longitude):
    event = {
        "id": 1, "title": title, "description": title, "locationName": place, "category": None, "tags": tags, "url": None,
        "organiser": None, "startAt": NOW, "endAt": None, "latitude": latitude, "longitude": longitude,
    }  # fmt: skip

    data = ical.calendar_of([{"event": event, "reasons": []}], host="h", root="http://h/", now=NOW)

    (entry,) = entries_of(data)
    (parsed,) = Calendar.from_ical(data).walk("VEVENT")
    assert [float(part) for part in entry["GEO"].split(";")] == [latitude, longitude]
    assert (entry["SUMMARY"], entry.get("LOCATION", "")) == (escaped(cleaned(title)), escaped(cleaned(place)))
    assert (str(parsed["SUMMARY"]), str(parsed.get("LOCATION", ""))) == (cleaned(title), cleaned(place))
    assert entry.get("CATEGORIES", "") == ",".join(escaped(cleaned(tag)) for tag in tags if tag)


def cleaned(text):
    """Return a text as a calendar may have it: no controls but the tab and \\n, nothing that turns its direction."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", lines)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3, 49])
def test_queries(ana, django_assert_num_queries, rows):
    EventFactory.create_batch(rows, organiser=OrganiserFactory(), category="music")
    address = f"/recommendations.ics?token={new_calendar_token(ana, now=NOW)}"

    with django_assert_num_queries(2):  # the token with its user; the page
        Client().get(address)

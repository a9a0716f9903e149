"""Tests of the feed as a calendar: its content, and how other programs read it."""

import gzip
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical
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
from recommendations.addresses import event_path
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


def uid_of(event):
    event.refresh_from_db()
    return f"event-{event.pk}-{event.created_at:%Y%m%dT%H%M%S}@marquee"


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
            address="Kai 3; 20457 Hamburg", time_zone="Europe/Berlin", attendance="MIXED",
        ),
        EventFactory(title="é" * 200, start_at=NOW + timedelta(days=2), end_at=None, type="GIG"),
        EventFactory(title="\u2028 \u00a0x", description="\r\n tabs\t and\rreturns", start_at=NOW + timedelta(days=3)),
    ]  # fmt: skip


@pytest.mark.django_db
def test_calendar_tells_when_where_and_why(ana):
    event = EventFactory(
        title="Jazz", created_at=NOW, description="Bring a friend.", category="music", tags=["late"], organiser=OrganiserFactory(name="Club"),
        location_name="Cellar", latitude=1.5, longitude=-2.25, url="https://club.example/jazz",
        start_at=NOW + timedelta(days=1), end_at=NOW + timedelta(days=1, hours=2),
    )  # fmt: skip
    InteractionFactory.create_batch(2, event=event)

    lines = unfolded(calendar_of(ana))

    assert lines == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Marquee//Feed//EN", "CALSCALE:GREGORIAN",
        "NAME:Recommended by Marquee", "X-WR-CALNAME:Recommended by Marquee",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H", "X-PUBLISHED-TTL:PT4H",
        "BEGIN:VEVENT", f"UID:event-{event.pk}-20260501T120000@marquee", "DTSTAMP:20260501T120000Z", "SEQUENCE:0",
        "DTSTART:20260502T120000Z",
        "DTEND:20260502T140000Z", "SUMMARY:Jazz",
        "DESCRIPTION:• Music is one of your interests\\n• 2 interactions so far\\n• Starts Sat 2 May 2026\\, 12:00 UTC"
        f"\\n\\nBy Club\\n\\nBring a friend.\\n\\nhttp://testserver{event_path(event.pk, event.title)}",
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

    assert [entry["UID"] for entry in entries] == [
        uid_of(Event.objects.get(pk=one["event"]["id"])) for one in feed["results"]
    ]
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

    assert uids == [uid_of(event) for event in (liked, quiet)]


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
        event["title"], f"{event['locationName']}\n{event['address']}", event["url"], ["music", *event["tags"]], "53.54;-1e-05",
    )  # fmt: skip
    assert first["CONFERENCE"] == event["url"]
    assert (first["DTSTART"].dt, first["DTEND"].dt) == (town[0].start_at, town[0].end_at)
    assert first["DESCRIPTION"].endswith(
        f'\n\nBy Club; "Ümlaut", Ltd\n\nIn person and online\n\n{town[0].description}\n\n'
        f"http://testserver{event_path(town[0].pk, town[0].title)}"
    )


@pytest.mark.django_db
def test_the_calendar_imports_again_to_the_same_events(ana, town):
    data = calendar_of(ana)
    sent = {f"ics:{uid_of(event)}": event for event in town}
    window = Window(NOW, NOW + timedelta(days=30))

    first = import_events(Source("feed.ics", data), window, Defaults(), now=NOW, dry_run=False)
    second = import_events(Source("feed.ics", data), window, Defaults(), now=NOW, dry_run=False)

    assert (first.bad, first.notes, first.written.created, second.written.unchanged) == ((), (), 3, 3)
    same = (
        "start_at", "end_at", "status", "category", "tags", "location_name", "address", "time_zone", "attendance", "latitude",
        "longitude", "url",
    )  # fmt: skip
    imported = {event.external_id: event for event in Event.objects.filter(external_id__startswith="ics:")}
    assert {key: [getattr(event, name) for name in same] for key, event in imported.items()} == {
        key: [getattr(event, name) for name in same] for key, event in sent.items()
    }
    # Line breaks and characters that nobody sees have no place in a title.
    assert [imported[key].title for key in sent] == [town[0].title, town[1].title, "x"]
    assert all(f"{town[0].description}\n\nhttp://" in imported[key].description for key in list(sent)[:1])


@pytest.mark.django_db
def test_uids_do_not_depend_on_the_host_and_a_change_raises_the_sequence(ana, settings):
    settings.ALLOWED_HOSTS = ["*"]
    event = EventFactory(title="Jazz", created_at=NOW)
    url = f"/recommendations.ics?token={new_calendar_token(ana, now=NOW)}"
    first = [
        entries_of(Client().get(url, headers={"host": host}).content)[0] for host in ("a.example", "b.example:8000")
    ]
    Event.objects.update(title="Jazz")
    same = entries_of(Client().get(url).content)[0]
    event.title = "Blues"
    event.save()
    Event.objects.update(location_name="Cellar", revision=0)

    (after,) = entries_of(Client().get(url).content)

    event.refresh_from_db()
    assert [entry["UID"] for entry in (*first, same, after)] == [f"event-{event.pk}-20260501T120000@marquee"] * 4
    assert [(entry["SEQUENCE"], entry["DTSTAMP"]) for entry in (*first, same, after)] == [
        *[("0", "20260501T120000Z")] * 3, ("2", f"{event.revised_at:%Y%m%dT%H%M%SZ}"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_cancelled_events_are_in_the_calendar_as_cancelled_for_a_while(ana):
    EventFactory.create_batch(49, category="music")
    dear, dull, gone = EventFactory(category="music", start_at=NOW + timedelta(days=3)), EventFactory(), EventFactory()
    InteractionFactory(event=gone, user=ana, action="DISMISS")
    EventFactory.create_batch(2, category="music")
    Event.objects.filter(pk__in=[dear.pk, dull.pk, gone.pk]).update(status="CANCELLED")

    entries = entries_of(calendar_of(ana))

    assert [entry["STATUS"] for entry in entries] == ["CONFIRMED"] * 50 + ["CANCELLED"]
    assert (entries[-1]["UID"], entries[-1]["SEQUENCE"]) == (uid_of(dear), "1")
    assert "interests" not in entries[-1]["DESCRIPTION"]


@pytest.mark.django_db
def test_cancelled_events_leave_the_calendar_after_two_weeks(ana, time_machine):
    event = EventFactory(start_at=datetime(2100, 1, 1, tzinfo=UTC))
    Event.objects.update(status="CANCELLED")
    event.refresh_from_db()
    statuses = []
    for days in (13, 15):
        time_machine.move_to(event.revised_at + timedelta(days=days), tick=False)
        statuses.append([entry["STATUS"] for entry in entries_of(calendar_of(ana))])

    assert statuses == [["CANCELLED"], []]


@pytest.mark.django_db
def test_an_unchanged_calendar_is_not_sent_again(ana, town):
    url = f"/recommendations.ics?token={new_calendar_token(ana, now=NOW)}"
    first = Client().get(url)
    known = {"If-None-Match": first["ETag"]}

    again, head = Client().get(url, headers=known), Client().head(url)

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])
    Event.objects.filter(pk=town[0].pk).update(title="Another")
    changed = Client().get(url, headers=known)
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


@pytest.mark.django_db
def test_a_calendar_is_compressed_for_programs_that_ask(ana, town):
    url = f"/recommendations.ics?token={new_calendar_token(ana, now=NOW)}"
    plain, packed = Client().get(url), Client().get(url, headers={"accept-encoding": "gzip"})

    assert (packed["Content-Encoding"], gzip.decompress(packed.content)) == ("gzip", plain.content)
    assert "Accept-Encoding" in packed["Vary"]
    known = {"accept-encoding": "gzip", "If-None-Match": packed["ETag"]}
    assert Client().get(url, headers=known).status_code == 304


_NO_FACTS = {
    "timeZone": None, "address": "", "attendance": None, "price": None, "language": None, "minimumAge": None,
}  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=3), st.floats(-90, 90), st.floats(-180, 180))
def test_any_text_keeps_to_the_grammar_and_comes_back(title, place, tags, latitude, longitude):
    event = {
        "id": 1, "status": "OPEN", "title": title, "description": title, "locationName": place, "category": None, "tags": tags, "url": None,
        "organiser": None, "startAt": NOW, "endAt": None, "latitude": latitude, "longitude": longitude, **_NO_FACTS,
    }  # fmt: skip

    data = ical.calendar_of([ical.Entry(event, [], NOW, None, 0)], root="http://h/")

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

    with django_assert_num_queries(3):  # the token with its user; the page; what was cancelled lately
        Client().get(address)


# The days on which clocks change: New York's on 14 March and 7 November, Lisbon's and Dublin's on 28 March and 31 October,
# Lord Howe's, by half an hour, on 3 April and 2 October (UTC); and two others.
_MOMENTS = [
    datetime(2027, month, day, hour, minute, tzinfo=UTC)
    for month, day in ((3, 14), (3, 28), (4, 3), (10, 2), (10, 31), (11, 7), (7, 1), (12, 31))
    for hour in range(24)
    for minute in (0, 30)
]
_ZONES = ("Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Kathmandu", "UTC")


@pytest.mark.parametrize("zone", _ZONES)
def test_times_in_a_zone_are_right_by_the_documents_own_definition(zone):
    """Another implementation reads the definition: dateutil's, which knows nothing else of the zone."""
    events = [{
        "id": number, "title": "Jazz", "status": "OPEN", "startAt": moment, "endAt": moment + timedelta(hours=3),
        "locationName": "", "latitude": None, "category": None, "tags": [], "url": None, "organiser": None, "description": "",
        **_NO_FACTS, "timeZone": zone,
    } for number, moment in enumerate(_MOMENTS)]  # fmt: skip
    entries = [ical.Entry(event, [], NOW, None, 0) for event in events]

    data = ical.calendar_of(entries, root="http://testserver/").decode()

    defined = None if zone == "UTC" else tzical(StringIO(data)).get()
    assert data.count("BEGIN:VTIMEZONE") == (0 if zone == "UTC" else 1)

    events_alone = data[data.index("BEGIN:VEVENT") :]

    def moments(name):
        for parameters, written in re.findall(rf"^{name}(?:;TZID=([^:\r]+))?:(\w+)\r$", events_alone, re.MULTILINE):
            local = datetime.strptime(written.removesuffix("Z"), "%Y%m%dT%H%M%S")
            assert parameters == ("" if written.endswith("Z") else zone)
            yield (local.replace(tzinfo=defined if parameters else UTC)).astimezone(UTC)

    assert list(moments("DTSTART")) == _MOMENTS
    assert list(moments("DTEND")) == [moment + timedelta(hours=3) for moment in _MOMENTS]
    # Only what a local time cannot say is in UTC: half an hour or an hour once a year.
    in_utc = re.findall(r"^DTSTART:\w+Z\r$", data, re.MULTILINE)
    assert len(in_utc) == {"UTC": len(_MOMENTS), "Asia/Kathmandu": 0, "Australia/Lord_Howe": 1}.get(zone, 2)


def test_year_9999_has_a_definition():
    assert len(ical._definition(ZoneInfo("Europe/Lisbon"), (1, 9999)).subcomponents) == 4


@pytest.mark.django_db
def test_calendar_of_what_is_saved(api_of, ana):
    kept = EventFactory(title="Jazz", start_at=NOW + timedelta(days=1), location_name="Cellar")
    cancelled = EventFactory(title="Tango", start_at=NOW + timedelta(days=2))
    past = EventFactory(title="Blues", start_at=NOW - timedelta(days=29), status="COMPLETED")
    long_ago = EventFactory(title="Swing", start_at=NOW - timedelta(days=31), status="COMPLETED")
    for event in (kept, cancelled, past, long_ago):
        InteractionFactory(user=ana, event=event, action="SAVE")
    InteractionFactory(event=EventFactory(title="Of others"), action="SAVE")
    Event.objects.filter(pk=cancelled.pk).update(status="CANCELLED")

    urls = api_of(ana).post("/users/me/calendar").json()
    answer = APIClient().get(urls["savedUrl"])
    again = APIClient().get(urls["savedUrl"], headers={"If-None-Match": answer["ETag"]})

    entries = entries_of(answer.content)
    assert [(entry["SUMMARY"], entry["STATUS"], entry["UID"]) for entry in entries] == [
        ("Blues", "CONFIRMED", uid_of(past)), ("Jazz", "CONFIRMED", uid_of(kept)), ("Tango", "CANCELLED", uid_of(cancelled)),
    ]  # fmt: skip
    assert b"NAME:Saved on Marquee" in answer.content
    assert (answer["Content-Type"], again.status_code) == ("text/calendar; charset=utf-8", 304)
    api_of(ana).delete("/users/me/calendar")
    assert APIClient().get(urls["savedUrl"]).status_code == 401

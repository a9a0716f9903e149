"""A page of a feed as an iCalendar document (RFC 5545)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from api.text_rules import FORBIDDEN
from events.facts import facts_in_words
from events.times import known_zone
from recommendations.addresses import event_path
from recommendations.feed.reasons import reason_texts

if TYPE_CHECKING:
    from icalendar import Event, Timezone

RECOMMENDED, SAVED = "Recommended by Marquee", "Saved on Marquee"
# How often programs should ask again: the feed follows interests and clicks, a calendar is looked at a few times a day.
_REFRESH = timedelta(hours=4)

# Note [Times in calendars]
# An event whose zone is known has its times in this zone (TZID), so that programs show the time at the place and keep
# it when the reader travels. The document defines each zone (VTIMEZONE), for the years of its events alone: what a
# program knows of a zone may be older than what we know. A time in the second pass of an hour that the clocks repeat is
# written in UTC, because a local time always means the first (RFC 5545, 3.3.5); so is every time of an event without a
# zone. All of them name the same moment as the API does.


@dataclass(frozen=True)
class Entry:
    """An event in a calendar: its JSON and reasons, and what the JSON does not have, of its record."""

    event: dict[str, Any]
    reasons: list[dict[str, Any]]
    created_at: datetime
    revised_at: datetime | None
    revision: int

    @property
    def uid(self) -> str:
        """The UID: the same at every host name, and another one in every installation."""
        return f"event-{self.event['id']}-{self.created_at.astimezone(UTC):%Y%m%dT%H%M%S}@marquee"


def calendar_of(entries: Iterable[Entry], *, root: str, is_subscribed: bool = True, name: str = RECOMMENDED) -> bytes:
    """Return a calendar of the entries in their order; `root` is the URL of the page for people, with a trailing slash.

    One that is not subscribed to has no name and is not asked for again; whoever adds its entries is busy then.
    It is the same, byte for byte, until one of them changes.
    """
    # Half a second and 8 MB that a process only needs once somebody subscribes.
    from icalendar import Calendar, vDuration

    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Marquee//Feed//EN")
    calendar.add("CALSCALE", "GREGORIAN")
    if is_subscribed:
        calendar.add("NAME", name)
        calendar.add("X-WR-CALNAME", name)
        calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(_REFRESH))
    entries = list(entries)
    for zone, years in _zones_of(entries).items():
        calendar.add_component(_definition(zone, tuple(sorted(years))))
    for entry in entries:
        component = _component(entry, root=root)
        # A recommendation does not make anybody busy.
        component.add("TRANSP", "TRANSPARENT" if is_subscribed else "OPAQUE")
        calendar.add_component(component)
    document: bytes = calendar.to_ical(sorted=False)
    return document


def _component(recommended: Entry, *, root: str) -> Event:
    from icalendar import Event
    from icalendar.prop import vInline, vUri

    event, is_cancelled = recommended.event, recommended.event["status"] == "CANCELLED"
    entry = Event()
    entry.add("UID", recommended.uid)
    entry.add("DTSTAMP", (recommended.revised_at or recommended.created_at).astimezone(UTC))
    entry.add("SEQUENCE", recommended.revision)
    zone = known_zone(event["timeZone"])
    entry.add("DTSTART", _local(event["startAt"], zone))
    if event["endAt"] is not None:
        entry.add("DTEND", _local(event["endAt"], zone))
    entry.add("SUMMARY", _text(event["title"]))
    entry.add("DESCRIPTION", _text(description_of(event, recommended.reasons, root=root)))
    if place := "\n".join(filter(None, (event["locationName"], event["address"]))):
        entry.add("LOCATION", _text(place))
    if event["latitude"] is not None:
        # vGeo writes 1e-05, which is not a FLOAT of the RFC.
        degrees = (f"{Decimal(repr(event[name])):f}" for name in ("latitude", "longitude"))
        entry.add("GEO", vInline(";".join(degrees)))
    if words := [_text(word) for word in (event["category"], *event["tags"]) if word]:
        entry.add("CATEGORIES", words)
    if event["url"]:
        entry.add("URL", event["url"])
        if event["attendance"] in ("ONLINE", "MIXED"):
            # RFC 7986, 5.11.
            entry.add("CONFERENCE", vUri(event["url"]), parameters={"VALUE": "URI", "LABEL": "Take part online"})
    entry.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    return entry


def description_of(event: dict[str, Any], reasons: list[dict[str, Any]], *, root: str) -> str:
    """Return the description of an entry: the reasons, organiser, facts, the event's own text and where to save it."""
    why = "\n".join(f"• {text}" for text in reason_texts(reasons))
    organiser = f"By {event['organiser']['name']}" if event["organiser"] else ""
    facts = " · ".join(facts_in_words(event))
    parts = (why, organiser, facts, event["description"], f"{root}{event_path(event['id'], event['title'])[1:]}")
    return "\n\n".join(part for part in parts if part)


def _local(moment: datetime, zone: ZoneInfo | None) -> datetime:
    """Return a moment as a calendar writes it. See Note [Times in calendars]."""
    local = moment.astimezone(zone or UTC)
    return moment.astimezone(UTC) if local.fold else local


def _zones_of(entries: Iterable[Entry]) -> dict[ZoneInfo, set[int]]:
    """Return the zones of events, each with the years in which its times lie."""
    years: defaultdict[ZoneInfo, set[int]] = defaultdict(set)
    for entry in entries:
        zone = known_zone(entry.event["timeZone"])
        for moment in (entry.event["startAt"], entry.event["endAt"]):
            # icalendar writes "Z" for this one, whose times need no definition.
            if zone is not None and zone.key != "UTC" and moment is not None:
                years[zone].add(moment.astimezone(zone).year)
    return dict(years)


@lru_cache(1_000)
def _definition(zone: ZoneInfo, years: tuple[int, ...]) -> Timezone:
    """Return the VTIMEZONE of a zone for these years."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    definition = Timezone()
    definition.add("TZID", zone.key)
    for year in years:
        for onset, before in _onsets(zone, year):
            after = onset.astimezone(zone)
            observance = TimezoneDaylight() if after.dst() else TimezoneStandard()
            # The onset is a local time by the clock before it: RFC 5545, 3.6.5.
            observance.add("DTSTART", (onset + before).replace(tzinfo=None))
            observance.add("TZOFFSETFROM", before)
            observance.add("TZOFFSETTO", after.utcoffset())
            observance.add("TZNAME", after.tzname())
            definition.add_component(observance)
    return definition


def _onsets(zone: ZoneInfo, year: int) -> Iterator[tuple[datetime, timedelta]]:
    """Yield the moment that begins a year in a zone, then each change of its offset, with the offset before it."""
    begin = datetime(year, 1, 1, tzinfo=zone).astimezone(UTC)
    yield begin, _offset(begin, zone)
    # Python has no day after 9999.
    for day in range(366 if year < 9999 else 363):
        low, high = begin + timedelta(days=day), begin + timedelta(days=day + 1)
        before, after = _offset(low, zone), _offset(high, zone)
        if before == after:
            continue
        while high - low > timedelta(minutes=1):
            middle = low + (high - low) // timedelta(minutes=2) * timedelta(minutes=1)
            low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
        yield high, before


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _text(text: str) -> str:
    """Return a text without the control characters that a TEXT may not have, and with \\n as its only line break."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))

"""A page of a feed as an iCalendar document (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from api.text_rules import FORBIDDEN
from recommendations.feed.reasons import reason_texts

if TYPE_CHECKING:
    from icalendar import Event

NAME = "Recommended by Marquee"
# How often programs should ask again: the feed follows interests and clicks, a calendar is looked at a few times a day.
_REFRESH = timedelta(hours=4)


def calendar_of(results: list[dict[str, Any]], *, host: str, root: str, now: datetime) -> bytes:
    """Return a calendar of the results of a page, in their order; each is a result of the endpoint's JSON.

    `host` makes the UIDs unique to this installation; `root` is the URL of the page for people, with a trailing slash.
    """
    # Half a second and 8 MB that a process only needs once somebody subscribes.
    from icalendar import Calendar, vDuration

    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Marquee//Feed//EN")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("NAME", NAME)
    calendar.add("X-WR-CALNAME", NAME)
    calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(_REFRESH))
    for result in results:
        calendar.add_component(_entry(result["event"], result["reasons"], host=host, root=root, now=now))
    document: bytes = calendar.to_ical(sorted=False)
    return document


def _entry(event: dict[str, Any], reasons: list[dict[str, Any]], *, host: str, root: str, now: datetime) -> Event:
    from icalendar import Event
    from icalendar.prop import vInline

    entry = Event()
    entry.add("UID", f"event-{event['id']}@{host}")
    entry.add("DTSTAMP", now.astimezone(UTC))
    entry.add("DTSTART", event["startAt"].astimezone(UTC))
    if event["endAt"] is not None:
        entry.add("DTEND", event["endAt"].astimezone(UTC))
    entry.add("SUMMARY", _text(event["title"]))
    entry.add("DESCRIPTION", _text(description_of(event, reasons, root=root)))
    if event["locationName"]:
        entry.add("LOCATION", _text(event["locationName"]))
    if event["latitude"] is not None:
        # vGeo writes 1e-05, which is not a FLOAT of the RFC.
        degrees = (f"{Decimal(repr(event[name])):f}" for name in ("latitude", "longitude"))
        entry.add("GEO", vInline(";".join(degrees)))
    if words := [_text(word) for word in (event["category"], *event["tags"]) if word]:
        entry.add("CATEGORIES", words)
    if event["url"]:
        entry.add("URL", event["url"])
    entry.add("STATUS", "CONFIRMED")
    # A recommendation does not make anybody busy.
    entry.add("TRANSP", "TRANSPARENT")
    return entry


def description_of(event: dict[str, Any], reasons: list[dict[str, Any]], *, root: str) -> str:
    """Return the description of an entry: the reasons, the organiser, the event's own text and where to save it."""
    why = "\n".join(f"• {text}" for text in reason_texts(reasons))
    organiser = f"By {event['organiser']['name']}" if event["organiser"] else ""
    parts = (why, organiser, event["description"], f"{root}event/{event['id']}")
    return "\n\n".join(part for part in parts if part)


def _text(text: str) -> str:
    """Return a text without the control characters that a TEXT may not have, and with \\n as its only line break."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))

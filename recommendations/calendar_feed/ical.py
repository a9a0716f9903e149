"""A page of a feed as an iCalendar document (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from api.text_rules import FORBIDDEN
from recommendations.addresses import event_path
from recommendations.feed.reasons import reason_texts

if TYPE_CHECKING:
    from icalendar import Event

NAME = "Recommended by Marquee"
# How often programs should ask again: the feed follows interests and clicks, a calendar is looked at a few times a day.
_REFRESH = timedelta(hours=4)


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


def calendar_of(entries: Iterable[Entry], *, root: str, is_subscribed: bool = True) -> bytes:
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
        calendar.add("NAME", NAME)
        calendar.add("X-WR-CALNAME", NAME)
        calendar.add("REFRESH-INTERVAL", _REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("X-PUBLISHED-TTL", vDuration(_REFRESH))
    for entry in entries:
        component = _component(entry, root=root)
        # A recommendation does not make anybody busy.
        component.add("TRANSP", "TRANSPARENT" if is_subscribed else "OPAQUE")
        calendar.add_component(component)
    document: bytes = calendar.to_ical(sorted=False)
    return document


def _component(recommended: Entry, *, root: str) -> Event:
    from icalendar import Event
    from icalendar.prop import vInline

    event, is_cancelled = recommended.event, recommended.event["status"] == "CANCELLED"
    entry = Event()
    entry.add("UID", recommended.uid)
    entry.add("DTSTAMP", (recommended.revised_at or recommended.created_at).astimezone(UTC))
    entry.add("SEQUENCE", recommended.revision)
    entry.add("DTSTART", event["startAt"].astimezone(UTC))
    if event["endAt"] is not None:
        entry.add("DTEND", event["endAt"].astimezone(UTC))
    entry.add("SUMMARY", _text(event["title"]))
    entry.add("DESCRIPTION", _text(description_of(event, recommended.reasons, root=root)))
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
    entry.add("STATUS", "CANCELLED" if is_cancelled else "CONFIRMED")
    return entry


def description_of(event: dict[str, Any], reasons: list[dict[str, Any]], *, root: str) -> str:
    """Return the description of an entry: the reasons, the organiser, the event's own text and where to save it."""
    why = "\n".join(f"• {text}" for text in reason_texts(reasons))
    organiser = f"By {event['organiser']['name']}" if event["organiser"] else ""
    parts = (why, organiser, event["description"], f"{root}{event_path(event['id'], event['title'])[1:]}")
    return "\n\n".join(part for part in parts if part)


def _text(text: str) -> str:
    """Return a text without the control characters that a TEXT may not have, and with \\n as its only line break."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))

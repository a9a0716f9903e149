"""This file holds a page of a feed as a calendar (RFC 5545)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from recommendations.subscription.content_lines import folded, text_of

NAME = "Recommended by Marquee"
# How often programs should ask again: the feed follows interests and clicks, a calendar is looked at a few times a day.
_REFRESH = "PT4H"
_HEAD = (
    "VERSION:2.0", "PRODID:-//Marquee//Feed//EN", "CALSCALE:GREGORIAN", f"NAME:{NAME}", f"X-WR-CALNAME:{NAME}",
    f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}", f"X-PUBLISHED-TTL:{_REFRESH}",
)  # fmt: skip


def calendar_of(results: list[dict[str, Any]], *, host: str, root: str, now: datetime) -> bytes:
    """Return a calendar of the results of a page, as the endpoint tells them, in their order.

    `host` makes the UIDs those of this installation; `root` is the address of the page, with a slash at its end.
    """
    lines = ["BEGIN:VCALENDAR", *_HEAD]
    for result in results:
        lines += _entry(result["event"], result["reasons"], host=host, root=root, now=now)
    return folded([*lines, "END:VCALENDAR"])


def _entry(
    event: dict[str, Any], reasons: list[dict[str, Any]], *, host: str, root: str, now: datetime
) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:event-{event['id']}@{host}"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"DTSTART:{_moment(event['startAt'])}"
    if event["endAt"] is not None:
        yield f"DTEND:{_moment(event['endAt'])}"
    yield f"SUMMARY:{text_of(event['title'])}"
    yield f"DESCRIPTION:{text_of(description_of(event, reasons, root=root))}"
    if event["locationName"]:
        yield f"LOCATION:{text_of(event['locationName'])}"
    if event["latitude"] is not None:
        yield f"GEO:{_degrees(event['latitude'])};{_degrees(event['longitude'])}"
    if words := [word for word in (event["category"], *event["tags"]) if word]:
        yield f"CATEGORIES:{','.join(text_of(word) for word in words)}"
    if event["url"]:
        yield f"URL:{event['url']}"
    yield "STATUS:CONFIRMED"
    # What is recommended takes nobody's time yet.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def description_of(event: dict[str, Any], reasons: list[dict[str, Any]], *, root: str) -> str:
    """Return what a calendar tells of an event: why it is there, whose it is, what it is, where to save it."""
    why = "\n".join(f"• {reason['text']}" for reason in reasons)
    organiser = f"By {event['organiser']['name']}" if event["organiser"] else ""
    parts = (why, organiser, event["description"], f"{root}event/{event['id']}")
    return "\n\n".join(part for part in parts if part)


def _degrees(value: float) -> str:
    # Not 1e-05, which is no FLOAT there.
    return f"{Decimal(repr(value)):f}"


def _moment(value: datetime) -> str:
    utc = value.astimezone(UTC)
    # strftime writes the year 800 with three digits.
    return f"{utc.year:04}{utc:%m%dT%H%M%SZ}"

"""When an event is, in words: in the zone of its place first, and in the visitor's beside it where that differs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from events.codes import time_zones
from events.models import Event

_NEAR_DAYS = 6
_RELATIVE = ("Today", "Tomorrow", "Yesterday")
# English, whatever the process's locale: strftime would ask it.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class TimeInWords:
    """When an event starts: `own` as people at the place say it, and for others `place` and `yours`.

    Both are empty for a visitor whose clock shows the same. As a text: "Friday 19:00 in Lisbon (14:00 your time)".
    """

    own: str
    place: str = ""
    yours: str = ""

    def __str__(self) -> str:
        return f"{self.own} in {self.place} ({self.yours} your time)" if self.yours else self.own


def start_in_words(event: Event, now: datetime, visitor_zone: tzinfo) -> TimeInWords:
    """Return when an event starts, for a visitor in a zone, with days counted from today.

    This is what cards and pages show of an event's time: `{{ card.when }}`, or its parts for a layout of its own. The
    visitor's time names its day only if it is another one: "Saturday 01:00 in Lisbon (Friday 20:00 your time)". An
    event without a zone is shown in the visitor's. In the hour that a zone has twice when its clocks go back, the
    offset follows: "Sunday 01:30 (UTC+1)".
    """
    own_zone = zone_of(event) or visitor_zone
    own, yours = event.start_at.astimezone(own_zone), event.start_at.astimezone(visitor_zone)
    in_words = f"{_near_day(own, now)}{_clock(own)}"
    if own.utcoffset() == yours.utcoffset():
        return TimeInWords(in_words)
    day = "" if yours.date() == own.date() else _near_day(yours, now)
    if day.startswith(_RELATIVE):
        day = day.lower()
    return TimeInWords(in_words, place_of(own_zone), f"{day}{_clock(yours)}")


def span_in_words(event: Event, visitor_zone: tzinfo) -> tuple[str, str]:
    """Return from when to when an event is, in full, and what a visitor's clock shows then if it shows another time.

    In the visitor's zone if the event's is unknown, which the second text then says.
    """
    own_zone = zone_of(event)
    if own_zone is None:
        return _span(event, visitor_zone), f"Your time, {place_of(visitor_zone)}"
    here, there = (event.start_at.astimezone(zone).utcoffset() for zone in (visitor_zone, own_zone))
    return _span(event, own_zone), "" if here == there else f"{_span(event, visitor_zone)} in {place_of(visitor_zone)}"


def moment_in_words(moment: datetime, event: Event) -> str:
    """Return a moment in an event's own zone, in full: "Fri 1 May 2026, 20:30 in Lisbon"; in UTC if it has none."""
    return " ".join(moment_and_place(moment, event))


def moment_and_place(moment: datetime, event: Event) -> tuple[str, str]:
    """Return the two parts of a moment in words: "Fri 1 May 2026, 20:30", and "in Lisbon" or "UTC"."""
    zone = zone_of(event) or UTC
    local, place = moment.astimezone(zone), place_of(zone)
    day = f"{WEEKDAYS[local.weekday()][:3]} {local.day} {MONTHS[local.month - 1][:3]} {local.year}"
    return f"{day}, {_clock(local)}", place if place == "UTC" else f"in {place}"


def zone_of(event: Event) -> ZoneInfo | None:
    """Return the zone of an event's place; None if it is unknown, here too."""
    return known_zone(event.time_zone)


def place_of(zone: tzinfo) -> str:
    """Return what people call a zone's time by: "Lisbon", "New York", else its name."""
    name = str(zone)
    region, _, place = name.rpartition("/")
    return name.removeprefix("Etc/") if region in ("", "Etc") else place.replace("_", " ")


@cache
def known_zone(name: str | None) -> ZoneInfo | None:
    """Return the zone with a name; None without one, or if this tz database lacks what another one knew."""
    return ZoneInfo(name) if name and time_zones().get(name.lower()) == name else None


def _clock(local: datetime) -> str:
    """Return the time of day; with the offset from UTC in an hour that the day has twice."""
    time = f"{local.hour:02}:{local.minute:02}"
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    if first == second or first is None or second is None or first < second:
        return time
    minutes = (local.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"{time} (UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''})"


def _span(event: Event, zone: tzinfo) -> str:
    start = event.start_at.astimezone(zone)
    text = f"{_full_day(start)}, {_clock(start)}"
    if event.end_at is None:
        return text
    end = event.end_at.astimezone(zone)
    return f"{text} to {_clock(end) if end.date() == start.date() else f'{_full_day(end)}, {_clock(end)}'}"


def _full_day(local: datetime) -> str:
    return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"


def _near_day(local: datetime, now: datetime) -> str:
    """Return a day before a time, as one says it: "Tomorrow ", "Friday ", "Fri 25 Dec, "."""
    today = now.astimezone(local.tzinfo).date()
    days = (local.date() - today).days
    if days in (-1, 0, 1):
        return f"{_RELATIVE[days]} "
    weekday = WEEKDAYS[local.weekday()]
    if 1 < days <= _NEAR_DAYS:
        return f"{weekday} "
    year = "" if local.year == today.year else f" {local.year}"
    return f"{weekday[:3]} {local.day} {MONTHS[local.month - 1][:3]}{year}, "

"""The facts of an event in words: when it is, what it costs, for whom it is."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from events.models import Event

# English, whatever the process's locale: strftime would ask it.
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def times_of(event: Event, zone: ZoneInfo) -> tuple[str, str]:
    """Return when an event is in its own zone, and what the clock of a visitor in another zone shows then.

    In the visitor's zone if the event's is unknown; the second text then names the zone.
    """
    if event.time_zone is None:
        return _span(event, zone), f"Your time, {zone.key}"
    own = ZoneInfo(event.time_zone)
    here, there = (event.start_at.astimezone(each).utcoffset() for each in (zone, own))
    return _span(event, own), "" if here == there else f"{_span(event, zone)} in {zone.key}"


def price_of(event: Event) -> str:
    """Return what an event costs: "Free", "12.50 EUR", "5 to 12.50 EUR", "From 5 EUR"; "" if that is unknown."""
    lowest, highest = event.price_min, event.price_max
    if highest == 0:
        return "Free"
    if highest is None:
        return "" if lowest is None else f"From {_amount(lowest)} {event.currency or ''}".rstrip()
    if lowest is None:
        return f"Up to {_amount(highest)} {event.currency}"
    amounts = _amount(lowest) if lowest == highest else f"{_amount(lowest)} to {_amount(highest)}"
    return f"{amounts} {event.currency}"


def audience_of(event: Event) -> str:
    """Return where people take part and from which age: "Online, from 16 years"; "" if neither is known."""
    attendance = event.get_attendance_display() if event.attendance else ""
    ages = ""
    if event.minimum_age is not None:
        ages = f"from {event.minimum_age} years" if event.minimum_age else "all ages"
    text = ", ".join(filter(None, (attendance, ages)))
    return text[:1].upper() + text[1:]


def _amount(price: Decimal) -> str:
    return f"{price:,.0f}" if price == price.to_integral_value() else f"{price:,.2f}"


def _span(event: Event, zone: ZoneInfo) -> str:
    start = event.start_at.astimezone(zone)
    text = f"{_day(start)}, {start:%H:%M}"
    if event.end_at is None:
        return text
    end = event.end_at.astimezone(zone)
    return f"{text} to {end:%H:%M}" if end.date() == start.date() else f"{text} to {_day(end)}, {end:%H:%M}"


def _day(moment: datetime) -> str:
    return f"{_WEEKDAYS[moment.weekday()]} {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"

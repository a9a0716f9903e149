"""Times and distances in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_NEAR_DAYS = 6
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LONG_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December")  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec")


def when(start_at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return when something starts, as one says it: "Tomorrow 19:00", "Friday 19:00", "Fri 25 Dec, 19:00"."""
    start, today = start_at.astimezone(zone), now.astimezone(zone).date()
    days = (start.date() - today).days
    time = f"{start:%H:%M}"
    if days in (-1, 0, 1):
        return f"{('Today', 'Tomorrow', 'Yesterday')[days]} {time}"
    if 1 < days <= _NEAR_DAYS:
        return f"{_WEEKDAYS[start.weekday()]} {time}"
    year = "" if start.year == today.year else f" {start.year}"
    return f"{_WEEKDAYS[start.weekday()][:3]} {start.day} {_MONTHS[start.month - 1]}{year}, {time}"


def day_of(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the day of a moment, as a heading has it: "Today, Saturday 28 November"."""
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    near = {0: "Today, ", 1: "Tomorrow, "}.get((day - today).days, "")
    year = "" if day.year == today.year else f" {day.year}"
    return f"{near}{long_day(day)}{year}"


def long_day(day: date) -> str:
    """Return a day in words, without its year: "Saturday 28 November"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_LONG_MONTHS[day.month - 1]}"


def distance(km: float | None) -> str:
    """Return how far away something is; empty if it is nowhere."""
    if km is None:
        return ""
    if km < 0.95:
        return f"{max(50, round(km * 20) * 50)} m away"
    return f"{km:.1f} km away" if km < 10 else f"{round(km):,} km away"

"""Times and distances in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from events.times import MONTHS, WEEKDAYS


def day_of(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return the day of a moment, as a heading has it: "Today, Saturday 28 November"."""
    day, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    near = {0: "Today, ", 1: "Tomorrow, "}.get((day - today).days, "")
    year = "" if day.year == today.year else f" {day.year}"
    return f"{near}{long_day(day)}{year}"


def long_day(day: date) -> str:
    """Return a day in words, without its year: "Saturday 28 November"."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def distance(km: float | None) -> str:
    """Return how far away something is; empty if it is nowhere."""
    if km is None:
        return ""
    if km < 0.95:
        return f"{max(50, round(km * 20) * 50)} m away"
    return f"{km:.1f} km away" if km < 10 else f"{round(km):,} km away"

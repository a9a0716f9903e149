"""The placing of the demo events around a moment, in whole weeks."""

from datetime import UTC, datetime, time, timedelta

WEEK = timedelta(weeks=1)
_A_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)

# Note [Demo weeks]
# A demo event has a weekday, a time of day (UTC) and a week, counted from the moment at which the data is loaded: week
# 0 is the seven days after it, week -1 the seven before. Being a window and not a calendar week, each week holds every
# weekday once, so on whatever day the data is loaded, weeks 0 to 5 are ahead and a weekly series starts within days.
# An event of week -1 goes on for longer than a week (the exhibitions), one of week -2 or before is over.


def in_week(start_at: datetime, week: int, now: datetime) -> datetime:
    """Return the start moved by whole weeks into (now + week, now + week + 1]. See Note [Demo weeks]."""
    return start_at + (now + (week + 1) * WEEK - start_at) // WEEK * WEEK


def start_in_week(weekday: int, at: time, week: int, now: datetime) -> datetime:
    """Return when this weekday (Monday is 0) and time of day come in a week counted from now."""
    day = timedelta(days=weekday, hours=at.hour, minutes=at.minute)
    return in_week(_A_MONDAY + day, week, now)

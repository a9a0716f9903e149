"""The reading of a moment that somebody typed."""

from datetime import UTC, datetime


class BadMoment(ValueError):
    """This is not a time: write 2026-05-17, 2026-05-17T19:00 or 2026-05-17T19:00+02:00."""

    def __init__(self, text: str) -> None:
        """Take what was typed."""
        super().__init__(f'"{text[:80]}" is not a time. Write 2026-05-17, 2026-05-17T19:00 or 2026-05-17T19:00+02:00.')


def moment_from(text: str) -> datetime:
    """Return the time in UTC: a date alone means 00:00, no zone means UTC; BadMoment for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadMoment(text) from error

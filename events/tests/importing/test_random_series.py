"""Random series compared with an expansion day by day, written without a library for recurrence rules."""

import calendar as months
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from events.importing.calendars import calendar_plan
from events.importing.plan import Defaults, Findings, Window
from events.importing.source import Source
from events.tests.importing.reading import calendar

# 2,000 with `make test-long`.
SERIES = 2_000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 200
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "UTC")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Both ends of summer time in both hemispheres.
WINDOW = Window(datetime(2026, 9, 20, 3, 30, tzinfo=UTC), datetime(2027, 5, 1, 5, tzinfo=UTC))


@dataclass
class Rule:
    """A recurrence rule: the days that it takes, the hours, and where it ends."""

    frequency: str
    interval: int = 1
    # (n, weekday): of MONTHLY the nth one, else 0.
    weekdays: list[tuple[int, int]] = field(default_factory=list)
    month_days: list[int] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)
    count: int | None = None
    until: datetime | None = None

    def written(self, *, is_timed: bool) -> str:
        parts = [f"FREQ={self.frequency}", f"INTERVAL={self.interval}"]
        if self.weekdays:
            parts.append("BYDAY=" + ",".join(f"{n or ''}{DAYS[day]}" for n, day in self.weekdays))
        if self.month_days:
            parts.append("BYMONTHDAY=" + ",".join(map(str, self.month_days)))
        if self.hours:
            parts.append("BYHOUR=" + ",".join(map(str, self.hours)))
        if self.count:
            parts.append(f"COUNT={self.count}")
        if self.until:
            parts.append(f"UNTIL={self.until:%Y%m%dT%H%M%SZ}" if is_timed else f"UNTIL={self.until:%Y%m%d}")
        return "RRULE:" + ";".join(parts)

    def takes(self, day: date, first: date) -> bool:
        """Say whether the rule takes a day, if it has begun on `first`."""
        last = months.monthrange(day.year, day.month)[1]
        if self.frequency == "DAILY":
            in_step = (day - first).days % self.interval == 0
            natural = True
        elif self.frequency == "WEEKLY":
            monday = first - timedelta(days=first.weekday())
            in_step = (day - monday).days // 7 % self.interval == 0
            natural = day.weekday() == first.weekday()
        elif self.frequency == "MONTHLY":
            in_step = ((day.year - first.year) * 12 + day.month - first.month) % self.interval == 0
            natural = day.day == first.day
        else:
            in_step = (day.year - first.year) % self.interval == 0
            natural = (day.month, day.day) == (first.month, first.day)
        if self.weekdays:
            natural = any(
                day.weekday() == weekday and n in (0, (day.day - 1) // 7 + 1, -((last - day.day) // 7 + 1))
                for n, weekday in self.weekdays
            )
        if self.month_days:
            on_day = any(number in (day.day, day.day - last - 1) for number in self.month_days)
            natural = on_day and (natural or not self.weekdays)
        return in_step and natural


@dataclass
class Case:
    """A random series: what is written, and what it means."""

    zone: ZoneInfo
    is_timed: bool
    start: datetime
    rule: Rule
    lines: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)

    def moment(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def originals(self) -> dict[datetime, datetime]:
        """Return every original start until the end of the window, and the start itself, with its local time."""
        day, times, result = self.start.date(), self.rule.hours or [self.start.hour], list[datetime]()
        while day <= WINDOW.end.date() + 2 * DAY and len(result) != self.rule.count:
            if self.rule.takes(day, self.start.date()):
                for hour in sorted(times):
                    local = datetime.combine(day, time(hour, self.start.minute))
                    if local >= self.start and len(result) != self.rule.count:
                        result.append(local)
            day += DAY
        until = self.rule.until
        if until and not self.is_timed:
            until = self.moment(datetime.combine(until.date(), time(23, 59)))
        starts = {self.moment(local): local for local in result}
        return {self.moment(self.start): self.start} | {
            moment: local for moment, local in starts.items() if until is None or moment <= until
        }


def random_case(random: Random) -> Case:
    zone, is_timed = ZoneInfo(random.choice(ZONES)), random.random() < 0.85
    start = datetime(2026, 9, 1) + timedelta(days=random.randrange(-500, 60))
    if is_timed:
        start += timedelta(hours=random.choice((0, 1, 2, 3, 10, 20, 23)), minutes=random.choice((0, 30)))
    rule = Rule(random.choice(("DAILY", "WEEKLY", "MONTHLY", "YEARLY")), random.choice((1, 1, 2, 3)))
    if rule.frequency in ("DAILY", "WEEKLY") and random.random() < 0.5:
        rule.weekdays = [(0, day) for day in sorted(random.sample(range(7), random.randint(1, 3)))]
    elif rule.frequency == "MONTHLY" and random.random() < 0.7:
        if random.random() < 0.5:
            rule.weekdays = [(random.choice((1, 2, 3, 4, -1, -2)), random.randrange(7))]
        else:
            rule.month_days = random.sample((1, 15, 29, 30, 31, -1, -3), 2)
    if is_timed and random.random() < 0.3:
        rule.hours = sorted({start.hour, random.randrange(24)})
    ends = random.random()
    if ends < 0.4:
        rule.count = random.randint(1, 400)
    elif ends < 0.7:
        rule.until = (start + timedelta(days=random.randrange(0, 700))).replace(tzinfo=UTC)
    return Case(zone, is_timed, start, rule)


def written(random: Random, case: Case, name: str, moment: datetime) -> str:
    """Return a property with a moment as some program would write it."""
    local = moment.astimezone(case.zone).replace(tzinfo=None)
    if not case.is_timed:
        midnight = f"{local:%Y%m%d}T000000"
        return random.choice(
            (f"{name};VALUE=DATE:{local:%Y%m%d}", f"{name};TZID={case.zone}:{midnight}", f"{name}:{midnight}")
        )
    forms = [f"{name}:{moment:%Y%m%dT%H%M%SZ}"]
    if case.moment(local) == moment:
        forms += [f"{name};TZID={case.zone}:{local:%Y%m%dT%H%M%S}", f"{name}:{local:%Y%m%dT%H%M%S}"]
    other = ZoneInfo(random.choice(ZONES))
    there = moment.astimezone(other).replace(tzinfo=None)
    # Not a midnight there: that names a day.
    if there.replace(tzinfo=other).astimezone(UTC) == moment and there.time() != time():
        forms.append(f"{name};TZID={other}:{there:%Y%m%dT%H%M%S}")
    return random.choice(forms)


def with_changes(random: Random, case: Case) -> dict[datetime, tuple[datetime, bool]]:
    """Write a series with exceptions, additions and overrides; return start and status by original start."""
    locals_of = case.originals()
    occurrences = {moment: (moment, False) for moment in locals_of}
    for _ in range(random.choice((0, 0, 1, 3)) if case.is_timed else 0):
        local = datetime(2026, 12, 1, 15, 15) + timedelta(days=random.randrange(-60, 100))
        case.lines.append(f"RDATE;TZID={case.zone}:{local:%Y%m%dT%H%M%S}")
        locals_of[case.moment(local)] = local
        occurrences[case.moment(local)] = (case.moment(local), False)
    # Only what the import expands is named: around the window.
    near = [moment for moment in sorted(occurrences) if WINDOW.start <= moment < WINDOW.end]
    if near and random.random() < 0.2:
        of = random.choice(near)
        near.remove(of)
        by = timedelta(hours=random.choice((-1, 2))) if case.is_timed else DAY
        for moment in occurrences:
            if moment >= of:
                # By the clock of the series, also where summer time skips the original start.
                occurrences[moment] = (case.moment(locals_of[moment] + by), False)
        local = of.astimezone(case.zone).replace(tzinfo=None) + by
        case.entries.append(
            f"UID:u\nSUMMARY:S\nRECURRENCE-ID;RANGE=THISANDFUTURE:{of:%Y%m%dT%H%M%SZ}\n{start_and_length(case, local)}"
        )
    chosen = random.sample(near, min(len(near), random.choice((0, 1, 4))))
    for moment in chosen[::2]:
        case.lines.append(written(random, case, "EXDATE", moment))
        del occurrences[moment]
    for moment in chosen[1::2]:
        by = timedelta(minutes=random.choice((-90, 45, 60 * 24 * 9))) if case.is_timed else 3 * DAY
        local = moment.astimezone(case.zone).replace(tzinfo=None) + by
        is_cancelled = random.random() < 0.3
        occurrences[moment] = (case.moment(local), is_cancelled)
        status = "\nSTATUS:CANCELLED" if is_cancelled else ""
        name = written(random, case, "RECURRENCE-ID", moment)
        case.entries.append(f"UID:u\nSUMMARY:S\n{name}\n{start_and_length(case, local)}{status}")
    return occurrences


def start_and_length(case: Case, local: datetime) -> str:
    if not case.is_timed:
        return f"DTSTART;VALUE=DATE:{local:%Y%m%d}"
    return f"DTSTART;TZID={case.zone}:{local:%Y%m%dT%H%M%S}\nDURATION:PT1H"


def length_of(case: Case, start: datetime) -> timedelta:
    if case.is_timed:
        return HOUR
    local = start.astimezone(case.zone).replace(tzinfo=None)
    return case.moment(local + DAY) - start


@pytest.mark.property
@pytest.mark.parametrize("seed", range(0, SERIES, 20))
def test_random_series_take_place_when_their_days_say(seed):
    for number in range(seed, min(seed + 20, SERIES)):
        random = Random(number)
        case = random_case(random)
        expected = with_changes(random, case)
        core = ["UID:u", "SUMMARY:S", start_and_length(case, case.start), case.rule.written(is_timed=case.is_timed)]
        own = f"X-WR-TIMEZONE:{case.zone}"
        text = calendar("\n".join([*core, *case.lines]), *random.sample(case.entries, len(case.entries)), own=own)
        findings = Findings()

        plan = calendar_plan(Source("random.ics", text.encode()), WINDOW, Defaults(), findings)

        assert (findings.bad, findings.notes) == ([], {}), f"series {number}\n{text}"
        assert sorted(
            (draft.original_at, draft.values["start_at"], draft.is_cancelled) for draft in plan.drafts if draft.is_inside
        ) == sorted(
            (original, start, is_cancelled)
            for original, (start, is_cancelled) in expected.items()
            if start < WINDOW.end and start + length_of(case, start) > WINDOW.start
        ), f"series {number}\n{text}"  # fmt: skip

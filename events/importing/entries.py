"""The entries of a calendar: each VEVENT, checked, with the values of its event."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import vRecur

from api.fields import TIMES
from events.codes import time_zones
from events.csv_cells import NO_TITLE, tags_from
from events.importing.components import Component
from events.importing.plan import Findings
from events.importing.properties import Added, BadProperty, Property, Time, properties_of
from events.importing.texts import category_among, description_from, line_from, place_from, url_from
from events.importing.zones import Zones
from events.models import Event

Properties = Mapping[str, list[Property]]
# If one of these cannot be read, the entry would have a wrong time, or be taken for another one.
_ONCE = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE", "STATUS", "CLASS")
_NEEDED = frozenset((*_ONCE, "RRULE", "RDATE", "EXDATE", "EXRULE"))
_DETAILS = ("SUMMARY", "DESCRIPTION", "X-ALT-DESC", "LOCATION", "GEO", "URL", "ORGANIZER", "CATEGORIES", "CONFERENCE")
_WANTED = _NEEDED | {"LAST-MODIFIED", "DTSTAMP", *_DETAILS}
# What LOCATION says of an event that is online.
_NOWHERE = ("", "online", "virtual")
_UID_MAX = 1_000
_RULES_MAX = 10


@dataclass(frozen=True)
class Recurrence:
    """The occurrence of its series that an entry changes, by its original start; `and_later`: and all after it.

    A time without a zone is in that of the series.
    """

    of: Time
    and_later: bool


@dataclass(frozen=True)
class Entry:
    """A VEVENT: which one it is and how new, when it takes place and how often, and the values of the event.

    `start` is None only if the entry cancels what it names. `is_private` is None if it does not say.
    """

    where: str
    uid: str
    recurrence: Recurrence | None
    sequence: int
    modified_at: datetime | None
    start: Time | None
    end: Time | None
    rules: tuple[vRecur, ...]
    added: tuple[Added, ...]
    excluded: tuple[Time, ...]
    is_cancelled: bool
    is_private: bool | None
    values: dict[str, Any]
    organiser: str

    @property
    def version(self) -> tuple[int, datetime]:
        """The larger one is of the newer of two entries."""
        return self.sequence, self.modified_at or TIMES[0]


@dataclass(frozen=True)
class Refused:
    """An entry that is not imported: what could be read of it, so that its event is not taken to be missing.

    `uid` is empty if it has none, None if it cannot be read.
    """

    uid: str | None
    recurrence: Recurrence | None


def moment_of(value: Time, zone: tzinfo) -> datetime:
    """Return a time in UTC, of a date its midnight in a zone; OverflowError outside the years 1 to 9999."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def entry_from(
    component: Component, zones: Zones, name: str, findings: Findings, *, cancels: bool = False
) -> Entry | Refused:
    """Return what a VEVENT says; Refused, and a finding, if it is invalid. `cancels`: its calendar's METHOD does."""
    reading = _Reading(component, name, findings)
    try:
        return reading.entry(zones, cancels=cancels)
    except (BadProperty, _BadEntry) as error:
        findings.refuse(reading.where, str(error))
        return Refused(reading.uid, reading.recurrence)


class _BadEntry(Exception):
    """An entry contradicts itself or lacks something: the message says what."""


class _Reading:
    """One entry while it is read: what is known of it so far is kept if it turns out to be bad."""

    def __init__(self, component: Component, name: str, findings: Findings) -> None:
        self.notes = findings.notes
        self.uid: str | None = None
        self.recurrence: Recurrence | None = None
        properties = defaultdict[str, list[Property]](list)
        self.bad: list[BadProperty] = []
        for item in properties_of(component.lines, _WANTED):
            if isinstance(item, Property):
                properties[item.name].append(item)
            elif item.name in _NEEDED:
                self.bad.append(item)
            else:
                self.notes["properties were left out: they cannot be read"] += 1
        self.properties: Properties = dict(properties)
        self.where = f"{name}, line {component.number}, VEVENT{self._called()}"

    def _called(self) -> str:
        title = self.properties["SUMMARY"][0].text if "SUMMARY" in self.properties else ""
        uid = self.properties["UID"][0].text if "UID" in self.properties else ""
        shown = " ".join(title.split())[:60]
        return (f' "{shown}"' if shown else "") + (f" (UID {uid.strip()[:60]})" if uid.strip() else "")

    def entry(self, zones: Zones, *, cancels: bool) -> Entry:
        """Return the entry; BadProperty or _BadEntry if there is something wrong with it."""
        uid = self._one("UID")
        if uid is None and any(item.name == "UID" for item in self.bad):
            raise self.bad[0]
        self.uid = uid.text.strip()[: _UID_MAX + 1] if uid else ""
        if not 0 < len(self.uid) <= _UID_MAX:
            raise _BadEntry("It has no UID (or one of over 1,000 characters): a second import would not know it again.")
        again = self._one("RECURRENCE-ID")
        if again:
            later = str(again.parameters.get("RANGE", "")).upper() == "THISANDFUTURE"
            self.recurrence = Recurrence(again.time(zones, None), later)
        if self.bad:
            raise self.bad[0]
        if "EXRULE" in self.properties:
            raise _BadEntry("It has an EXRULE, which iCalendar no longer has; write the exceptions as EXDATE.")
        start, end = self._start_and_end(zones, needed=not cancels)
        zone = (start.tzinfo if isinstance(start, datetime) else None) or zones.default
        status, sequence, private = self._one("STATUS"), self._one("SEQUENCE"), self._one("CLASS")
        if len(self.properties.get("RRULE", ())) > _RULES_MAX:
            raise _BadEntry(f"It has more than {_RULES_MAX} rules (RRULE).")
        excluded = [time for listed in self.properties.get("EXDATE", ()) for time in listed.times(zones, zone)]
        return Entry(
            where=self.where,
            uid=self.uid,
            recurrence=self.recurrence,
            sequence=sequence.number if sequence else 0,
            modified_at=self._modified_at(zones),
            start=start,
            end=end,
            rules=tuple(rule.rule for rule in self.properties.get("RRULE", ())),
            added=tuple(time for listed in self.properties.get("RDATE", ()) for time in listed.times(zones, zone)),
            excluded=tuple(time for time in excluded if isinstance(time, date)),
            is_cancelled=cancels or (status is not None and status.text.strip().upper() == "CANCELLED"),
            # An unknown value means private, too (RFC 5545, 3.8.1.3).
            is_private=None if private is None else private.text.strip().upper() != "PUBLIC",
            values=_details_of(self.properties, self.notes) | _zone_of(start, zones),
            organiser=_organiser_of(self.properties, self.notes),
        )

    def _one(self, name: str) -> Property | None:
        properties = self.properties.get(name, [])
        if len(properties) > 1:
            raise properties[1].wrong("is there twice.")
        return properties[0] if properties else None

    def _modified_at(self, zones: Zones) -> datetime | None:
        for name in ("LAST-MODIFIED", "DTSTAMP"):
            for stamp in self.properties.get(name, ()):
                try:
                    return moment_of(stamp.time(zones, UTC), UTC)
                except (BadProperty, OverflowError):
                    self.notes[f"times of change ({name}) were left out: they cannot be read"] += 1
        return None

    def _start_and_end(self, zones: Zones, *, needed: bool) -> tuple[Time | None, Time | None]:
        first, last, length = (self._one(name) for name in ("DTSTART", "DTEND", "DURATION"))
        if first is None:
            if needed:
                raise _BadEntry("It has no DTSTART: there is no telling when it takes place.")
            return None, None
        start = first.time(zones, zones.default)
        zone = (start.tzinfo if isinstance(start, datetime) else None) or zones.default
        try:
            end = last.time(zones, zone) if last else None
            if last is None and length is not None:
                end = _after(start, length.duration, zone)
            if end is not None and isinstance(start, datetime) != isinstance(end, datetime):
                start, end = (_at_midnight(value, zone) for value in (start, end))
            if not isinstance(start, datetime) and end in (None, start):
                # A day without a length is the whole day: RFC 5545, 3.6.1, and what programs mean by DTEND = DTSTART.
                end = start + timedelta(days=1)
            begins_at, ends_at = moment_of(start, zone), moment_of(start if end is None else end, zone)
        except OverflowError as error:
            raise first.wrong("is not within the years 1 to 9999.") from error
        if ends_at < begins_at:
            raise (last or first).wrong("is before DTSTART.")
        if not TIMES[0] <= begins_at <= ends_at <= TIMES[1]:
            raise first.wrong("is not within the years 1 to 9999.")
        return start, end


def _at_midnight(value: Time, zone: tzinfo) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), zone)


def _after(start: Time, length: timedelta, zone: tzinfo) -> Time:
    """Return the end: days are calendar days, hours are exact time (RFC 5545, 3.3.6)."""
    if not isinstance(start, datetime):
        if not length.seconds:
            return start + length
        start = datetime.combine(start, time(), zone)
    days = start + timedelta(days=length.days)
    return (days.astimezone(UTC) + timedelta(seconds=length.seconds)).astimezone(start.tzinfo)


def _details_of(properties: Properties, notes: Counter[str]) -> dict[str, Any]:
    """Return the values of an event by the names of its fields; a category only if the entry names one."""
    category, words = category_among(
        line_from(word, "tags", notes) for listed in properties.get("CATEGORIES", ()) for word in listed.texts
    )
    latitude, longitude = _coordinates(properties, notes)
    title = line_from(_text(properties, "SUMMARY"), "titles", notes)
    if not title:
        notes[f'events had no title: called "{NO_TITLE}"'] += 1
    descriptions = (description_from(_text(properties, name), notes) for name in ("DESCRIPTION", "X-ALT-DESC"))
    place, address = place_from(_text(properties, "LOCATION"), notes)
    url = url_from(_text(properties, "URL"), notes)
    values = {
        "title": title or NO_TITLE,
        "description": next(filter(None, descriptions), ""),
        "tags": tags_from(words, notes),
        "location_name": place,
        "address": address,
        "latitude": latitude,
        "longitude": longitude,
        "url": url,
    }
    if conferences := properties.get("CONFERENCE"):
        is_elsewhere = place.lower() not in _NOWHERE or bool(address) or latitude is not None
        values["attendance"] = Event.Attendance.MIXED if is_elsewhere else Event.Attendance.ONLINE
        # Also a telephone number or an XMPP room is a conference; a page is what people can open.
        pages = (one.raw.strip() for one in conferences)
        page = next((page for page in pages if page.lower().startswith(("http://", "https://"))), "")
        values["url"] = url or url_from(page, notes)
    return values if category is None else {**values, "category": category}


def _zone_of(start: Time | None, zones: Zones) -> dict[str, str]:
    """Return the name of the zone in which an entry takes place, as the field of its event; nothing if it has none.

    It is the zone of its start. Programs write the start of a single event in UTC, too: then it is the calendar's.
    """
    zone = start.tzinfo if isinstance(start, datetime) else None
    if zone is None or zone is UTC:
        zone = zones.default
    name = time_zones().get(zone.key.lower()) if isinstance(zone, ZoneInfo) else None
    return {} if name is None else {"time_zone": name}


def _organiser_of(properties: Properties, notes: Counter[str]) -> str:
    """Return the organiser's name; empty without one, because an e-mail address alone is not for everybody to read."""
    for organiser in properties.get("ORGANIZER", ()):
        name = line_from(str(organiser.parameters.get("CN", "")), "organiser names", notes).strip('"').strip()
        if "@" not in name:
            return name
    return ""


def _text(properties: Properties, name: str) -> str:
    return properties[name][0].text if name in properties else ""


def _coordinates(properties: Properties, notes: Counter[str]) -> tuple[float | None, float | None]:
    if "GEO" not in properties:
        return None, None
    parts = properties["GEO"][0].raw.replace("\\;", ";").split(";")
    try:
        latitude, longitude = (float(part) for part in parts)
        # Written so that NaN fails, too.
        right = -90 <= latitude <= 90 and -180 <= longitude <= 180
    except ValueError:
        right = False
    if not right:
        notes["places (GEO) were left out: not two numbers of degrees"] += 1
        return None, None
    if latitude == 0 and longitude == 0:
        notes["events had 0;0 as place: taken as unknown"] += 1
        return None, None
    return latitude, longitude

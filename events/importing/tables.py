"""The plan of a CSV file of events."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from events import csv_cells as cells
from events.codes import canonical_currency, canonical_language, canonical_time_zone
from events.csv_cells import NAME_MAX, DatasetError, Record
from events.importing.plan import Defaults, Draft, Findings, NamedOrganiser, Plan, Window
from events.importing.source import Source, Unreadable
from events.importing.texts import description_from, line_from, url_from
from events.models import ADDRESS_MAX_LENGTH, AGE_MAX, Event

_NEEDED = ("event_id", "title", "start_at")
# Those of load_dataset's events.csv, and more.
COLUMNS = (
    *_NEEDED, "end_at", "description", "category", "tags", "lat", "lng", "venue_id", "group_id", "organiser", "url",
    "series", "address", "time_zone", "attendance", "price_min", "price_max", "currency", "language", "minimum_age",
)  # fmt: skip
_PRICE = ("price_min", "price_max", "currency")
# As spreadsheets write dates where they write semicolons.
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\b")


def table_plan(source: Source, window: Window, defaults: Defaults, findings: Findings) -> Plan:
    """Return the plan of a CSV file; Unreadable if its first line does not name the columns."""
    drafts: dict[str, Draft] = {}
    for record in _records(source, findings):
        try:
            record.refuse_nul()
            draft = _draft(record, window, defaults, findings)
            if draft.external_id in drafts:
                raise record.wrong("event_id", "is there twice; the first one was taken.")
        except DatasetError as error:
            where, _, why = str(error).partition(": ")
            findings.refuse(where, why)
            continue
        drafts[draft.external_id] = draft
    return Plan(tuple(drafts.values()))


def _records(source: Source, findings: Findings) -> Iterator[Record]:
    """Yield the rows that have the right number of values; others go into the findings, unless they are empty."""
    try:
        text = source.data.decode()
    except UnicodeDecodeError as error:
        line = source.data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{source.name}, line {line}: not in UTF-8. Say what it is in with --encoding.") from error
    header = text.partition("\n")[0]
    delimiter = ";" if ";" in header and "," not in header else ","
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        columns = _columns(source.name, next(rows, []))
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(columns):
                where = f"{source.name}, line {rows.line_num}"
                findings.refuse(where, f"{len(row)} values for {len(columns)} columns.")
            else:
                values = dict(zip(columns, row, strict=True))
                yield Record(source.name, rows.line_num, values if delimiter == "," else _in_standard_form(values))
    except csv.Error as error:
        where = f"{source.name}, line {rows.line_num}"
        findings.refuse(where, f"not CSV ({error}); what precedes it was read.")


def _in_standard_form(values: dict[str, str]) -> dict[str, str]:
    """Return values with decimal points, and dates as YYYY-MM-DD."""
    changed = dict(values)
    for name in values:
        if name in ("lat", "lng", "price_min", "price_max"):
            changed[name] = values[name].replace(",", ".")
        elif name in ("start_at", "end_at"):
            changed[name] = _DAY_FIRST.sub(lambda date: f"{date[3]}-{date[2]:0>2}-{date[1]:0>2}", values[name].strip())
    return changed


def _columns(name: str, header: Sequence[str]) -> list[str]:
    columns = [column.strip() for column in header]
    for column in columns:
        if column not in COLUMNS:
            known = ", ".join(COLUMNS)
            raise Unreadable(f'{name}, line 1: there is no column "{column[:40]}". There are: {known}.')
        if columns.count(column) > 1:
            raise Unreadable(f"{name}, line 1: column {column} is there twice.")
    for column in _NEEDED:
        if column not in columns:
            raise Unreadable(f"{name}, line 1: column {column} is missing.")
    return columns


def _draft(record: Record, window: Window, defaults: Defaults, findings: Findings) -> Draft:
    """Return a row as a draft; fields whose columns are not in the file stay as they are."""
    given, notes = record.values, findings.notes
    zone_name = cells.code(record, "time_zone", canonical_time_zone) if "time_zone" in given else None
    zone = ZoneInfo(zone_name) if zone_name else defaults.zone
    values: dict[str, Any] = {
        "title": line_from(cells.title(record, notes), "titles", notes) or cells.NO_TITLE,
        "start_at": cells.moment(record, "start_at", zone=zone),
    }
    if "end_at" in given:
        end = cells.moment(record, "end_at", zone=zone) if given["end_at"].strip() else None
        if end is not None and end <= values["start_at"]:
            raise record.wrong("end_at", "is not after start_at.")
        values["end_at"] = end
    if "description" in given:
        values["description"] = description_from(cells.description(record, notes), notes)
    if "category" in given:
        values["category"] = cells.category(record)
    if "tags" in given:
        values["tags"] = cells.tags_from([line_from(tag, "tags", notes) for tag in given["tags"].split("|")], notes)
    if "lat" in given or "lng" in given:
        place = Record(record.file, record.line, {"lat": "", "lng": "", **given})
        what = "events had 0,0 as place: taken as unknown"
        values["latitude"], values["longitude"] = cells.coordinates(place, what, notes)
    if "venue_id" in given:
        values["location_name"] = line_from(given["venue_id"], "places", notes)
    if "url" in given:
        values["url"] = url_from(given["url"], notes)
    if "series" in given:
        values["series"] = cells.key(record, "series", NAME_MAX) if given["series"].strip() else None
    if "address" in given:
        values["address"] = line_from(given["address"], "addresses", notes, longest=ADDRESS_MAX_LENGTH)
    if "time_zone" in given:
        values["time_zone"] = zone_name
    if "attendance" in given:
        values["attendance"] = cells.code(record, "attendance", _attendance)
    if "language" in given:
        values["language"] = cells.code(record, "language", canonical_language)
    if "minimum_age" in given:
        values["minimum_age"] = _minimum_age(record)
    if any(name in given for name in _PRICE):
        values |= _price(record)
    return Draft(
        external_id=cells.key(record, "event_id", NAME_MAX),
        values=defaults.filled(values),
        organiser=_organiser(record, defaults, findings),
        is_inside=window.holds(values["start_at"], values.get("end_at")),
    )


def _attendance(text: str) -> str:
    name = text.upper()
    if name not in Event.Attendance.values:
        raise ValidationError(f"Write one of: {', '.join(Event.Attendance.values)}.")
    return name


def _minimum_age(record: Record) -> int | None:
    age = cells.number(record, "minimum_age")
    if age is not None and (age != int(age) or age > AGE_MAX):
        raise record.wrong("minimum_age", f"is no age in whole years, 0 to {AGE_MAX}.")
    return None if age is None else int(age)


def _price(record: Record) -> dict[str, Any]:
    """Return the prices and their currency; a column that is not there is as an empty cell."""
    lowest, highest = cells.number(record, "price_min"), cells.number(record, "price_max")
    currency = cells.code(record, "currency", canonical_currency) if "currency" in record.values else None
    if lowest is not None and highest is not None and lowest > highest:
        raise record.wrong("price_max", "is below price_min.")
    if currency is None and (lowest or highest):
        raise record.wrong("price_max" if highest else "price_min", "needs a currency: add one, like EUR.")
    if lowest is None and highest is None:
        currency = None
    return {"price_min": lowest, "price_max": highest, "currency": currency}


def _organiser(record: Record, defaults: Defaults, findings: Findings) -> NamedOrganiser | None:
    group = record.values.get("group_id", "").strip()
    name = line_from(record.values.get("organiser", ""), "organiser names", findings.notes)
    if group:
        return NamedOrganiser(cells.key(record, "group_id", NAME_MAX), name or group)
    name = name or defaults.organiser
    return NamedOrganiser(None, name) if name else None

"""What a CSV file of events wants written."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from events import csv_cells as cells
from events.csv_cells import NAME_MAX, DatasetError, Record
from events.importing.defaults import Defaults
from events.importing.drafts import Draft, Organised, Plan
from events.importing.occurrences import Window
from events.importing.report import Findings
from events.importing.source import Source, Unreadable
from events.importing.texts import address_from, description_from, line_from

_NEEDED = ("event_id", "title", "start_at")
# Those of load_dataset's events.csv, and three more.
COLUMNS = (
    *_NEEDED, "end_at", "description", "category", "tags", "lat", "lng", "venue_id", "group_id", "organiser", "url",
)  # fmt: skip


def table_plan(source: Source, window: Window, defaults: Defaults, findings: Findings) -> Plan:
    """Return what a CSV file wants written; Unreadable if its first line does not name the columns."""
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
    """Yield the rows that have the right number of values; the others go into the findings."""
    try:
        text = source.data.decode()
    except UnicodeDecodeError as error:
        line = source.data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"{source.name}, line {line}: not in UTF-8. Say what it is in with --encoding.") from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        columns = _columns(source.name, next(rows, []))
        for row in rows:
            if row and len(row) != len(columns):
                where = f"{source.name}, line {rows.line_num}"
                findings.refuse(where, f"{len(row)} values for {len(columns)} columns.")
            elif row:
                yield Record(source.name, rows.line_num, dict(zip(columns, row, strict=True)))
    except csv.Error as error:
        where = f"{source.name}, line {rows.line_num}"
        findings.refuse(where, f"not CSV ({error}); what stands before it was read.")


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
    zone = defaults.zone or UTC
    values: dict[str, Any] = {
        "title": line_from(cells.title(record, notes), "titles", notes),
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
        values["url"] = address_from(given["url"], notes)
    return Draft(
        external_id=cells.key(record, "event_id", NAME_MAX),
        values=defaults.filled(values),
        organiser=_organised(record, defaults, findings),
        is_inside=window.holds(values["start_at"], values.get("end_at")),
    )


def _organised(record: Record, defaults: Defaults, findings: Findings) -> Organised | None:
    group = record.values.get("group_id", "").strip()
    name = line_from(record.values.get("organiser", ""), "organiser names", findings.notes)
    if group:
        return Organised(cells.key(record, "group_id", NAME_MAX), name or group)
    name = name or defaults.organiser
    return Organised(None, name) if name else None

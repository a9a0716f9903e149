"""The writing of a plan in one transaction: new events are created, others changed or cancelled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, transaction

from api.deadlocks import retried
from events.importing.plan import Cancellation, CompleteSeries, Draft, NamedOrganiser, Plan, Window, Written
from events.models import Event, Organiser, Origin

_LOCK = (Path(__file__).resolve().parents[1] / "sql" / "import_lock.sql").read_text()
# Rows of a statement, and names in one that looks organisers up.
_BATCH = 500
_NAMES_BATCH = 10_000
_FIELDS = (
    "title", "description", "type", "status", "category", "tags", "organiser", "location_name", "latitude", "longitude",
    "url", "start_at", "end_at", "external_id", "series", "address", "time_zone", "attendance", "price_min",
    "price_max", "currency", "language", "minimum_age",
)  # fmt: skip
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_ORIGIN_FIELDS = ("series", "sequence", "modified_at", "is_cancelled")
Item = TypeVar("Item")


class _DryRun(Exception):
    """Raised to undo everything."""


@dataclass
class _Changes:
    """What is to be written, while the plan is compared with what is stored."""

    created: list[Event]
    updated: dict[int, Event]
    origins: list[Origin]
    written: Written

    def count(self, what: str) -> None:
        """Count one more."""
        self.written = replace(self.written, **{what: getattr(self.written, what) + 1})


def write(plan: Plan, window: Window, *, now: datetime, dry_run: bool) -> Written:
    """Write a plan in one transaction and return what became of it; with `dry_run` nothing stays."""
    return retried(lambda: _written(plan, window, now=now, dry_run=dry_run))


def _written(plan: Plan, window: Window, *, now: datetime, dry_run: bool) -> Written:
    changes = _Changes([], {}, [], Written())
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_LOCK)
            _compare(plan.drafts, changes, now=now)
            _cancel({event.pk: event for event in _missing(plan.complete, window)}, changes)
            _cancel({event.pk: event for event in _cancelled_by_name(plan.cancellations)}, changes)
            _save(changes)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return changes.written


def organisers_of(named: Iterable[NamedOrganiser | None]) -> dict[NamedOrganiser, Organiser]:
    """Return the organiser of each name, created if it does not exist. Of several with one name, the first is meant."""
    wanted = dict.fromkeys(one for one in named if one is not None)
    external_ids = [one.external_id for one in wanted if one.external_id]
    by_id = Organiser.objects.in_bulk(external_ids, field_name="external_id")
    names = sorted({one.name for one in wanted if one.external_id is None})
    by_name: dict[str, Organiser] = {}
    # The number of parameters of a statement is limited.
    for start in range(0, len(names), _NAMES_BATCH):
        # The smallest id comes last, and stays.
        rows = Organiser.objects.filter(name__in=names[start : start + _NAMES_BATCH]).order_by("-pk")
        by_name |= {row.name: row for row in rows}
    organisers: dict[NamedOrganiser, Organiser] = {}
    created: list[Organiser] = []
    for one in wanted:
        organiser = by_name.get(one.name) if one.external_id is None else by_id.get(one.external_id)
        if organiser is None:
            organiser = Organiser(name=one.name, external_id=one.external_id)
            created.append(organiser)
            # Rows of a table may name one id with several names: it is one organiser.
            (by_name if one.external_id is None else by_id)[one.external_id or one.name] = organiser
        organisers[one] = organiser
    Organiser.objects.bulk_create(created)
    return organisers


def _compare(drafts: Sequence[Draft], changes: _Changes, *, now: datetime) -> None:
    """Determine which drafts are new, differ from the stored events, or are older."""
    organisers = organisers_of(draft.organiser for draft in drafts)
    singles = _single_events_that_recur(drafts)
    for batch in _batches(drafts):
        ids = {name for draft in batch for name in (draft.external_id, *draft.former_ids)}
        ids |= {single for draft in batch if (single := singles.get(draft.external_id))}
        rows = Event.objects.filter(external_id__in=ids).select_related("origin").order_by("pk")
        stored = {event.external_id: event for event in rows.select_for_update(no_key=True, of=("self",))}
        taken = {draft.external_id for draft in batch}
        for draft in batch:
            values = dict(draft.values)
            if draft.organiser is not None:
                values["organiser_id"] = organisers[draft.organiser].pk
            former = [name for name in draft.former_ids if name not in taken]
            names = [draft.external_id, *filter(None, [singles.get(draft.external_id)]), *former]
            event = next((event for name in names if (event := stored.pop(name, None))), None)
            if event is None and not draft.is_inside:
                changes.count("outside")
            elif event is None:
                _create(draft, values, changes)
            else:
                _change(event, draft, values, changes, now=now)


def _single_events_that_recur(drafts: Sequence[Draft]) -> dict[str, str]:
    """Return the id of the stored single event that has become an occurrence, by the occurrence's id.

    It is the occurrence with the same start, else the first one of the series.
    """
    recurring = {draft.uid_key for draft in drafts if draft.original_at is not None and draft.uid_key}
    starts: dict[str | None, datetime] = {}
    for batch in _batches(sorted(recurring)):
        starts |= dict(Event.objects.filter(external_id__in=batch).values_list("external_id", "start_at"))
    first = {draft.uid_key: draft for draft in drafts if draft.is_first and draft.original_at is not None}
    same = {draft.uid_key: draft for draft in drafts if draft.original_at == starts.get(draft.uid_key, _NO_TIME)}
    return {draft.external_id: key for key, draft in (first | same).items() if key in starts and key is not None}


def _create(draft: Draft, values: dict[str, Any], changes: _Changes) -> None:
    status = Event.Status.CANCELLED if draft.is_cancelled else Event.Status.OPEN
    event = Event(external_id=draft.external_id, status=status, **values)
    changes.created.append(event)
    _remember(event, draft, changes)
    changes.count("created")


def _change(event: Event, draft: Draft, values: dict[str, Any], changes: _Changes, *, now: datetime) -> None:
    origin = getattr(event, "origin", None)
    version = draft.version
    if origin is not None and version is not None and version.is_older_than(origin.sequence, origin.modified_at):
        changes.count("older")
        return
    before = event.status
    if draft.uid_key is not None and draft.external_id != event.external_id:
        # A single event became a series, or the other way round.
        values = {"series": None, **values, "external_id": draft.external_id}
    if draft.is_cancelled:
        # Programs write "Cancelled: " before the title, or leave out the rest.
        kept = ("external_id", "series")
        values = {name: values[name] for name in kept if name in values} | {"status": Event.Status.CANCELLED}
    else:
        values["status"] = _status(event, values, opens=origin is not None and origin.is_cancelled, now=now)
    differs = {name: value for name, value in values.items() if getattr(event, name) != value}
    if differs:
        for name, value in differs.items():
            setattr(event, name, value)
        changes.updated[event.pk] = event
        cancelled = event.status == Event.Status.CANCELLED != before
        changes.count("cancelled" if cancelled else "updated")
    else:
        changes.count("unchanged")
    _remember(event, draft, changes)


def _status(event: Event, values: dict[str, Any], *, opens: bool, now: datetime) -> str:
    """Return the status: a calendar may open what it cancelled; what staff cancelled stays cancelled."""
    is_over = (values.get("end_at") or values["start_at"]) <= now
    if event.status == Event.Status.CANCELLED and opens:
        return Event.Status.OPEN
    # Completed, and now postponed.
    return Event.Status.OPEN if event.status == Event.Status.COMPLETED and not is_over else event.status


def _remember(event: Event, draft: Draft, changes: _Changes) -> None:
    if draft.uid_key is None or draft.version is None:
        return
    # Read before the new origin takes its place at the event.
    stored = getattr(event, "origin", None) if event.pk else None
    origin = Origin(
        event=event,
        series=draft.uid_key,
        sequence=draft.version.sequence,
        modified_at=draft.version.modified_at,
        is_cancelled=draft.is_cancelled,
    )
    if stored is None or any(getattr(stored, name) != getattr(origin, name) for name in _ORIGIN_FIELDS):
        changes.origins.append(origin)


def _missing(complete: Sequence[CompleteSeries], window: Window) -> Iterator[Event]:
    """Yield the events in the window that their series no longer has."""
    for batch in _batches(complete):
        kept = frozenset[str]().union(*(series.kept for series in batch))
        rows = Event.objects.bookable().within(window.start, window.end)
        rows = rows.filter(origin__series__in=[series.uid_key for series in batch])
        yield from (row for row in rows.select_related("origin").order_by("pk") if row.external_id not in kept)


def _cancelled_by_name(cancellations: Sequence[Cancellation]) -> Iterator[Event]:
    """Yield the events that were cancelled by name, unless what is stored is newer."""
    for batch in _batches(cancellations):
        rows = Event.objects.bookable().filter(origin__series__in=[one.uid_key for one in batch])
        stored = list(rows.select_related("origin").order_by("pk"))
        for one in batch:
            for event in stored:
                is_meant = event.origin.series == one.uid_key and (
                    one.external_ids is None or event.external_id in one.external_ids
                )
                is_older = one.version.is_older_than(event.origin.sequence, event.origin.modified_at)
                if is_meant and not is_older and event.status != Event.Status.CANCELLED:
                    event.origin.sequence = one.version.sequence
                    event.origin.modified_at = one.version.modified_at or event.origin.modified_at
                    yield event


def _cancel(events: Mapping[int, Event], changes: _Changes) -> None:
    for key, event in events.items():
        if key in changes.updated:
            continue
        event.status = Event.Status.CANCELLED
        event.origin.is_cancelled = True
        changes.updated[key] = event
        changes.origins.append(event.origin)
        changes.count("cancelled")


def _save(changes: _Changes) -> None:
    # In the order of their ids, as every writer locks them.
    updated = [changes.updated[key] for key in sorted(changes.updated)]
    Event.objects.bulk_update(updated, _FIELDS, batch_size=_BATCH)
    Event.objects.bulk_create(changes.created, batch_size=_BATCH)
    # Each event has an id by now.
    for origin in changes.origins:
        origin.event_id = origin.event.pk
    Origin.objects.bulk_create(
        changes.origins,
        batch_size=_BATCH,
        update_conflicts=True,
        update_fields=_ORIGIN_FIELDS,
        unique_fields=("event",),
    )


def _batches(items: Sequence[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _BATCH)):
        yield batch

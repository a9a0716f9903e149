"""The writing of an import: what is new is made, what differs is changed, all or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, transaction

from api.deadlocks import retried
from events.importing.drafts import Cancellation, Draft, Plan, SeriesRead
from events.importing.occurrences import Window
from events.importing.organisers import organisers_of
from events.importing.report import Written
from events.models import Event, Origin

_LOCK = (Path(__file__).resolve().parents[1] / "sql" / "import_lock.sql").read_text()
# Rows of a statement.
_BATCH = 500
_FIELDS = (
    "title", "description", "type", "status", "category", "tags", "organiser", "location_name", "latitude", "longitude",
    "url", "start_at", "end_at",
)  # fmt: skip
_ORIGIN_FIELDS = ("series", "sequence", "modified_at", "is_cancelled")
Item = TypeVar("Item")


class _DryRun(Exception):
    """Thrown to undo everything."""


@dataclass
class _Changes:
    """What is to be written, as it is found out."""

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
            _cancel({event.pk: event for event in _vanished(plan.series, window)}, changes)
            _cancel({event.pk: event for event in _taken_back(plan.cancellations)}, changes)
            _save(changes)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return changes.written


def _compare(drafts: Sequence[Draft], changes: _Changes, *, now: datetime) -> None:
    """Find out which drafts are new, differ from what is there, or are older."""
    organisers = organisers_of(draft.organiser for draft in drafts)
    for batch in _batches(drafts):
        ids = [draft.external_id for draft in batch]
        rows = Event.objects.filter(external_id__in=ids).select_related("origin").order_by("pk")
        known = {event.external_id: event for event in rows.select_for_update(no_key=True, of=("self",))}
        for draft in batch:
            values = dict(draft.values)
            if draft.organiser is not None:
                values["organiser_id"] = organisers[draft.organiser].pk
            event = known.get(draft.external_id)
            if event is None and not draft.is_inside:
                changes.count("outside")
            elif event is None:
                _create(draft, values, changes)
            else:
                _change(event, draft, values, changes, now=now)


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
    if draft.is_cancelled:
        # Programs write "Cancelled: " before the title, or leave out the rest.
        values = {"status": Event.Status.CANCELLED}
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
    """Return the status: what a calendar cancelled it may open again, what staff cancelled stays so."""
    is_over = (values.get("end_at") or values["start_at"]) <= now
    if event.status == Event.Status.CANCELLED and opens:
        return Event.Status.OPEN
    # Completed, and now put off.
    return Event.Status.OPEN if event.status == Event.Status.COMPLETED and not is_over else event.status


def _remember(event: Event, draft: Draft, changes: _Changes) -> None:
    if draft.series is None or draft.version is None:
        return
    # Before the other is made, which takes its place at the event.
    known = getattr(event, "origin", None) if event.pk else None
    origin = Origin(
        event=event,
        series=draft.series,
        sequence=draft.version.sequence,
        modified_at=draft.version.modified_at,
        is_cancelled=draft.is_cancelled,
    )
    if known is None or any(getattr(known, name) != getattr(origin, name) for name in _ORIGIN_FIELDS):
        changes.origins.append(origin)


def _vanished(series: Sequence[SeriesRead], window: Window) -> Iterator[Event]:
    """Yield the events in the window that their series no longer has."""
    for batch in _batches(series):
        kept = frozenset[str]().union(*(read.kept for read in batch))
        rows = Event.objects.bookable().within(window.start, window.end)
        rows = rows.filter(origin__series__in=[read.series for read in batch]).select_related("origin").order_by("pk")
        yield from (event for event in rows if event.external_id not in kept)


def _taken_back(cancellations: Sequence[Cancellation]) -> Iterator[Event]:
    """Yield the events that were taken back by name, unless what is known of them is newer."""
    for batch in _batches(cancellations):
        rows = Event.objects.bookable().filter(origin__series__in=[one.series for one in batch])
        known = list(rows.select_related("origin").order_by("pk"))
        for one in batch:
            for event in known:
                meant = event.origin.series == one.series and one.external_id in (None, event.external_id)
                older = one.version.is_older_than(event.origin.sequence, event.origin.modified_at)
                if meant and not older and event.status != Event.Status.CANCELLED:
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
    # In the order of their ids, as everybody locks them.
    updated = [changes.updated[key] for key in sorted(changes.updated)]
    Event.objects.bulk_update(updated, _FIELDS, batch_size=_BATCH)
    Event.objects.bulk_create(changes.created, batch_size=_BATCH)
    # Each names its event, which has an id by now.
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

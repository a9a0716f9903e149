"""Tests of the database backend: statements with more rows than one has parameters for are split, times are read."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection

from events.importing.plan import NamedOrganiser
from events.importing.writing import organisers_of
from events.models import Event, Organiser
from events.tests.factories import EventFactory

pytestmark = pytest.mark.django_db

# A statement binds at most 65,535 parameters in the server; an organiser has two.
MANY = 33_000


def test_many_rows_are_made_changed_and_read():
    made = Organiser.objects.bulk_create(Organiser(name=f"Club {number}") for number in range(MANY))
    made[-1].name = "Renamed"
    Organiser.objects.bulk_update(made[-22_000:], ["name"])

    result = Organiser.objects.in_bulk(range(made[-1].pk - 2 * MANY, made[-1].pk + 1))

    assert (len(result), result[made[-1].pk].name) == (MANY, "Renamed")


def test_many_organisers_are_imported():
    named = [NamedOrganiser(name=f"Club {number}", external_id=None) for number in range(MANY)]

    made, result = organisers_of(named), organisers_of(named)

    assert {one.pk for one in made.values()} == {one.pk for one in result.values()}
    assert Organiser.objects.count() == MANY


def test_many_organisers_are_deleted_and_their_events_stay():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO events_organiser (name) SELECT 'Club ' || n FROM generate_series(1, 66000) AS n")
    events = EventFactory.create_batch(2, organiser=Organiser.objects.order_by("pk").last())

    Organiser.objects.all().delete()

    assert Organiser.objects.count() == 0
    assert list(Event.objects.order_by("pk").values_list("pk", "organiser")) == [(event.pk, None) for event in events]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-05-17 19:00:00+00", datetime(2026, 5, 17, 19, tzinfo=UTC)),
        ("2026-05-17 19:00:00.1+05:30", datetime(2026, 5, 17, 13, 30, 0, 100_000, tzinfo=UTC)),
        ("2026-05-17 19:00:00.000001-12", datetime(2026, 5, 18, 7, 0, 0, 1, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_times_are_read_in_utc(written, read):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [written])
        [(result,)] = cursor.fetchall()

    assert (result, result.tzinfo, result.utcoffset()) == (read, UTC, timedelta(0))


@pytest.mark.parametrize("written", ["infinity", "-infinity", "10000-01-01 00:00:00+00", "0001-01-01 00:00:00+00 BC"])
def test_times_that_python_does_not_have_are_refused(written):
    with connection.cursor() as cursor, pytest.raises(DataError):
        cursor.execute("SELECT %s::timestamptz", [written])
        cursor.fetchall()

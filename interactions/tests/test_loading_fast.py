"""Tests of what makes a load of millions short: bare tables, and rows that need no closer look."""

import csv
import re
from collections import Counter

import pytest
from django.db import IntegrityError, connection, transaction

from events.csv_cells import Record
from events.models import Event
from interactions.loading import rows
from interactions.loading.load import load_dataset
from interactions.models import Interaction
from interactions.tests.factories import InteractionFactory
from interactions.tests.test_loading import FILES

# Of the lines that test_the_short_way_takes_what_the_long_way_takes looks at.
PLAIN = ["ana,e1,VIEW,2016-04-01 10:00:00", "ana,e1,VIEW,2016-04-01T10:00:00.123456Z"]


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def made_of():
    """Every constraint and index of events and interactions, as PostgreSQL writes them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint "
            "WHERE conrelid IN ('interactions_interaction'::regclass, 'events_event'::regclass) ORDER BY 1"
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename IN ('interactions_interaction', 'events_event') ORDER BY 1"
        )
        # Written out and read again, a condition has its casts elsewhere: as after a restored dump.
        return constraints, [re.sub(r"::character varying|::text|[\[\]()]", "", row[0]) for row in cursor.fetchall()]


def references_in_order():
    """The references of interactions, in the order in which their triggers fire."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'interactions_interaction'::regclass AND contype = 'f'"
            " ORDER BY oid"
        )
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.django_db
def test_references_are_made_again_in_their_order_under_every_plan(planner_settings, folder):
    before = references_in_order()

    load_dataset(folder, progress=lambda name, number: None)

    assert before == references_in_order() == ["interaction_user_exists", "interaction_event_exists"]


@pytest.mark.django_db
@pytest.mark.parametrize("empty", [True, False])
def test_references_and_indexes_are_as_before(folder, empty):
    if not empty:
        InteractionFactory()
    before = made_of()

    load_dataset(folder, progress=lambda name, number: None)

    assert made_of() == before
    assert [len(before[0]) >= 8, len(before[1]) >= 8] == [True, True]
    with pytest.raises(IntegrityError), transaction.atomic():
        Interaction.objects.bulk_create([Interaction(user_id=2**40, event_id=Event.objects.first().pk, action="VIEW")])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "line",
    [
        "ana,e1,VIEW,2016-04-01 10:00:00", "ana,e1,VIEW,2016-04-01T10:00:00.123456Z", "ana,e1,VIEW,2016-04-01",
        " ana ,e1,VIEW,2016-04-01 10:00:00", "ana,e1,VIEW,2016-04-01 12:00:00+02:00", "zoë,e1,VIEW,2016-04-01 10:00:00",
        "a\\b,e1,VIEW,2016-04-01 10:00:00", "ana,e1,VIEW,2016-02-30 10:00:00", "ana,e1,LIKE,2016-04-01 10:00:00",
        "ana,e1,VIEW,0001-04-01 10:00:00", "ana,e1,VIEW,9999-04-01 10:00:00", "\\N,e1,VIEW,2016-04-01 10:00:00",
        "ana,,VIEW,2016-04-01 10:00:00", "ana,e1,VIEW,2016-04-01 24:00:00", "ana,e1,VIEW,2016-04-01 10:00:60",
    ],
)  # fmt: skip
def test_the_short_way_takes_what_the_long_way_takes(line):
    values = tuple(next(csv.reader([line])))
    record = Record("interactions.csv", 7, dict(zip(rows.INTERACTION_COLUMNS, values, strict=True)))

    plain = rows.plain_interaction(7, values)

    if plain is not None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE taken (line bigint, u text, e text, a text, t timestamptz)")
            with cursor.copy("COPY taken FROM STDIN") as copy:
                copy.write(plain)
            cursor.execute("SELECT * FROM taken")
            assert cursor.fetchall() == [rows.interaction_row(record, Counter())]
    assert (plain is not None) is (line in PLAIN)

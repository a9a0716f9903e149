"""Tests of Note [Tallies]: the count is exact after every kind of change."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from events.models import Event
from events.tests.factories import EventFactory
from interactions.models import Interaction, Tally
from interactions.recount import Miscount, fix, miscounts
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
TRIGGERS = ROOT / "interactions" / "sql" / "tally_filters.sql"
REVISION = [ROOT / "events" / "sql" / name for name in ("event_revision.sql", "event_revision_facts.sql")]


def run(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


def counts(*events):
    kept = dict(Tally.objects.values_list("event", "interaction_count"))
    assert miscounts() == []
    return [kept[event.pk] for event in events]


def test_new_event_has_a_tally_with_its_columns():
    event = EventFactory(
        category="music",
        type="GIG",
        status="IN_PROGRESS",
        price_max=0,
        attendance="MIXED",
        latitude=38.7,
        longitude=-9.1,
    )

    assert Tally.objects.values().get() == {
        "event_id": event.pk, "interaction_count": 0, "demoted_xid": 0, "demoted_at": None, "type": "GIG",
        "descending_count": 0, "status": "IN_PROGRESS", "category": "music", "start_at": event.start_at,
        "is_free": True, "attendance": "MIXED", "latitude": 38.7, "longitude": -9.1,
    }  # fmt: skip


def test_single_inserts_and_deletes():
    first, second = EventFactory(), EventFactory()
    gone, *_ = InteractionFactory.create_batch(3, event=first)
    InteractionFactory(event=second, action="DISMISS")
    gone.delete()

    assert counts(first, second) == [2, 1]


def test_bulk_inserts_and_deletes():
    user, first, second = UserFactory(), EventFactory(), EventFactory()
    Interaction.objects.bulk_create(
        [Interaction(user=user, event=event, action="VIEW") for event in (second, first, second, second)]
    )
    Interaction.objects.filter(event=second).delete()

    assert counts(first, second) == [1, 0]


def test_copy():
    user, event = UserFactory(), EventFactory()
    with connection.cursor() as cursor:
        with cursor.copy("COPY interactions_interaction (user_id, event_id, action) FROM STDIN") as copy:
            for _ in range(5):
                copy.write_row((user.pk, event.pk, "SAVE"))

    assert counts(event) == [5]


def test_raw_sql():
    user, event = UserFactory(), EventFactory()
    run(
        "INSERT INTO interactions_interaction (user_id, event_id, action) SELECT %s, %s, 'VIEW' FROM generate_series(1, 7)",
        user.pk, event.pk,
    )  # fmt: skip
    run("DELETE FROM interactions_interaction WHERE id IN (SELECT id FROM interactions_interaction LIMIT 2)")

    assert counts(event) == [5]


def test_cascade_from_a_deleted_user():
    ana, ben, event = UserFactory(), UserFactory(), EventFactory()
    InteractionFactory.create_batch(3, user=ana, event=event)
    InteractionFactory.create_batch(2, user=ben, event=event)
    ana.delete()

    assert counts(event) == [2]


def test_cascade_from_a_deleted_event():
    gone, kept = EventFactory(), EventFactory()
    InteractionFactory.create_batch(3, event=gone)
    InteractionFactory(event=kept)
    gone.delete()

    assert counts(kept) == [1]
    assert Tally.objects.count() == 1


def test_event_deleted_by_sql_takes_its_tally_along():
    EventFactory()
    run("DELETE FROM events_event")

    assert Tally.objects.count() == 0


def test_truncate():
    event = EventFactory()
    InteractionFactory.create_batch(3, event=event)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("TRUNCATE interactions_interaction")

    assert counts(event) == [0]


def test_stale_event_saved_changes_no_count():
    event = EventFactory()
    stale = Event.objects.with_count().get(pk=event.pk)
    InteractionFactory.create_batch(3, event=event)
    stale.title = "Renamed"
    stale.save()

    assert counts(event) == [3]


def test_insert_that_is_rolled_back_does_not_count():
    user, event = UserFactory(), EventFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        InteractionFactory(user=user, event=event)
        raise RuntimeError

    assert counts(event) == [0]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "GIG"}, {"status": "CANCELLED"}, {"category": "food"}, {"category": None}, {"category": "music", "title": "t"},
        {"price_max": 0}, {"price_max": 5, "currency": "EUR"}, {"price_max": None}, {"attendance": "ONLINE"}, {"attendance": None},
        {"latitude": 1, "longitude": 2}, {"latitude": None, "longitude": None},
    ],
)  # fmt: skip
def test_changed_event_changes_the_copies(change):
    event = EventFactory(category="music", price_max=0, attendance="MIXED", latitude=38.7, longitude=-9.1)
    Event.objects.filter(pk=event.pk).update(**change)

    assert counts(event) == [0]


def test_new_start_changes_the_copy():
    event = EventFactory()
    event.start_at += timedelta(days=1)
    event.save()

    assert Tally.objects.get().start_at == event.start_at
    assert miscounts() == []


@pytest.mark.parametrize(
    ("change", "demotes"),
    [
        ({"title": "New"}, False), ({"status": "CANCELLED"}, False), ({"type": "GIG"}, False), ({"category": "food"}, True),
        ({"price_max": 0}, False), ({"attendance": "ONLINE"}, False), ({"latitude": 1, "longitude": 2}, False),
        ({"category": None}, True), ({"days": 1}, True), ({"days": -1}, False),
    ],
)  # fmt: skip
def test_only_what_moves_an_event_back_marks_it(change, demotes):
    event = EventFactory(category="music")
    if days := change.pop("days", 0):
        change["start_at"] = event.start_at + timedelta(days=days)
    Event.objects.filter(pk=event.pk).update(**change)

    assert (Tally.objects.get().demoted_xid > 0) is demotes


def test_interactions_move_forward_and_their_deletion_back():
    interaction = InteractionFactory()
    assert Tally.objects.get().demoted_xid == 0

    interaction.delete()
    assert Tally.objects.get().demoted_xid > 0


def test_interactions_are_never_changed():
    interaction = InteractionFactory()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Interaction.objects.update(action="SAVE")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        interaction.save()


def test_event_ids_are_never_changed():
    event = EventFactory()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run("UPDATE events_event SET id = id + 1000 WHERE id = %s", event.pk)


def test_database_refuses_an_unknown_action():
    with pytest.raises(IntegrityError, match="interaction_action_known"), transaction.atomic():
        InteractionFactory(action="LIKE")


def definitions():
    """Return the functions and the triggers of the database, in SQL, without those of extensions and references."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT pg_get_functiondef(pg_proc.oid) FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
            WHERE lanname = 'plpgsql' AND pronamespace = 'public'::regnamespace
            UNION ALL
            SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            ORDER BY 1
            """
        )
        return [definition for (definition,) in cursor.fetchall()]


def test_one_file_has_every_trigger_as_it_is_in_the_database():
    migrated = definitions()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(
        """
        DO $$ DECLARE name regprocedure; BEGIN
            FOR name IN
                SELECT pg_proc.oid FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
                WHERE lanname = 'plpgsql' AND pronamespace = 'public'::regnamespace
            LOOP EXECUTE format('DROP FUNCTION %s CASCADE', name); END LOOP;
        END $$
        """
    )
    assert definitions() == []

    # The one trigger that has nothing to do with counts.
    for statements in REVISION:
        run(statements.read_text())
    run(TRIGGERS.read_text())

    assert definitions() == migrated


@pytest.fixture
def spoilt():
    wrong, stale, missing, right = (EventFactory(category="music") for _ in range(4))
    InteractionFactory.create_batch(2, event=wrong)
    InteractionFactory(event=missing)
    InteractionFactory(event=right)
    Tally.objects.filter(event=wrong).update(interaction_count=9)
    Tally.objects.filter(event=stale).update(category="tech")
    Tally.objects.filter(event=missing).delete()
    return [Miscount(wrong.pk, 9, 2), Miscount(stale.pk, 0, 0), Miscount(missing.pk, None, 1)]


def test_recount_finds_and_fixes(spoilt):
    assert miscounts() == spoilt
    assert fix() == spoilt
    assert miscounts() == []
    assert fix() == []


def test_recount_command(spoilt, capsys):
    wrong, stale, missing = (miscount.event_id for miscount in spoilt)
    lines = (
        f"event {wrong}: kept 9, counted 2\n"
        f"event {stale}: the tally's copy of the event differs\n"
        f"event {missing}: no tally, counted 1\n"
    )

    with pytest.raises(CommandError, match="3 counts are wrong"):
        call_command("recount_interactions")
    assert capsys.readouterr().out == lines
    call_command("recount_interactions", fix=True)
    assert capsys.readouterr().out == lines + "Corrected 3.\n"
    call_command("recount_interactions")
    assert capsys.readouterr().out == "Every count is exact.\n"

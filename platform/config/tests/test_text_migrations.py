"""Tests of the migrations that bring the rules for text to a database of 0.1."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BEFORE = [("events", "0005_origins"), ("users", "0009_marked_demo_users")]


def migrated(targets):
    """Migrate to these targets and return the models as of then."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def before(transactional_db):
    """The models of 0.1, on its tables; afterwards everything is as it should be again."""
    yield migrated(BEFORE)
    migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())


def now():
    return migrated(MigrationExecutor(connection).loader.graph.leaf_nodes())


def values(model, *fields):
    return list(model.objects.order_by("pk").values_list(*fields))


def test_texts_are_cleaned(before, monkeypatch):
    # Several batches.
    monkeypatch.setattr("events.migrations._texts._BATCH", 2)
    Event, Organiser, Origin = (before.get_model("events", name) for name in ("Event", "Organiser", "Origin"))
    clubs = [Organiser.objects.create(**row) for row in (
        {"name": "Club\x1b[2J", "external_id": "g1"}, {"name": "\u200b", "external_id": "g\u202e2"}, {"name": "\u2060"},
        {"name": "שלום\u200f", "external_id": None},
    )]  # fmt: skip
    rows = [
        {"title": "Ja\x1bzz\u202e", "description": "a\n\x01b", "location_name": "\u200b", "tags": ["a\x9b", "\u200b", "b"]},
        {"title": "\u200b", "description": "\n", "url": "https://me:secret@example.org/a@b", "category": "mu\x07sic"},
        {"title": "A", "url": "ftp://example.org/", "external_id": "ics:a\x1b", "category": "\x07"},
        {"title": "B", "url": "https://example.org\\@evil.example/", "external_id": "e\x1b"},
        {"title": "C", "url": "", "external_id": "e%1B"}, {"title": "D", "url": "https://me@", "external_id": "\u200b"},
        {"title": "👩\u200d🚀 می\u200cخواهم\tx", "description": "a\n\tb ", "url": "HTTPS://example.org", "external_id": "e1"},
    ]  # fmt: skip
    events = [Event.objects.create(start_at=NOW, organiser=clubs[0], **row) for row in rows]
    Origin.objects.create(event=events[2], series="ics:a\x1b")

    after = now()

    assert values(after.get_model("events", "Organiser"), "name", "external_id") == [
        ("Club[2J", "g1"), ("g%E2%80%AE2", "g%E2%80%AE2"), ("Unnamed organiser", None), ("שלום\u200f", None),
    ]  # fmt: skip
    fields = ("title", "description", "location_name", "tags", "url", "category", "external_id")
    assert values(after.get_model("events", "Event"), *fields) == [
        ("Jazz", "a\nb", "", ["a", "b"], None, None, None),
        ("Untitled event", "", "", [], "https://example.org/a@b", "music", None),
        ("A", "", "", [], None, None, "ics:a%1B"), ("B", "", "", [], None, None, f"e%1B-{events[3].pk}"),
        ("C", "", "", [], "", None, "e%1B"), ("D", "", "", [], None, None, "%E2%80%8B"),
        ("👩\u200d🚀 می\u200cخواهم\tx", "a\n\tb ", "", [], "HTTPS://example.org", None, "e1"),
    ]  # fmt: skip
    assert values(after.get_model("events", "Origin"), "series") == [("ics:a%1B",)]
    assert values(after.get_model("interactions", "Tally"), "category")[1:3] == [("music",), ("",)]


def test_users_are_cleaned_and_stay_apart(before):
    User = before.get_model("users", "User")
    rows = [
        {"username": "ana", "email": "ana@example.org"}, {"username": "ana\x1b", "email": "Ana\x07@example.org"},
        {"username": "\u202e", "display_name": "\u200b", "first_name": "Be\x9bn", "interests": ["mu\x07sic", "music"]},
        {"username": "x" * 149 + "\x1b", "email": "b\x07en@example.org", "last_name": "می\u200cخواهم"},
        {"username": "x" * 149},
    ]  # fmt: skip
    keys = [User.objects.create(**row).pk for row in rows]

    after = now()

    assert values(after.get_model("users", "User"), "username", "email", "display_name", "first_name", "interests") == [
        ("ana", "ana@example.org", "", "", []), (f"ana-{keys[1]}", "", "", "", []), ("user", "", "", "Ben", ["music"]),
        (f"{'x' * 149}"[: 149 - len(str(keys[3]))] + f"-{keys[3]}", "ben@example.org", "", "", []),
        ("x" * 149, "", "", "", []),
    ]  # fmt: skip


def test_going_back_and_forth_keeps_what_is_there(before):
    event = before.get_model("events", "Event").objects.create(title="Jazz\x1b", start_at=NOW)
    now()
    again = migrated(BEFORE).get_model("events", "Event")

    again.objects.filter(pk=event.pk).update(title="\u200b")

    assert values(now().get_model("events", "Event"), "title") == [("Untitled event",)]

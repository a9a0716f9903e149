"""Updates from earlier releases: every migration, on a database with rows in every table, keeps everything.

A migration that is meant to change stored rows says so in releases/losses.py, with the reason.
"""

import json
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from rest_framework.test import APIClient

from config.tests.localdb_clients import eventually, quick_environment
from config.tests.releases.dumps import RELEASES, database_of
from config.tests.releases.losses import MEANT, MEANT_BACKWARDS, TEXTS, losses, rows_of_every_table
from config.tests.releases.rows import (
    CALENDAR_TOKEN_OF_ANA,
    IDEMPOTENCY_KEY,
    LEFT_EMPTY,
    MADE_AT,
    PASSWORDS,
    SESSION_KEYS,
    TOKEN_OF_ANA,
    fill,
)
from events.importing.load import import_events
from events.importing.plan import Defaults, Window
from events.importing.source import Source
from events.models import Event
from recommendations.evaluation.scratch import pointed_at, scratch_template

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[3]
_CALENDAR = ROOT / "events" / "tests" / "importing" / "calendars" / "meetup.ics"
_AUTUMN = Window(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))
OWN_APPS = ("events", "users", "interactions", "recommendations")


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest, transactional_db) -> Iterator[str]:
    """A release, with Django pointed at a database as it left it."""
    with database_of(request.param):
        yield request.param


def migrate_back_to(state: set[tuple[str, str]]) -> None:
    """Undo every migration that is not among these."""
    executor = MigrationExecutor(connection)
    last = {}
    for app, name in sorted(state):
        last[app] = name
    new_apps = {app for app, _ in MigrationRecorder(connection).applied_migrations()} - set(last)
    executor.migrate([*last.items(), *((app, None) for app in new_apps)])


def test_dump_has_rows_in_every_table(release):
    rows = rows_of_every_table()

    assert [table for table, there in rows.items() if not there] == [table for table in LEFT_EMPTY if table in rows]


def test_update_keeps_everything(release):
    before = rows_of_every_table()

    call_command("migrate", verbosity=0)

    lost = losses(before, rows_of_every_table(), MEANT)
    assert not lost, "\n" + "\n".join(lost)


def texts_of(rows):
    """Return every text that may be cleaned, by table, column and the row's id."""
    return {
        (table, column, row["id"]): row[column]
        for table, column in (name.split(".") for name in TEXTS)
        for row in rows[table]
    }


def test_update_cleans_the_texts_that_break_the_rules_and_no_others(release):
    rows = rows_of_every_table()
    before = texts_of(rows)

    call_command("migrate", verbosity=0)

    after = texts_of(rows_of_every_table())
    keys = {
        (table, row["id"]): str(row.get("external_id") or row.get("username")).removeprefix("fault-")
        for table in ("events_event", "events_organiser", "users_user")
        for row in rows[table]
    }
    cleaned = {
        (table, keys[table, number], column): after[table, column, number]
        for table, column, number in before
        if before[table, column, number] != after[table, column, number]
    }
    assert cleaned == {
        ("events_event", "escape", "title"): "Jazz [31mred", ("events_event", "escape", "description"): "abell",
        ("events_event", "escape", "tags"): ["[1mlive"], ("events_event", "escape", "location_name"): "Hall [0m",
        ("events_event", "c1", "title"): "Jazz 31m", ("events_event", "c1", "description"): "nextline",
        ("events_event", "delete", "title"): "Jazz",
        ("events_event", "override", "title"): "Jazz gnp.exe", ("events_event", "override", "description"): "gnp",
        ("events_event", "override", "tags"): ["live"], ("events_event", "override", "location_name"): "llaH",
        ("events_event", "isolate", "title"): "Jazz a",
        ("events_event", "zero-width", "tags"): [], ("events_event", "zero-width", "location_name"): "",
        **{
            ("events_event", key, "title"): "Untitled event"
            for key in ("zero-width", "joiners", "soft-hyphen", "control-only", "override-only", "hangul-filler")
        },
        ("events_event", "long", "title"): "x" * 199,
        ("events_event", "password", "url"): "https://tickets.test/buy?id=1",
        ("events_event", "user", "url"): "http://tickets.test/",
        ("events_event", "ftp", "url"): None, ("events_event", "script", "url"): None,
        ("events_event", "address-control", "url"): "https://tickets.test/a",
        ("events_organiser", "invisible", "name"): "fault-invisible",
        ("events_organiser", "reversed", "name"): "Club dezrever",
        ("events_organiser", "\x1bescape", "name"): "Club [31mred",
        ("events_organiser", "\x1bescape", "external_id"): "fault-%1Bescape",
        ("users_user", "escape", "first_name"): "[31m", ("users_user", "escape", "last_name"): "eman",
        ("users_user", "escape", "display_name"): "[31mred", ("users_user", "reversed", "display_name"): "Ana anA",
        ("users_user", "invisible", "display_name"): "",
    }  # fmt: skip


def test_commands_work_after_an_update(release, capsys):
    before = rows_of_every_table()
    call_command("migrate", verbosity=0)

    call_command("check_feed", now=MADE_AT.isoformat())
    call_command("recount_interactions")
    feeds, counts = capsys.readouterr().out.splitlines()
    call_command("export_user", "maria")
    exported = json.loads(capsys.readouterr().out)

    # Each raises an error on any difference.
    assert (feeds.startswith("60 feeds"), counts) == (True, "Every count is exact.")
    (maria,) = (row for row in before["users_user"] if row["username"] == "maria")
    for name, table in {"interactions": "interactions_interaction", "sessions": "users_session"}.items():
        assert len(exported[name]) == sum(row["user_id"] == maria["id"] for row in before[table]) > 0
    assert exported["profile"]["email"] == "maria@mail.test"


@pytest.mark.parametrize("debug", [True, False])
def test_people_stay_signed_in_after_an_update(release, settings, debug):
    """Sessions, tokens, addresses of calendars and passwords are good for as long as they were.

    In production the demo's accounts, whose password everybody knows, are let in no more.
    """
    settings.DEBUG = debug
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    call_command("migrate", verbosity=0)
    demo = () if debug else ("ana", "staff")

    by_session = {}
    for username, key in SESSION_KEYS.items():
        browser = Client()
        browser.cookies["sessionid"] = key
        by_session[username] = browser.get("/users/me").status_code
    by_password = {
        username: APIClient().post("/tokens", {"username": username, "password": password}).status_code
        for username, password in PASSWORDS.items()
    }
    by_token = [
        _ana().get("/users/me").status_code,
        APIClient().get(f"/recommendations.ics?token={CALENDAR_TOKEN_OF_ANA}").status_code,
    ]

    assert by_session == {username: 401 if username in demo else 200 for username in SESSION_KEYS}
    assert by_password == {username: 401 if username in (*demo, "gone") else 201 for username in PASSWORDS}
    assert by_token == [401 if demo else 200] * 2


def _ana() -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {TOKEN_OF_ANA}")
    return client


def test_request_that_was_sent_before_an_update_is_not_done_again_after_it(release, settings):
    settings.DEBUG = True
    call_command("migrate", verbosity=0)
    asked = {"eventId": Event.objects.get(title="Late session").pk, "action": "SAVE"}

    answer = _ana().post("/interactions", asked, headers={"Idempotency-Key": IDEMPOTENCY_KEY})

    assert (answer.status_code, answer.headers["Idempotency-Replayed"]) == (201, "true")


def test_import_after_an_update_recognises_the_events_of_earlier_imports(release):
    """Also an occurrence of a series, under the name that earlier releases gave it. They learn their time zone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE events_event SET external_id = external_id || '#20261107T003000Z' WHERE external_id LIKE 'ics:%201@%'"
        )
    call_command("migrate", verbosity=0)
    keys = dict(Event.objects.filter(external_id__startswith="ics:").values_list("external_id", "pk"))
    text = _CALENDAR.read_text()
    weekly = text.replace("UID:event_300100201", "RRULE:FREQ=WEEKLY;COUNT=2\nUID:event_300100201")

    reports = [
        import_events(Source("meetup.ics", data.encode()), _AUTUMN, Defaults(), now=MADE_AT, dry_run=False)
        for data in (weekly, weekly.replace("\nUID:event_300100200", "\nRRULE:FREQ=DAILY;COUNT=2\nUID:event_300100200"))
    ]

    assert [report.bad for report in reports] == [(), ()]
    assert [(report.written.created, report.written.updated, report.written.unchanged) for report in reports] == [
        (1, 2, 0), (1, 1, 2),
    ]  # fmt: skip
    after = Event.objects.filter(pk__in=keys.values()).order_by("start_at", "pk")
    assert {*after.values_list("time_zone", flat=True)} == {"America/Chicago"}
    assert list(after.values_list("external_id", "series")) == [
        ("ics:event_300100200@meetup.com#20261030T233000Z", "ics:event_300100200@meetup.com"),
        ("ics:event_300100201@meetup.com#20261107T003000Z", "ics:event_300100201@meetup.com"),
    ]


def test_update_renames_permissions_and_keeps_who_has_them(release):
    renamed = {"run": "trainingrun", "trait": "entityfactors"}
    before = {
        permission.pk: permission.codename.partition("_")
        for permission in Permission.objects.filter(content_type__model__in=renamed)
    }

    call_command("migrate", verbosity=0)

    result = Permission.objects.filter(content_type__model__in=renamed.values()).values_list("pk", "codename")
    assert len(before) == 8
    assert dict(result) == {pk: f"{action}_{renamed[model]}" for pk, (action, _, model) in before.items()}


def test_update_can_be_taken_back(release):
    before = rows_of_every_table()
    state = set(MigrationRecorder(connection).applied_migrations())
    call_command("migrate", verbosity=0)

    migrate_back_to(state)

    assert set(MigrationRecorder(connection).applied_migrations()) == state
    lost = losses(before, rows_of_every_table(), MEANT | MEANT_BACKWARDS)
    assert not lost, "\n" + "\n".join(lost)
    call_command("migrate", verbosity=0)
    lost = losses(before, rows_of_every_table(), MEANT | MEANT_BACKWARDS)
    assert not lost, "\n" + "\n".join(lost)


def test_every_migration_can_be_taken_back(release):
    """Those of Marquee; knox, whose own cannot be undone with tokens in the table, needs the table of the users."""
    call_command("migrate", verbosity=0)

    MigrationExecutor(connection).migrate(
        [("recommendations", None), ("interactions", None), ("events", "0002_events"), ("users", "0001_users")]
    )

    left = {name for app, name in MigrationRecorder(connection).applied_migrations() if app in OWN_APPS}
    assert left == {"0001_users", "0001_canonical_functions", "0002_events"}


@pytest.fixture
def folder_of_a_release(empty, request) -> Iterator[dict[str, str]]:
    """The environment of a checkout whose folder of the embedded server is from a release."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = quick_environment() | {
        "DATABASE_URL": "", "DEBUG": "true", "LOCALDB_DIR": str(empty), "PORT": str(port),
    }  # fmt: skip
    program = f"from config.tests.releases.dumps import restore; restore({request.param!r})"
    manage("shell", "--no-imports", "-c", program, environment=environment)
    return environment


def manage(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


COUNTS = "from users.models import User; from interactions.models import Interaction; print(User.objects.count(), Interaction.objects.count())"


@pytest.mark.parametrize("folder_of_a_release", RELEASES, indirect=True)
def test_make_run_works_after_an_update(folder_of_a_release):
    environment = folder_of_a_release
    before = manage("shell", "--no-imports", "-c", COUNTS, environment=environment)
    address = f"http://127.0.0.1:{environment['PORT']}"
    bearer = {"Authorization": f"Bearer {TOKEN_OF_ANA}"}

    product = subprocess.Popen(
        [sys.executable, "manage.py", "run_demo"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        # It prints this when it is set up, and becomes the server.
        assert any("Her feed" in line for line in product.stdout)
        assert eventually(lambda: _answers(f"{address}/readyz"))
        with urllib.request.urlopen(urllib.request.Request(f"{address}/recommendations", headers=bearer)) as answer:
            feed = json.load(answer)
    finally:
        product.terminate()
        product.communicate(timeout=60)

    assert len(feed["results"]) == 20
    assert manage("shell", "--no-imports", "-c", COUNTS, environment=environment) == before
    assert manage("recount_interactions", environment=environment) == "Every count is exact.\n"
    assert manage("check_feed", environment=environment).startswith("60 feeds")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def test_losses_are_reported():
    rows = {"a": [{"id": 1, "name": "x"}, {"id": 2, "name": "y"}], "b": [{"id": 1}], "empty": []}

    assert losses(rows, rows, {}) == []
    assert losses(rows, rows | {"a": [row | {"new": 1} for row in rows["a"]], "c": [{"id": 1}]}, {}) == []
    assert losses(rows, {"b": []}, {}) == ["the table a is gone", 'b has lost {"id": 1}']
    assert losses(rows, rows | {"a": [{"id": 1}, {"id": 2}]}, {}) == ["the column a.name is gone"]
    changed = rows | {"a": [{"id": 1, "name": "x"}, {"id": 2, "name": "z"}]}
    assert losses(rows, changed, {}) == ['a has lost {"id": 2, "name": "y"}', 'a has got {"id": 2, "name": "z"}']
    assert losses(rows, changed, {"a.name": "upper case"}) == []
    tallies = {"interactions_tally": [{"event_id": 1, "receded_xid": 7}]}
    assert losses(tallies, {"interactions_tally": [{"event_id": 1, "demoted_xid": 7}]}, {}) == []
    assert losses(tallies, {"interactions_tally": [{"event_id": 1, "demoted_xid": 8}]}, {}) == [
        'interactions_tally has lost {"demoted_xid": 7, "event_id": 1}',
        'interactions_tally has got {"demoted_xid": 8, "event_id": 1}',
    ]


def test_next_dump_has_rows_in_every_table_too():
    """What the next release's dump is filled with is kept complete."""
    with scratch_template() as name, pointed_at(name):
        fill()
        rows = rows_of_every_table()

    assert [table for table, there in rows.items() if not there] == [*LEFT_EMPTY]

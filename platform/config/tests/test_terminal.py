"""Tests that no command writes control characters, whatever text is stored or given as an argument."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.db import connection

from api.commands import TerminalCommand, visible
from api.text_rules import FORBIDDEN
from events.tests.factories import EventFactory
from interactions.models import Tally
from interactions.tests.factories import InteractionFactory
from users.models import User
from users.tests.factories import UserFactory

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = "\x1b[31m\x07\x9b2J\u202e\r"
SHOWN = "\\u001b[31m\\u0007\\u009b2J\\u202e\\u000d"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
OURS = sorted(
    name for name, app in get_commands().items()
    if app in ("events", "users", "interactions", "recommendations", "config")
)  # fmt: skip


def is_plain(text):
    return not FORBIDDEN.search(text) and "\r" not in text


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_whose_output_is_visible(name):
    assert isinstance(load_command_class(get_commands()[name], name), TerminalCommand)


def test_visible_changes_nothing_else():
    text = "Jazz\n\t👩\u200d🚀 می\u200cخواهم שלום\u200f \u00a0\\u001b"

    assert (visible(text), visible(HOSTILE), visible("\udcff")) == (text, SHOWN, "\\udcff")


@pytest.mark.django_db
@pytest.mark.parametrize("name", OURS)
def test_arguments_that_are_unknown_are_repeated_visibly(name, capsys):
    command = load_command_class(get_commands()[name], name)

    with pytest.raises(SystemExit) as ended:
        command.run_from_argv(["manage.py", name, f"--{HOSTILE}", HOSTILE, HOSTILE])

    shown = capsys.readouterr()
    assert (ended.value.code, is_plain(shown.out + shown.err)) == (2, True)
    assert SHOWN in shown.err


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ["create_token", HOSTILE], ["erase_user", HOSTILE], ["export_user", HOSTILE], ["show_feed", HOSTILE],
        ["check_feed", HOSTILE], ["check_feed", f"--now={HOSTILE}"], ["show_feed", "ana", f"--now={HOSTILE}"],
        ["show_feed", "ana", f"--limit={HOSTILE}"], ["train", f"--now={HOSTILE}"], ["load_dataset", HOSTILE],
        ["import_events", HOSTILE], ["import_events", "-", f"--zone={HOSTILE}"], ["evaluate", HOSTILE],
        ["evaluate", ".", f"--run-file={HOSTILE}/x"],
        ["load_demo", "--force", f"--now={HOSTILE}"], ["create_token", "\udcff"], ["show_feed", "\udcff"],
    ],
)  # fmt: skip
def test_errors_repeat_arguments_visibly(arguments):
    UserFactory(username="ana")

    with pytest.raises(CommandError) as refused:
        call_command(*arguments)

    assert is_plain(str(refused.value))
    assert visible(arguments[-1].rpartition("=")[2].removesuffix("/x")) in str(refused.value)


@pytest.mark.django_db
def test_an_organiser_with_control_characters_is_refused():
    with pytest.raises(CommandError, match="--organiser: This contains a control character"):
        call_command("import_events", "-", f"--organiser=a{HOSTILE}b")


@pytest.mark.parametrize("command", [["changepassword", HOSTILE], [HOSTILE], ["show_feed", HOSTILE, "--json"]])
def test_commands_of_django_do_not_get_such_arguments(command):
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}

    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", f"Control characters and text that is not UTF-8 cannot be in an argument: {SHOWN}\n",
    )  # fmt: skip


@pytest.fixture
def hostile(db):
    """A user, and an event of theirs, with texts that the database does not allow any more."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event DROP CONSTRAINT event_valid_texts")
        cursor.execute("ALTER TABLE users_user DROP CONSTRAINT user_valid_texts")
    user = UserFactory(username=f"ana{HOSTILE}", display_name=HOSTILE, email="ana@example.org")
    event = EventFactory(title=f"Jazz{HOSTILE}", location_name=HOSTILE, start_at=NOW + timedelta(days=1))
    InteractionFactory(user=user, event=event)
    return user, event


def printed(*arguments):
    out, err, error = StringIO(), StringIO(), ""
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except CommandError as refused:
        error = str(refused)
    return out.getvalue() + err.getvalue() + error


@pytest.mark.parametrize("options", [[], ["--json"], ["--why-not"]])
def test_show_feed_prints_stored_text_visibly(hostile, options):
    options = [f"--why-not={hostile[1].pk}"] if options == ["--why-not"] else options

    text = printed("show_feed", "ana@example.org", f"--now={NOW.isoformat()}", *options)

    assert is_plain(text)
    assert "Jazz\\u001b[31m" in text


def test_show_feed_in_a_terminal_prints_stored_text_visibly(hostile, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "200")

    call_command("show_feed", "ana@example.org", f"--now={NOW.isoformat()}")

    out = capsys.readouterr().out
    assert SHOWN in out
    # Rich's own styles are escape sequences, too, but none is red.
    assert [part for part in ("\x1b[31m", "\x07", "\x9b", "\u202e", "\r") if part in out] == []


def test_other_commands_print_stored_text_visibly(hostile):
    user, _ = hostile
    other = EventFactory(start_at=NOW + timedelta(days=2))
    Tally.objects.filter(event=other).update(interaction_count=7)
    texts = {"check_feed": printed("check_feed", "ana@example.org", f"--now={NOW.isoformat()}")}
    User.objects.filter(pk=user.pk).update(is_active=False)
    texts |= {
        "create_token": printed("create_token", str(user.pk)),
        "erase_user": printed("erase_user", str(user.pk), "--yes"),
    }

    assert {name: (is_plain(text), "\\u001b[31m" in text) for name, text in texts.items()} == dict.fromkeys(
        texts, (True, True)
    )


def test_erase_user_asks_visibly(hostile, monkeypatch):
    asked = []
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "n")

    printed("erase_user", "ana@example.org")

    assert [(is_plain(question), SHOWN in question) for question in asked] == [(True, True)]


def test_export_user_means_the_same(hostile):
    text = printed("export_user", "ana@example.org")

    assert is_plain(text)
    assert json.loads(text)["profile"]["displayName"] == HOSTILE


def test_load_dataset_prints_values_visibly(db, tmp_path):
    (tmp_path / "users.csv").write_text(f"user_id,lat,lng,declared_interests\nana,{HOSTILE.strip()},1,\n")
    for name in ("events", "interactions"):
        (tmp_path / f"{name}.csv").write_text("")

    text = printed("load_dataset", str(tmp_path))

    assert (is_plain(text), "\\u001b[31m" in text) == (True, True)


def test_import_events_prints_values_visibly(db, tmp_path):
    source = tmp_path / "town.csv"
    source.write_text("event_id,title,start_at\na,A,\x1b[31m\x9b\nb\u202e,B,2026-10-05 19:00\n")

    text = printed("import_events", str(source))

    assert is_plain(text)
    assert "\\u001b[31m\\u009b" in text
    assert "b\\u202e" in text

"""Tests of the backtest: what it knows, what it leaves alone, and what it refuses."""

from datetime import UTC, timedelta
from io import StringIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test import Client
from knox.models import AuthToken

from events.models import Event, Organiser, Origin
from events.tests.factories import EventFactory
from interactions.loading.load import load_dataset
from interactions.models import IdempotencyKey, Interaction, Mute
from recommendations.evaluation.replay import embed_everything
from recommendations.models import Cluster, EventEmbedding, TrainingRun
from recommendations.tests.evaluation.exports import T, heuristic_order, made, relevant, write_dataset
from recommendations.tests.evaluation.test_replay import rows_of
from recommendations.training.pipeline import train
from users.models import User
from users.rate_limits import RateLimit
from users.tokens import new_calendar_token

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DATA = made()
WEEK = timedelta(days=7)
NOW = T.replace(tzinfo=UTC) + WEEK


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.TRAINING_THREADS = 1
    settings.EMBEDDER = "recommendations.tests.encoders.QuickEncoder"


@pytest.fixture
def platform(tmp_path):
    """The small data set as the own tables, its events published two months before they start."""
    write_dataset(DATA, tmp_path / "whole")
    load_dataset(tmp_path / "whole", progress=lambda name, number: None)
    Event.objects.update(created_at=F("start_at") - timedelta(days=60))


def evaluate(*rankers, **options):
    out, err = StringIO(), StringIO()
    call_command(
        "evaluate", ranker=list(rankers), stdout=out, stderr=err, **{"weeks": 1, "now": NOW.isoformat(), **options}
    )
    return out.getvalue(), err.getvalue()


def tables():
    """Return every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()]
        result = {}
        for name in names:
            cursor.execute(
                f"SELECT coalesce(string_agg(each::text, chr(10) ORDER BY each::text), '') FROM \"{name}\" AS each"
            )
            result[name] = cursor.fetchone()[0]
    return result


def test_heuristic_is_as_defined_and_scored_by_what_was_chosen(platform, tmp_path):
    late, early = (Event.objects.get(external_id=name) for name in ("e078", "e052"))
    # Published after the week began: the one is unknown then, the other was known to somebody.
    assert not Interaction.objects.filter(event=late, created_at__lt=T.replace(tzinfo=UTC)).exists()
    assert Interaction.objects.filter(event=early, created_at__lt=T.replace(tzinfo=UTC)).exists()
    Event.objects.filter(pk__in=[late.pk, early.pk]).update(created_at=NOW)
    users = {str(pk): name for pk, name in User.objects.values_list("pk", "username")}
    names = {str(pk): name for pk, name in Event.objects.values_list("pk", "external_id")}

    evaluate("heuristic", run_file=tmp_path / "run.csv.gz")

    result = {
        (window, users[user]): [names[event] for event in events]
        for (window, user), events in rows_of(tmp_path / "run.csv.gz").items()
    }
    chosen = {user for user, event in relevant(DATA, T, T + WEEK) if event != "e078"}
    known = {user["user_id"]: user for user in DATA.users}
    assert result == {
        ("2026-03-01", user): [event for event in heuristic_order(DATA, known[user], T) if event != "e078"]
        for user in chosen
    }
    assert len(result) > 5


def test_what_came_after_changes_nothing(platform, tmp_path):
    evaluate("heuristic", "hybrid", weeks=2, run_file=tmp_path / "before-{}.csv")
    after = T.replace(tzinfo=UTC)
    events = [
        *Event.objects.filter(start_at__gt=NOW),
        *EventFactory.create_batch(5, organiser=Organiser.objects.order_by("pk")[0], start_at=NOW + WEEK, created_at=after + timedelta(seconds=1)),
    ]  # fmt: skip
    Interaction.objects.bulk_create(
        # In the week itself nothing that would be chosen; later anything.
        Interaction(user=user, event=event, action=action, created_at=at)
        for user in User.objects.all()
        for event in events
        for action, at in (("VIEW", after), ("DISMISS", after + WEEK / 2), ("APPLY", NOW), ("SAVE", NOW + WEEK))
    )
    EventEmbedding.objects.bulk_create(
        EventEmbedding(event=event, model="quick", version="1", text_hash="", vector=[1.0, *[0.0] * 7])
        for event in events[-5:]
    )

    evaluate("heuristic", "hybrid", weeks=2, run_file=tmp_path / "after-{}.csv")

    for ranker in ("heuristic", "hybrid"):
        before, later = ((tmp_path / f"{name}-{ranker}.csv").read_bytes() for name in ("before", "after"))
        assert (len(before.splitlines()) > 100, later) == (True, before)


def test_own_tables_are_only_read_and_names_stay_there(platform, tmp_path, settings):
    before = tables()
    # As on a developer's machine, where Django notes statements.
    settings.DEBUG = True

    evaluate("hybrid", run_file=tmp_path / "run.csv")

    assert tables() == before
    assert (TrainingRun.objects.count(), before["recommendations_eventembedding"]) == (0, "")
    # People are numbers in what is written.
    assert "u0" not in (tmp_path / "run.csv").read_text()


@pytest.fixture
def everything(platform):
    """The platform with rows in every table."""
    event, user = Event.objects.order_by("pk")[0], User.objects.order_by("pk")[0]
    embed_everything(T.replace(tzinfo=UTC))
    train(T.replace(tzinfo=UTC), seed=1, activate="always", say=lambda text: None)
    Group.objects.create(name="editors").permissions.set(Permission.objects.all()[:1])
    user.groups.set(Group.objects.all())
    user.user_permissions.set(Permission.objects.all()[:1])
    AuthToken.objects.create(user)
    new_calendar_token(user, now=NOW)
    RateLimit("trial", 3).consume("ana", now=NOW)
    LogEntry.objects.log_actions(str(user.pk), [event], CHANGE, "Changed.")
    Client().force_login(user)
    Session.objects.create(session_key="key", session_data="", expire_date=NOW)
    IdempotencyKey.objects.create(user=user, key="key", fingerprint="", answer={})
    Origin.objects.create(event=event, series="uid")
    address = EmailAddress.objects.create(user=user, email="user@mailbox.example")
    EmailConfirmation.objects.create(email_address=address, key="k")
    Mute.objects.create(user=user, category="business")
    Cluster.objects.get_or_create(pk=1)
    cache.set("key", "value")


def test_database_with_rows_in_every_table_is_evaluated(everything, tmp_path):
    before = tables()
    assert [name for name, rows in before.items() if not rows] == []

    evaluate("heuristic", "hybrid", run_file=tmp_path / "run-{}.csv")

    assert tables() == before
    assert len((tmp_path / "run-hybrid.csv").read_bytes().splitlines()) > 100


def test_table_and_report_come_with_it(platform, tmp_path):
    out, err = evaluate("heuristic", "popular", weeks=3, report=tmp_path / "report.html")

    assert [line.split(" | ")[0].strip("| ") for line in out.splitlines()[2:4]] == ["heuristic", "popular"]
    page = (tmp_path / "report.html").read_text()
    for cell in out.splitlines()[3].strip("| ").split(" | "):
        assert f">{cell}</t" in page
    assert [line.split(":")[0] for line in err.splitlines() if line.startswith("window")] == [
        "window 2026-02-15", "window 2026-02-22", "window 2026-03-01",
    ]  # fmt: skip


def test_weeks_in_which_nobody_chose_are_left_out(platform, tmp_path):
    Interaction.objects.filter(created_at__gte=T.replace(tzinfo=UTC), created_at__lt=NOW).delete()

    _, err = evaluate("popular", weeks=2, run_file=tmp_path / "run.csv.gz")

    assert "week of 2026-03-01: nobody applied to anything that was known when it began\n" in err
    assert {window for window, _ in rows_of(tmp_path / "run.csv.gz")} == {"2026-02-22"}


def test_nothing_at_all_says_what_to_do():
    with pytest.raises(CommandError, match=r"^In these weeks nobody applied to anything new .* Take more weeks\."):
        evaluate("popular")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weeks": None}, "Give the folder of an exported data set, or --weeks N for the last weeks of this database."),
        ({"weeks": 0}, "--weeks must be from 1 to 52."),
        ({"weeks": 53}, "--weeks must be from 1 to 52."),
        ({"windows": 1}, "--dataset and --windows need an exported data set: leave them out with --weeks."),
        ({"now": "soon"}, '"soon" is not a time. Write 2026-05-17, 2026-05-17T19:00 or 2026-05-17T19:00+02:00.'),
        ({"run_file": "nowhere/run.csv"}, "nowhere: there is no such folder to write to."),
        ({"report": "nowhere/report.html"}, "nowhere: there is no such folder to write to."),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, message, tmp_path):
    for name in ("run_file", "report"):
        if name in options:
            options = {**options, name: Path(options[name])}

    with pytest.raises(CommandError) as error:
        evaluate("popular", **options)

    assert str(error.value) == message

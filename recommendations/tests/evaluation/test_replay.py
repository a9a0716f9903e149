"""Tests of the replay: the run files, and that what is evaluated is what is served."""

import csv
import gzip
from collections import defaultdict
from io import StringIO

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command

from events.models import Event
from interactions.models import Interaction
from recommendations.evaluation.exported import Exported
from recommendations.evaluation.replay import prepare_for
from recommendations.evaluation.tasks import PLACES
from recommendations.feed.ranking import HYBRID
from recommendations.tests.evaluation.exports import LATER, T, heuristic_order, made, write_dataset, write_export
from users.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DATA = made()


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.TRAINING_THREADS = 1
    settings.EMBEDDER = "recommendations.tests.encoders.QuickEncoder"


@pytest.fixture
def export(tmp_path):
    write_export(DATA, tmp_path / "export")
    write_dataset(DATA, tmp_path / "whole")
    return tmp_path / "export"


def evaluate(export, *rankers, **options):
    out, err = StringIO(), StringIO()
    call_command("evaluate", export, ranker=list(rankers), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def rows_of(path):
    """Return the ranked events of each task, in the order of their ranks."""
    ranked = defaultdict(list)
    with gzip.open(path, "rt") as file:
        assert file.readline() == "window,user_id,event_id,rank\n"
        for window, user, event, rank in csv.reader(file):
            ranked[window, user].append(event)
            assert int(rank) == len(ranked[window, user])
    return dict(ranked)


def test_heuristic_is_as_defined_in_every_window(tmp_path):
    write_export(DATA, tmp_path / "export", moments=(T, LATER))

    evaluate(tmp_path / "export", "heuristic", run_file=tmp_path / "run.csv.gz")

    users = {user["user_id"]: user for user in DATA.users}
    with (tmp_path / "export" / "tasks.csv").open() as file:
        tasks = {(row["window"], row["user_id"]) for row in csv.DictReader(file)}
    assert rows_of(tmp_path / "run.csv.gz") == {
        (window, user): heuristic_order(DATA, users[user], (T, LATER)[int(window)])[:PLACES] for window, user in tasks
    }
    assert len({window for window, _ in tasks}) == 2


def test_hybrid_is_what_the_endpoint_serves_at_that_moment(export, tmp_path, api_of, template):
    evaluate(export, "hybrid", run_file=tmp_path / "run.csv.gz")
    evaluated = rows_of(tmp_path / "run.csv.gz")
    source = Exported(export)
    (window,) = source.windows

    served = {}
    with source.known_at(window, template=template, say=lambda text: None) as names:
        prepare_for(HYBRID, window, seed=1, say=lambda text: None)
        with time_machine.travel(window.now, tick=False):
            for task in window.tasks:
                user = User.objects.get(username=task.username)
                touched = set(Interaction.objects.of(user).values_list("event_id", flat=True))
                answer = api_of(user).get("/recommendations?ranker=hybrid&limit=100").json()
                assert answer["ranker"] == "hybrid"
                ids = [result["event"]["id"] for result in answer["results"]]
                served[window.name, task.username] = [names[pk] for pk in ids if pk not in touched]

    assert served == evaluated
    assert len(served) > 10


def test_twice_gives_the_same_bytes_and_leaves_nothing_behind(export, tmp_path):
    for name in ("first.csv.gz", "second.csv.gz"):
        cache.clear()
        evaluate(export, "popular", run_file=tmp_path / name)

    assert (tmp_path / "first.csv.gz").read_bytes() == (tmp_path / "second.csv.gz").read_bytes()
    assert (Event.objects.count(), User.objects.count()) == (0, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "first.csv.gz", "second.csv.gz", "whole"]


def test_scoring_changes_no_ranking(export, tmp_path):
    evaluate(export, "heuristic", run_file=tmp_path / "alone.csv.gz")
    out, _ = evaluate(export, "heuristic", run_file=tmp_path / "scored.csv.gz", dataset=tmp_path / "whole")

    assert (tmp_path / "alone.csv.gz").read_bytes() == (tmp_path / "scored.csv.gz").read_bytes()
    assert out.splitlines()[0].startswith("| ranker | NDCG@10 all | NDCG@10 with history |")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("tasks.csv", None, "tasks.csv: there is no such file. Export the data set first."),
        ("tasks.csv", "window,now,user_id\n", "tasks.csv: it has no tasks."),
        ("tasks.csv", "window,user_id\n", "tasks.csv, line 1: the column now is missing."),
        ("tasks.csv", "window,now,user_id\n0,soon,u1\n", 'tasks.csv, line 2, column now: "soon" is not a time.'),
        ("tasks.csv", "window,now,user_id\n0,2026-03-01,nobody\n", "window 0: user nobody is not in users.csv."),
        ("window_0/candidates.csv", None, "candidates.csv: there is no such file."),
        ("window_0/interactions.csv", "user_id,event_id,action,created_at\nu01,e001\n", "interactions.csv, line 2: it has more or fewer cells"),
        ("users.csv", "user_id,lat,lng,declared_interests\nu01,x,1,\n", "users.csv"),
    ],
)  # fmt: skip
def test_bad_exports_are_reported_by_file_and_line(export, tmp_path, file, text, message):
    (export / file).unlink()
    if text is not None:
        (export / file).write_text(text)

    with pytest.raises(CommandError) as error:
        evaluate(export, "heuristic", run_file=tmp_path / "run.csv.gz")

    assert message in str(error.value)
    assert not (tmp_path / "run.csv.gz").exists()

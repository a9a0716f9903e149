"""Tests of the scores and their table, against plain Python and an independent scorer.

`EVALTOOL` may name an independent scorer, as a command: the interpreter that has what it needs, and its file. It is
given the same data set and the run file that `evaluate` wrote.
"""

import csv
import gzip
import json
import os
import shlex
import shutil
import subprocess
from io import StringIO
from math import log2
from pathlib import Path
from statistics import fmean

import pytest
from django.core.management import CommandError, call_command

from recommendations.evaluation.exported import candidates_of, ground_truths_of, windows_of
from recommendations.evaluation.report import table_of
from recommendations.evaluation.scoring import METRICS, SEGMENTS, Scores
from recommendations.evaluation.tasks import Ranking
from recommendations.tests.evaluation.exports import (
    LATER,
    T,
    heuristic_order,
    made,
    relevant,
    write_dataset,
    write_export,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
DATA = made()


def scored_table(tmp_path):
    """Evaluate the heuristic, keep its run file, and return the table's rows by their headings."""
    out = StringIO()
    call_command(
        "evaluate",
        tmp_path / "export",
        ranker=["heuristic"],
        dataset=tmp_path / "data" / "tiny",
        stdout=out,
        stderr=StringIO(),
    )
    heading, _, cells = (line.strip("| ").split(" | ") for line in out.getvalue().strip().splitlines()[:3])
    return dict(zip(heading, cells, strict=True))


def by_hand(moments):
    """Return the same from the protocol's words."""
    values = {segment: [] for segment in SEGMENTS}
    shown, candidates = set(), 0
    users = {user["user_id"]: user for user in DATA.users}
    for window, now in enumerate(moments):
        until = T.replace(month=now.month + 1) if len(moments) > 1 else T.max
        candidates += sum(event["start_at"] > now for event in DATA.events)
        pairs = relevant(DATA, now, until)
        old = {each["event_id"] for each in DATA.interactions if each["created_at"] < now}
        active = {each["user_id"] for each in DATA.interactions if each["created_at"] < now}
        for name in sorted({user for user, _ in pairs}):
            order = heuristic_order(DATA, users[name], now)
            shown |= {(window, event) for event in order[:10]}
            mine = {event for user, event in pairs if user == name}
            for segment, wanted in (
                ("all", mine), ("with history" if name in active else "without history", mine), ("new events", mine - old),
            ):  # fmt: skip
                if wanted:
                    places = sorted(order.index(event) + 1 for event in wanted)
                    ideal = sum(1 / log2(place + 1) for place in range(1, min(10, len(wanted)) + 1))
                    values[segment].append(
                        (
                            sum(1 / log2(place + 1) for place in places if place <= 10) / ideal,
                            sum(place <= 10 for place in places) / len(places),
                            sum(place <= 20 for place in places) / len(places),
                            1 / places[0] if places[0] <= 100 else 0,
                        )
                    )
    expected = {f"NDCG@10 {segment}": fmean(row[0] for row in rows) for segment, rows in values.items()}
    expected |= {name: fmean(row[at] for row in values["all"]) for at, name in enumerate(METRICS) if at}
    return expected | {"coverage@10": len(shown) / candidates}


@pytest.mark.parametrize("moments", [(T,), (T, LATER)], ids=["one window", "months"])
def test_table_is_what_plain_python_makes_of_it(tmp_path, moments):
    write_export(DATA, tmp_path / "export", moments)
    write_dataset(DATA, tmp_path / "data" / "tiny")

    cells = scored_table(tmp_path)

    assert cells.pop("ranker") == "heuristic"
    assert cells == {name: f"{value:.3f}" for name, value in by_hand(moments).items()}
    # A table of zeros would be equal to anything that finds nothing.
    assert {name for name, value in cells.items() if 0 < float(value) < 1} == set(cells)


@pytest.mark.skipif("EVALTOOL" not in os.environ, reason="EVALTOOL names no independent scorer to compare with")
@pytest.mark.parametrize("moments", [(T,), (T, LATER)], ids=["one window", "months"])
def test_metrics_are_those_of_an_independent_scorer_to_four_digits(tmp_path, moments):
    *interpreter, script = shlex.split(os.environ["EVALTOOL"])
    monthly = len(moments) > 1
    write_dataset(DATA, tmp_path / "data" / "tiny", monthly=monthly)
    for path in (tmp_path / "data" / "tiny").glob("*.csv"):
        with gzip.open(f"{path}.gz", "wb") as file:
            file.write(path.read_bytes())
    # It looks for data sets beside itself.
    tool = tmp_path / "scorer" / "tool.py"
    tool.parent.mkdir()
    shutil.copyfile(script, tool)
    subprocess.run([*interpreter, tool, "export", "tiny", tmp_path / "export"], check=True, capture_output=True)

    call_command(
        "evaluate", tmp_path / "export", ranker=["heuristic"], run_file=tmp_path / "run.csv.gz", stderr=StringIO()
    )
    scored = subprocess.run(
        [*interpreter, tool, "score", "tiny", tmp_path / "run.csv.gz"], check=True, capture_output=True
    )

    theirs = json.loads(scored.stdout)
    windows = windows_of(tmp_path / "export")
    truths = ground_truths_of(tmp_path / "export", tmp_path / "data" / "tiny", windows)
    scores, ranked = Scores("heuristic"), {}
    with gzip.open(tmp_path / "run.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            ranked.setdefault((row["window"], row["user_id"]), []).append(row["event_id"])
    for (window, user), events in ranked.items():
        scores.add(Ranking(window, user, "heuristic", tuple(events)), truths[window, user])
    for segment, name in zip(SEGMENTS, ("all", "user_warm", "user_cold", "item_cold"), strict=True):
        mine = [scores.mean(segment, metric) for metric in range(len(METRICS))]
        assert mine == pytest.approx(
            [theirs[name][each] for each in ("ndcg10", "rec10", "rec20", "mrr100")], abs=5.1e-5
        )
        assert len(scores.values[segment]) == theirs[name]["n"]
    candidates = sum(len(candidates_of(tmp_path / "export", window)) for window in windows)
    assert len(scores.shown) / candidates == pytest.approx(theirs["coverage10"], abs=5.1e-5)


def test_nothing_relevant_counts_nowhere():
    scores = Scores("heuristic")
    table = table_of([scores], 10, seed=1)

    assert table[1] == ["heuristic", *["—"] * 7, "0.000"]


def test_whole_data_set_must_be_there(tmp_path):
    write_export(DATA, tmp_path / "export")

    with pytest.raises(CommandError, match=r"^nowhere: there is neither interactions\.csv nor"):
        call_command("evaluate", tmp_path / "export", dataset=Path("nowhere"), stderr=StringIO())

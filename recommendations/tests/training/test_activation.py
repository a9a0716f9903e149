"""Tests of when a training is due, and which run is active."""

import hashlib
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from recommendations.management.commands.train import conclusion_of
from recommendations.models import EntityFactors, TrainingRun
from recommendations.tests.taste import NOW
from recommendations.training.holdout import comparison_of, passes_holdout
from recommendations.training.pipeline import KEPT, LOCK, delete_old_factors, is_due

pytestmark = pytest.mark.django_db


def row(**values):
    """Make a run that was never trained, for tests of its row alone."""
    blank = {"cutoff": NOW, "began_at": NOW, "seed": 1, "parameters": {}, "fingerprint": "", "metrics": {}, "model": ""}
    return TrainingRun.objects.create(**{**blank, "model_sha256": hashlib.sha256(b"").hexdigest(), **values})


def with_factors(*runs):
    """Make factors for runs."""
    values = {"kind": "tag", "key": "jazz", "people": 1, "interactions": 1, "events": 1, "trend": 0}
    EntityFactors.objects.bulk_create(EntityFactors(run=run, **values, factors=b"\0" * 4) for run in runs)


def of_all(**values):
    """Return metrics in which rankers have this NDCG@10 of all people."""
    return {
        "ndcg_at_10": {
            name: {"all": value, "with_past": value, "without_past": value, "people": 9}
            for name, value in values.items()
        }
    }


class TestActivation:
    @pytest.mark.parametrize(
        ("metrics", "expected", "reason"),
        [
            (
                of_all(heuristic=0.2, hybrid=0.3),
                True,
                "it ranks better than the heuristic (NDCG@10 0.300 against 0.200)",
            ),
            (of_all(heuristic=0.3, hybrid=0.3), False, "it does not rank better than the heuristic (NDCG@10 0.300"),
            (of_all(heuristic=0.2, hybrid=0.3, active=0.3), True, "it ranks better than the heuristic"),
            (
                of_all(heuristic=0.2, hybrid=0.3, active=0.31),
                False,
                "it ranks worse than the active run (NDCG@10 0.300 against 0.310)",
            ),
            (of_all(heuristic=0.2, hybrid=0.1, active=0.05), False, "it does not rank better than the heuristic"),
            # One window only: there was nothing to train the holdout's re-ranker on.
            (of_all(heuristic=0.2), False, "people chose something in the latest weeks only"),
            # Nobody applied to anything.
            (of_all(heuristic=None, hybrid=None), False, "nobody applied to anything in the latest weeks"),
            (of_all(heuristic=None), False, "nobody applied to anything in the latest weeks"),
        ],
    )
    def test_better_than_the_heuristic_and_no_worse_than_the_active_run(self, metrics, expected, reason):
        comparison = comparison_of(metrics)

        assert (comparison.passes, passes_holdout(metrics)) == (expected, expected)
        assert comparison.reason.startswith(reason)
        assert (comparison.next_step != "", "nan" in " ".join(comparison[1:])) == (True, False)

    def test_activated_last_is_active_by_one_update(self, django_assert_num_queries):
        first, second = row(activated_at=NOW), row(activated_at=NOW + timedelta(hours=1))
        with_factors(first)
        before = TrainingRun.objects.active()

        with django_assert_num_queries(1):
            first.activate(NOW + timedelta(hours=2))

        assert (before, TrainingRun.objects.active(), list(TrainingRun.objects.activated())) == (
            second,
            first,
            [first, second],
        )

    def test_old_factors_are_deleted(self):
        runs = [row(activated_at=NOW + timedelta(hours=number) if number < KEPT + 2 else None) for number in range(14)]
        with_factors(*runs)

        delete_old_factors()

        kept = sorted(EntityFactors.objects.values_list("run", flat=True))
        assert kept == [run.pk for run in [*runs[2 : KEPT + 2], *runs[-KEPT:]]]
        assert TrainingRun.objects.count() == 14


class TestConclusion:
    """The last line of `train`: whether the run is active, why, and what to do next."""

    @pytest.mark.parametrize(
        ("metrics", "activate", "activated", "said"),
        [
            (
                of_all(heuristic=0.2, hybrid=0.3), "if-better", True,
                "is active: it ranks better than the heuristic (NDCG@10 0.300 against 0.200). "
                "manage.py evaluate --weeks 4 says whether to make the hybrid the default.",
            ),
            (
                of_all(heuristic=0.3, hybrid=0.2), "if-better", False,
                "is stored but not active: it does not rank better than the heuristic (NDCG@10 0.200 against 0.300). "
                "Keep the heuristic, and train again when people have applied to or saved more events.",
            ),
            (
                of_all(heuristic=0.3, hybrid=0.2), "always", True,
                "is active, as you asked (--activate always), although it does not rank better than the heuristic "
                "(NDCG@10 0.200 against 0.300).",
            ),
            (
                of_all(heuristic=0.2, hybrid=0.3), "never", False,
                "is stored but not active, as you asked (--activate never), although it ranks better than the heuristic "
                "(NDCG@10 0.300 against 0.200).",
            ),
            (
                of_all(heuristic=None), "never", False,
                "is stored but not active, as you asked (--activate never); nobody applied to anything in the latest "
                "weeks, so there is nothing to measure it on.",
            ),
        ],
    )  # fmt: skip
    def test_is_one_sentence_and_the_next_step(self, metrics, activate, activated, said):
        run = row(metrics=metrics)

        assert conclusion_of(run, activate, activated=activated) == f"{run} {said}"


class TestWhenItIsDue:
    @pytest.mark.parametrize(
        ("hours", "expected"), [(None, True), (0, False), (23.99, False), (24, True), (24 * 9, True)]
    )
    def test_a_night_after_the_latest(self, hours, expected):
        if hours is not None:
            row(cutoff=NOW - timedelta(hours=hours))
            row(cutoff=NOW - timedelta(days=30), activated_at=NOW)

        assert is_due(NOW) is expected

    def test_second_training_says_so_and_leaves(self):
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])

            with pytest.raises(CommandError, match=r"^A training is going on already\. Wait for it to end"):
                call_command("train")
        finally:
            with other.cursor() as cursor:
                # Closing alone releases it some time later, when the server sees that nobody is there.
                cursor.execute("SELECT pg_advisory_unlock_all()")
            other.close()
        assert TrainingRun.objects.count() == 0

    def test_nothing_to_learn_says_so_and_lets_the_next_begin(self):
        for _ in range(2):
            with pytest.raises(CommandError, match=r"^Nobody chose anything that lay ahead\. Train again when people"):
                call_command("train", stderr=StringIO())

        assert TrainingRun.objects.count() == 0

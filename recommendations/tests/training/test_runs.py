"""Tests of training again: the same data give the same run, and no worse run is activated."""

import hashlib

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F

from events.models import Event
from events.tests.factories import EventFactory
from recommendations.feed.ranking import HYBRID, feed_for
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from recommendations.hybrid.serve import model_of
from recommendations.models import EntityFactors, TrainingRun
from recommendations.tests.taste import NOW
from recommendations.training.models import learned_statistics
from recommendations.training.pipeline import train

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_thread(settings):
    """As the run was trained with that it is compared with."""
    settings.TRAINING_THREADS = 1


def listing_of(user):
    result = feed_for(viewer_of(user, NOW), HYBRID, NO_FILTERS).ranked_list
    return result.event_ids, result.scores, result.attributions


def stir():
    """Leave the data as they are, but not where they lie: neither the tables nor the indexes keep their order."""
    before = transaction.savepoint()
    Event.objects.bulk_create(
        EventFactory.build(organiser=None, latitude=48 + number % 8 / 100, longitude=14.0) for number in range(2_000)
    )
    transaction.savepoint_rollback(before)
    Event.objects.filter(pk__in=list(Event.objects.values_list("pk", flat=True))[::3]).update(
        description=F("description")
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_event, interactions_interaction")


def test_same_data_and_seed_give_the_same_run_and_feeds(run, taste):
    cache.clear()
    served = [listing_of(user) for user in taste[:5]]
    stir()

    again, _ = train(NOW, seed=run.seed, activate="always", say=lambda text: None)

    same = ("cutoff", "seed", "parameters", "fingerprint", "model", "model_sha256", "neighbours", "popular")
    assert {name: getattr(again, name) for name in same} == {name: getattr(run, name) for name in same}
    for name in ("heuristic", "hybrid"):
        assert again.metrics["ndcg_at_10"][name] == run.metrics["ndcg_at_10"][name]
    mine, theirs = (
        [
            (*values, bytes(factors))
            for *values, factors in EntityFactors.objects.filter(run=each)
            .order_by("kind", "key")
            .values_list("kind", "key", "people", "interactions", "events", "trend", "factors")
        ]
        for each in (again, run)
    )
    assert mine == theirs
    assert TrainingRun.objects.active() == again
    assert [listing_of(user) for user in taste[:5]] == served


def test_another_seed_gives_others(run):
    first, second, same = (learned_statistics(NOW, seed) for seed in (1, 2, 1))

    assert first.factors.tobytes() == same.factors.tobytes()
    assert first.factors.tobytes() != second.factors.tobytes()


def test_run_that_did_worse_than_the_active_one_is_stored_and_does_not_serve(run):
    # The active one has seen what the trial is held on, which nobody else has: it cannot be beaten there.
    later, serves = train(NOW, seed=3, activate="if-better", say=lambda text: None)

    results = later.metrics["ndcg_at_10"]
    assert results["hybrid"]["all"] < results["active"]["all"]
    assert (serves, TrainingRun.objects.active(), later.activated_at) == (False, run, None)


@pytest.mark.parametrize("change", [{"model": "no model"}, {"model": None}], ids=["damaged", "of other features"])
def test_active_run_that_cannot_be_asked_is_in_nobodys_way(run, change):
    """What the log of a feed without a model says to do, must mend it."""
    text = change["model"] or run.model.replace("lead_days", "moon_phase")
    digest = run.model_sha256 if change["model"] else hashlib.sha256(text.encode()).hexdigest()
    TrainingRun.objects.update(model=text, model_sha256=digest)
    model_of.cache_clear()
    said = []

    later, serves = train(NOW, seed=1, activate="if-better", say=said.append)

    assert said[0].startswith("The active run is not compared with: ")
    assert (serves, TrainingRun.objects.active(), sorted(later.metrics["ndcg_at_10"])) == (
        True,
        later,
        ["heuristic", "hybrid"],
    )

"""Tests of the hybrid with a damaged model or without its cache: it falls back to the heuristic."""

import hashlib
import logging
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection

from events.models import Event
from events.tests.factories import EventFactory
from interactions.models import Interaction
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import HEURISTIC, HYBRID, Feed, feed_for
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from recommendations.hybrid.serve import model_of
from recommendations.models import EntityFactors, EventEmbedding, TrainingRun
from recommendations.tests.redis_server import PROGRAM, redis_server
from recommendations.tests.serving import ids_of, page, served
from recommendations.tests.taste import NOW

pytestmark = pytest.mark.django_db
# Nothing listens there.
DOWN = "rediscache://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _empty_cache(monkeypatch):
    cache.clear()
    monkeypatch.setattr("recommendations.feed.ranking._logged_at", {})


class TestFaults:
    """Whatever is wrong with the model, the feed answers, says who did, and the log says why."""

    def answered(self, taste, caplog):
        cache.clear()
        with caplog.at_level(logging.WARNING, logger="marquee.rankers"):
            answer = page(taste[0], limit=100)
        assert len(answer["results"]) == Event.objects.bookable().starting_after(NOW).count()
        return answer["ranker"], caplog.text

    def test_no_run(self, taste, caplog):
        TrainingRun.objects.update(activated_at=None)
        ranker, log = self.answered(taste, caplog)

        assert ranker == "heuristic"
        assert "hybrid falls back to the heuristic: No training run is active. Train one: manage.py train.\n" in log
        assert "Traceback" not in log

    def test_each_type_of_error_is_logged_once_a_minute(self, taste, caplog):
        TrainingRun.objects.update(activated_at=None)
        counts = []
        for seconds in (0, 1, 59, 60, 61, 119, 121):
            feed_for(viewer_of(taste[0], NOW + timedelta(seconds=seconds)), HYBRID, NO_FILTERS)
            counts.append(len(caplog.records))
        TrainingRun.objects.update(activated_at=NOW, model="")
        feed_for(viewer_of(taste[0], NOW + timedelta(seconds=122)), HYBRID, NO_FILTERS)

        assert counts == [1, 1, 1, 2, 2, 2, 3]
        assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [
            *[("WARNING", False)] * 3,
            ("WARNING", True),
        ]

    def test_old_run_is_used(self, run, taste, caplog):
        TrainingRun.objects.update(cutoff="2001-01-01T00:00Z")

        assert self.answered(taste, caplog) == ("hybrid", "")

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            (lambda run: TrainingRun.objects.update(model=run.model[:-200]), "DamagedRun"),
            (lambda run: EntityFactors.objects.update(factors=b"1234"), "DamagedRun"),
            (lambda run: EntityFactors.objects.update(factors=b"\xff" * 128), "DamagedRun"),
        ],
        ids=["model cut off", "factors too short", "factors not numbers"],
    )
    def test_damaged_run(self, run, taste, caplog, change, named):
        model_of.cache_clear()
        change(run)

        ranker, log = self.answered(taste, caplog)

        model_of.cache_clear()
        assert ranker == "heuristic"
        assert named in log

    def test_model_of_unknown_features(self, run, taste, caplog):
        text = run.model.replace("lead_days", "moon_phase")
        TrainingRun.objects.update(model=text, model_sha256=hashlib.sha256(text.encode()).hexdigest())
        model_of.cache_clear()

        ranker, log = self.answered(taste, caplog)

        model_of.cache_clear()
        assert ranker == "heuristic"
        assert "moon_phase" in log

    def test_scores_that_are_no_numbers(self, run, taste, caplog):
        booster = model_of(run.pk).reranker.booster
        # Two trees whose sums are more than there are numbers for.
        for tree in (0, 1):
            leaves = booster.dump_model(num_iteration=2)["tree_info"][tree]["num_leaves"]
            for leaf in range(leaves):
                booster.set_leaf_output(tree, leaf, 1.7e308)
        text = booster.model_to_string()
        TrainingRun.objects.update(model=text, model_sha256=hashlib.sha256(text.encode()).hexdigest())
        model_of.cache_clear()

        ranker, log = self.answered(taste, caplog)

        model_of.cache_clear()
        assert (ranker, "BadScores: Some are not finite." in log) == ("heuristic", True)

    def test_run_without_factors_still_ranks(self, run, taste, caplog):
        EntityFactors.objects.all().delete()
        TrainingRun.objects.update(neighbours={}, popular=[])
        model_of.cache_clear()

        answered = self.answered(taste, caplog)

        model_of.cache_clear()
        assert answered == ("hybrid", "")

    @pytest.mark.parametrize("path", ["", "no.such.Encoder", "recommendations.tests.encoders.NoSuchEncoder"])
    def test_no_encoder(self, run, taste, caplog, settings, path):
        settings.EMBEDDER = path

        assert self.answered(taste, caplog) == ("hybrid", "")

    def test_no_vector_extension(self, run, taste, caplog):
        with connection.cursor() as cursor:
            cursor.execute("DROP EXTENSION vector CASCADE")

        assert self.answered(taste, caplog) == ("hybrid", "")

    def test_vectors_of_another_dimension(self, run, taste, caplog):
        from recommendations.embeddings.embedder import embedder

        encoder = embedder()
        EventEmbedding.objects.bulk_create(
            EventEmbedding(event=event, model=encoder.name, version=encoder.version, text_hash="", vector=[1.0, 0.0])
            for event in Event.objects.all()
        )

        assert self.answered(taste, caplog) == ("hybrid", "")

    def test_new_events_enter_without_a_vector(self, run, taste):
        liked = Interaction.objects.of(taste[0]).filter(action="APPLY").select_related("event__organiser").latest("pk")
        new = EventFactory(organiser=liked.event.organiser, category=liked.event.category, start_at=NOW.replace(day=2))

        assert new.pk in served(taste[0])[1][:10]

    def test_heuristic_that_stood_in_goes_on(self, taste):
        user = taste[0]
        TrainingRun.objects.update(activated_at=None)
        whole = [event.pk for event in whole_feed(Feed(viewer_of(user, NOW), HEURISTIC))]
        cursor = page(user)["next"].split("cursor=")[1]
        TrainingRun.objects.update(activated_at=NOW)

        answer = page(user, cursor=cursor)

        assert (answer["ranker"], ids_of(answer)) == ("heuristic", whole[5:10])


class TestCache:
    """Without its cache the feed answers too, and a cursor of a ranked list is gone, no fault."""

    @pytest.fixture(autouse=True)
    def _ahead(self, run, taste):
        # The world lies about a fixed moment; the endpoint's clock is the real one.
        Event.objects.update(start_at="2999-01-01T00:00Z", status="OPEN", end_at=None)

    def test_cursor_is_gone_when_the_cache_is(self, taste, api_of, caching_at, caplog):
        client = api_of(taste[0])
        first = client.get("/recommendations?ranker=hybrid&limit=2").json()
        caching_at(DOWN)

        with caplog.at_level(logging.WARNING, logger="marquee.rankers"):
            answer = client.get(first["next"])

        assert (first["ranker"], answer.status_code, answer.json()["status"]) == ("hybrid", 410, 410)
        assert "The cache of ranked lists does not answer: ConnectionError" in caplog.text

    @pytest.mark.skipif(PROGRAM is None, reason="There is no redis-server here (apt install redis-server).")
    def test_redis_that_dies_ends_what_it_kept(self, taste, api_of, caching_at):
        client = api_of(taste[0])
        with redis_server() as (address, process):
            caching_at(f"rediscache://{address}/0")
            first = client.get("/recommendations?ranker=hybrid&limit=2").json()
            process.kill()
            process.wait()

            answer = client.get(first["next"])

        assert (first["ranker"], answer.status_code) == ("hybrid", 410)

    def test_list_that_cannot_be_kept_is_not_started(self, taste, api_of, caching_at):
        """Its second page could not be served: the heuristic's can."""
        caching_at(DOWN)
        client, event_ids = api_of(taste[0]), []

        address = "/recommendations?ranker=hybrid&limit=50"
        while address:
            answer = client.get(address).json()
            event_ids += ids_of(answer)
            address = answer["next"]

        assert answer["ranker"] == "heuristic"
        assert sorted(event_ids) == sorted(Event.objects.values_list("pk", flat=True))

    def test_cursor_of_a_list_that_cannot_be_read_is_gone(self, taste, api_of):
        client = api_of(taste[0])
        first = client.get("/recommendations?ranker=hybrid&limit=2").json()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE recommendations_cache SET value = 'bm8gcGlja2xl'")

        assert client.get(first["next"]).status_code == 410

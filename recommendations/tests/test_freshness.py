"""Tests of the alarm for a training or an embedding that has stopped."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from events.tests.factories import EventFactory
from recommendations.embeddings.embedder import embedder
from recommendations.embeddings.embedding import embed_batch
from recommendations.freshness import overdue
from recommendations.models import EventEmbedding
from recommendations.tests.training.test_activation import row

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.EMBEDDER = "recommendations.tests.encoders.QuickEncoder"


def sentences(*, training=None, embedding=None):
    return list(overdue(NOW, training=training, embedding=embedding))


class TestTraining:
    def test_none_ever(self):
        assert sentences(training=HOUR) == [
            "No training has ever finished. Run manage.py train, or the worker, which trains every night."
        ]

    @pytest.mark.parametrize(
        ("age", "said"),
        [(HOUR, None), (2 * HOUR, "2 hours"), (timedelta(minutes=61), "1 hours"), (72 * HOUR, "3 days")],
    )
    def test_latest_counts_whether_it_was_activated_or_not(self, age, said):
        row(finished_at=NOW - age)
        row(finished_at=NOW - age - timedelta(days=9), activated_at=NOW)

        expected = (
            f"The latest training finished {said} ago. Run manage.py train to see why; the worker trains every night."
        )
        assert sentences(training=HOUR) == ([expected] if said else [])


class TestEmbedding:
    def test_nothing_waits(self):
        assert sentences(embedding=HOUR) == []

    def test_events_wait_and_no_vector_was_ever_made(self):
        EventFactory(start_at=NOW + HOUR)

        assert sentences(embedding=HOUR) == [
            "1 upcoming event without an up-to-date vector; none was ever made. "
            "Run manage.py embed to see why; the worker embeds within seconds."
        ]

    @pytest.mark.parametrize(("age", "said"), [(HOUR, None), (5 * HOUR, "5 hours")])
    def test_events_wait_since_the_latest_vector(self, age, said):
        changed, _ = EventFactory.create_batch(2, start_at=NOW + HOUR)
        embed_batch(embedder(), NOW, everything=False)
        EventEmbedding.objects.update(created_at=NOW - age)
        changed.title = "Another"
        changed.save()

        expected = (
            f"1 upcoming event without an up-to-date vector; the latest was made {said} ago. "
            "Run manage.py embed to see why; the worker embeds within seconds."
        )
        assert sentences(embedding=HOUR) == ([expected] if said else [])

    def test_no_encoder(self, settings):
        settings.EMBEDDER = ""

        assert sentences(embedding=HOUR) == [
            "Events can't be embedded: There is no encoder of texts, because EMBEDDER is empty."
        ]


def test_command_exits_1_with_a_line_for_each(capsys):
    EventFactory(start_at=timezone.now() + HOUR)

    with pytest.raises(CommandError) as error:
        call_command("check_freshness")
    assert [line.split(".")[0] for line in str(error.value).splitlines()] == [
        "No training has ever finished",
        "1 upcoming event without an up-to-date vector; none was ever made",
    ]

    call_command("check_freshness", training_hours=0, embedding_minutes=0)
    assert capsys.readouterr().out == "Training and embedding are up to date.\n"


@pytest.mark.parametrize("hours", [-1, float("nan"), float("inf")])
def test_impossible_limits_are_refused(hours):
    with pytest.raises(CommandError, match=r"^--training-hours and --embedding-minutes must be 0 or more\.$"):
        call_command("check_freshness", training_hours=hours)

"""Tests of which events are embedded, when, and with which text."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from recommendations.embeddings.embedder import embedder
from recommendations.embeddings.embedding import embed_batch, hash_of, stale, text_of
from recommendations.models import EventEmbedding

ENCODERS = "recommendations.tests.encoders."
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.EMBEDDER = f"{ENCODERS}QuickEncoder"


def behind(*, everything=False):
    return [each.event_id for each in stale(embedder(), timezone.now(), everything=everything)]


def vectors():
    return dict(EventEmbedding.objects.values_list("event", "vector"))


@pytest.mark.django_db
def test_text_has_the_telling_parts_first_and_is_cut():
    full = EventFactory(
        title="Jazz", category="music", tags=["bebop", "late"], organiser=OrganiserFactory(name="Ropeworks"),
        description="x" * 500,
    )  # fmt: skip
    bare = EventFactory(title="Jazz")

    assert text_of(full) == ("Jazz. Music. bebop, late. Ropeworks. " + "x" * 500)[:256]
    assert text_of(bare) == "Jazz"
    # As `printf é | sha256sum` has it.
    assert hash_of("é") == "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c"


@pytest.mark.django_db
def test_upcoming_events_without_a_vector_are_stale_newest_first():
    now = timezone.now()
    past = EventFactory(start_at=now - timedelta(days=1), end_at=now + timedelta(days=1))
    cancelled = EventFactory(status="CANCELLED")
    first, second = EventFactory(), EventFactory(status="IN_PROGRESS")

    assert behind() == [second.pk, first.pk]
    assert behind(everything=True) == [second.pk, first.pk, cancelled.pk, past.pk]


@pytest.mark.django_db(transaction=True)
def test_what_is_embedded_is_stale_again_after_a_change_of_its_text_only():
    organiser = OrganiserFactory(name="Ropeworks")
    event, other = EventFactory(title="Jazz", organiser=organiser), EventFactory()
    call_command("embed")
    before = vectors()

    assert behind() == []

    Event.objects.filter(pk=event.pk).update(title="Choir")
    assert behind() == [event.pk]
    call_command("embed")
    assert (behind(), {pk for pk, vector in vectors().items() if vector != before[pk]}) == ([], {event.pk})

    changed = vectors()
    organiser.name = "Net Loft"
    organiser.save()
    assert behind() == [event.pk]
    call_command("embed")
    assert (behind(), {pk for pk, vector in vectors().items() if vector != changed[pk]}) == ([], {event.pk})

    made_at = dict(EventEmbedding.objects.values_list("event", "created_at"))
    Event.objects.filter(pk=other.pk).update(location_name="Elsewhere")
    assert behind() == [other.pk]
    call_command("embed")
    assert (behind(), dict(EventEmbedding.objects.values_list("event", "created_at"))) == ([], made_at)


@pytest.mark.django_db
def test_a_change_within_one_transaction_is_seen_too():
    event = EventFactory(title="Jazz")
    call_command("embed")

    event.title = "Choir"
    event.save()

    assert behind() == [event.pk]


@pytest.mark.django_db
def test_another_version_of_the_encoder_makes_everything_stale(settings):
    event = EventFactory()
    call_command("embed")
    settings.EMBEDDER = f"{ENCODERS}NewerEncoder"

    assert behind() == [event.pk]
    call_command("embed")
    assert list(EventEmbedding.objects.values_list("model", "version", "text_hash")) == [
        ("quick", "2", hash_of(text_of(event)))
    ]


@pytest.mark.django_db
def test_batches_go_on_where_the_last_one_ended():
    first, second, third = (EventFactory().pk for _ in range(3))
    now = timezone.now()

    one = embed_batch(embedder(), now, everything=False, rows=2)
    two = embed_batch(embedder(), now, everything=False, rows=2, below=one.below)

    assert (one.looked_at, one.embedded, one.below) == (2, 2, second)
    assert (two.looked_at, two.embedded, two.below) == (1, 1, None)
    assert set(vectors()) == {first, second, third}


@pytest.mark.django_db
def test_queries_are_the_same_for_one_event_and_many(django_assert_num_queries):
    for number in (1, 3, 30):
        EventFactory.create_batch(number, organiser=OrganiserFactory())
        # Savepoint, turn, stale, events with organisers, the rows as one, release.
        with django_assert_num_queries(6):
            assert embed_batch(embedder(), timezone.now(), everything=False).embedded == number


@pytest.mark.django_db
def test_command_tells_what_it_did_and_keeps_to_the_limit(capsys):
    EventFactory.create_batch(3)

    call_command("embed", limit=2)
    call_command("embed")
    call_command("embed")

    lines = [line.split(" in ")[0] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["2 events embedded", "1 events embedded", "0 events embedded"]
    with pytest.raises(CommandError, match="--limit must be 1 or more"):
        call_command("embed", limit=0)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        ("", "There is no encoder of texts, because EMBEDDER is empty."),
        ("nowhere.Encoder", "The encoder of texts cannot be loaded (No module named 'nowhere')"),
        (f"{ENCODERS}NanEncoder", "quick 1 returned a vector that is not finite or not of length 1."),
        (f"{ENCODERS}LongEncoder", "quick 1 returned a vector that is not finite or not of length 1."),
        (f"{ENCODERS}NarrowEncoder", "quick 1 returned an array of shape (1, 4) for 1 texts and 8 dimensions."),
    ],
)
@pytest.mark.django_db
def test_an_encoder_that_is_no_good_is_reported_and_nothing_is_written(settings, encoder, message):
    settings.EMBEDDER = encoder
    EventFactory()

    with pytest.raises(CommandError) as raised:
        call_command("embed")

    assert (str(raised.value)[: len(message)], EventEmbedding.objects.count()) == (message, 0)


@pytest.mark.parametrize("vector", [[], [float("nan")], [float("inf")], [1.0, None]], ids=str)
@pytest.mark.django_db
def test_database_refuses_what_pgvector_would(vector):
    event = EventFactory()

    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        EventEmbedding.objects.create(event=event, model="m", version="1", text_hash="", vector=vector)


@pytest.mark.django_db
def test_vectors_stay_in_their_rows_and_go_with_their_events():
    event, gone = EventFactory.create_batch(2)
    for one in (event, gone):
        EventEmbedding.objects.create(event=one, model="m", version="1", text_hash="", vector=[0.1] * 512)
    gone.delete()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(reltoastrelid), pg_column_size(vector) FROM pg_class, recommendations_eventembedding "
            "WHERE relname = 'recommendations_eventembedding'"
        )
        assert cursor.fetchall() == [(0, 512 * 4 + 24)]
    assert set(vectors()) == {event.pk}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_a_batch_it_leaves_whole_batches_and_goes_on_from_there(tmp_path):
    EventFactory.create_batch(250)
    marker = tmp_path / "marker"
    environment = {
        **os.environ, "EMBEDDER": f"{ENCODERS}SlowEncoder", "MARKER": str(marker), "TEST_DATABASE": connection.settings_dict["NAME"],
    }  # fmt: skip
    code = (
        "import os, sys; sys.path.insert(0, 'platform'); os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings';"
        "import django; django.setup(); from django.db import connection;"
        "connection.settings_dict['NAME'] = os.environ['TEST_DATABASE'];"
        "from django.core.management import call_command; call_command('embed')"
    )
    embedding = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment)
    try:
        until = time.monotonic() + 60
        while not marker.exists():
            assert embedding.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        embedding.send_signal(signal.SIGKILL)
        embedding.wait(timeout=60)

    assert (len(vectors()), len(behind())) == (100, 150)
    call_command("embed")
    assert (len(vectors()), behind()) == (250, [])

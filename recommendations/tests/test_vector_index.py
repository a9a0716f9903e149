"""Tests of the index of vectors: it finds what comparing all vectors finds."""

from datetime import timedelta

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from events.models import Event
from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from recommendations.feed.ranking import candidates_for
from recommendations.feed.viewer import Filters, viewer_of
from recommendations.models import EventEmbedding
from recommendations.semantic_search.search import nearest
from recommendations.tests.encoders import QuickEncoder
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Wide(QuickEncoder):
    """As many dimensions as the index is for."""

    dimensions = 512


@pytest.fixture(autouse=True)
def _without_the_index_afterwards():
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX IF EXISTS embedding_nearest")


def fill(number):
    """Make events with vectors; a tenth is past, one in fifty of the category science."""
    rng, now = np.random.default_rng(3), timezone.now()
    events = Event.objects.bulk_create(
        EventFactory.build(
            start_at=now + timedelta(days=-1 if place % 10 == 0 else 1),
            category="science" if place % 50 == 1 else "music",
        )
        for place in range(number)
    )
    vectors = rng.normal(size=(number, 512))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    EventEmbedding.objects.bulk_create(
        EventEmbedding(event=event, model="quick", version="1", text_hash="", vector=vector.tolist())
        for event, vector in zip(events, vectors, strict=True)
    )
    return events, vectors


def expected(events, vectors, asked, *, but=(), category=None):
    now = timezone.now()
    ranked = sorted(zip(events, vectors @ asked, strict=True), key=lambda pair: -pair[1])
    return [
        event.pk
        for event, _ in ranked
        if event.start_at > now and event.pk not in but and category in (None, event.category)
    ]


def test_index_is_made_used_kept_and_dropped(capsys, django_assert_num_queries):
    events, vectors = fill(600)
    ana = UserFactory()
    asked = vectors[1] + vectors[2]
    nearest_of_all = expected(events, vectors, asked)
    InteractionFactory(user=ana, action="DISMISS", event_id=nearest_of_all[0])
    viewer = viewer_of(ana, timezone.now())

    def nearest_titles(limit, **filters):
        return list(nearest(asked.tolist(), Wide(), candidates_for(viewer, Filters(**filters)), limit=limit))

    exact = nearest_titles(20)
    call_command("index_vectors", many=500)
    call_command("index_vectors", many=500)

    assert exact == nearest_of_all[1:21]
    # Whether it is there, the transaction with how to read it, and what is read: nothing is compared one by one.
    with django_assert_num_queries(5):
        indexed = nearest_titles(20)
    assert len(set(indexed) & set(exact)) >= 18
    assert indexed[:2] == exact[:2]

    # Few candidates among many: the rest is compared.
    science = expected(events, vectors, asked, category="science", but=nearest_of_all[:1])
    assert nearest_titles(100, category=("science",)) == science
    # Twelve, and one of them dismissed.
    assert len(science) == 11

    EventEmbedding.objects.filter(event__in=events[300:]).delete()
    call_command("index_vectors", many=700)
    call_command("index_vectors", many=700)
    assert capsys.readouterr().out.splitlines() == [
        "600 vectors; the index is created.",
        "600 vectors; the index exists.",
        "300 vectors: the index is dropped, because so few are compared quickly without it.",
        "300 vectors: no index is needed below 700.",
    ]


def test_of_equally_near_ones_the_index_finds_the_same_as_comparing_all():
    events, vectors = fill(300)
    viewer, asked = viewer_of(UserFactory(), timezone.now()), vectors[1].tolist()
    # Events of one text have one vector. The smallest id is stored last.
    for event in reversed([event for event in events if event.start_at > timezone.now()][:40]):
        EventEmbedding.objects.filter(event=event).update(vector=asked)

    def nearest_titles():
        return list(nearest(asked, Wide(), candidates_for(viewer, Filters()), limit=20))

    exact = nearest_titles()
    call_command("index_vectors", many=100)

    assert nearest_titles() == exact


def test_an_index_that_was_broken_off_is_made_anew(capsys):
    fill(20)
    call_command("index_vectors", many=10)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'embedding_nearest'::regclass")

    call_command("index_vectors", many=10)

    with connection.cursor() as cursor:
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'embedding_nearest'::regclass")
        assert cursor.fetchall() == [(True,)]
    assert capsys.readouterr().out.splitlines() == ["20 vectors; the index is created."] * 2


def test_without_the_extension_there_is_nothing_to_do(capsys):
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION vector")
    try:
        call_command("index_vectors")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION vector")

    assert capsys.readouterr().out == (
        "0 vectors; no index, because the database has no pgvector of version 0.8 or newer.\n"
    )

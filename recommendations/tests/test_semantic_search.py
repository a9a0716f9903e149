"""Tests of similar events and of searching by meaning, over HTTP."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.tests.factories import InteractionFactory
from recommendations.embeddings import serving
from recommendations.embeddings.embedder import NoEmbedder
from recommendations.models import EventEmbedding
from recommendations.tests.encoders import QuickEncoder
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

CHOIR = "Choir rehearsal for everybody who likes to sing"
TRIO = "Jazz trio with saxophone and double bass"
TAX = "Tax returns explained for the self-employed"
PASTA = "Cookery class: fresh pasta by hand"


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


def titles_of(answer):
    return [result["event"]["title"] for result in answer.json()["results"]]


def embed_all(*titles, **fields):
    events = [EventFactory(title=title, **fields) for title in titles]
    call_command("embed")
    return events


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("singing together", CHOIR), ("live music with a saxophone", TRIO), ("concierto de jazz", TRIO),
        ("Steuererklärung", TAX), ("faire la cuisine italienne", PASTA), ("料理教室", PASTA), ("петь в хоре", CHOIR),
    ],
)  # fmt: skip
def test_search_finds_by_meaning_in_many_languages(client, text, first):
    embed_all(CHOIR, TRIO, TAX, PASTA)

    assert titles_of(client.get("/events/search", {"q": text}))[0] == first


def test_similar_events_are_the_nearest_texts_without_itself(client):
    jazz, *_ = embed_all("Jazz night", TRIO, TAX, PASTA)
    vectors = {row.event.title: np.array(row.vector) for row in EventEmbedding.objects.select_related("event")}

    answer = client.get(f"/events/{jazz.pk}/similar").json()

    expected = sorted((TRIO, TAX, PASTA), key=lambda title: -(vectors[title] @ vectors["Jazz night"]))
    assert [result["event"]["title"] for result in answer["results"]] == expected
    assert expected[0] == TRIO
    assert [result["similarity"] for result in answer["results"]] == [
        pytest.approx(vectors[title] @ vectors["Jazz night"], abs=1e-4) for title in expected
    ]
    assert (set(answer), answer["next"]) == ({"next", "results"}, None)


def test_only_candidates_are_returned(client, ana):
    now = timezone.now()
    dismissed, shown = embed_all("Jazz on Monday", "Jazz on Tuesday", category="music")
    cancelled, started = embed_all("Jazz on Wednesday", "Jazz on Thursday", category="music")
    InteractionFactory(user=ana, event=dismissed, action="DISMISS")
    cancelled.status = "CANCELLED"
    cancelled.save()
    started.start_at, started.end_at = now - timedelta(hours=1), now + timedelta(hours=1)
    started.save()
    EventFactory(title="Jazz without a vector")

    # Of a past event, which has no place among the candidates, too.
    assert titles_of(client.get(f"/events/{started.pk}/similar")) == [shown.title]


def test_filters_and_limit_keep_to_what_is_asked(client):
    jazz, _ = embed_all("Jazz night", "Jazz brunch", category="music")
    embed_all("Jazz saxophonist wanted", category="music", type="GIG")
    embed_all("A lecture on the history of jazz", category="academic")
    address = f"/events/{jazz.pk}/similar"

    assert titles_of(client.get(f"{address}?type=GIG")) == ["Jazz saxophonist wanted"]
    assert titles_of(client.get(f"{address}?category=academic")) == ["A lecture on the history of jazz"]
    assert len(titles_of(client.get(f"{address}?limit=2"))) == 2


def test_an_event_without_a_vector_is_compared_by_its_text(client):
    embed_all(TRIO, TAX)
    fresh = EventFactory(title="Saxophone solo")

    assert titles_of(client.get(f"/events/{fresh.pk}/similar"))[0] == TRIO


def test_vectors_of_other_encoders_and_sizes_are_left_out(client):
    jazz, other, narrow = embed_all("Jazz night", "Jazz brunch", "Jazz tea")
    EventEmbedding.objects.filter(event=other).update(version="another")
    EventEmbedding.objects.filter(event=narrow).update(vector=[1.0, 0.0])

    assert titles_of(client.get(f"/events/{narrow.pk}/similar")) == [jazz.title]
    assert [result["similarity"] is None for result in client.get("/events/search?q=jazz").json()["results"]].count(
        False
    ) == 1


@pytest.mark.parametrize("encoder", ["", "nowhere.Encoder", "recommendations.tests.encoders.NanEncoder"])
def test_without_an_encoder_search_goes_by_words_and_similar_says_it_cannot(client, settings, caplog, encoder):
    event, _ = embed_all("Jazz night", "Jazz brunch")
    settings.EMBEDDER = encoder

    searched = client.get("/events/search?q=night")
    similar = client.get(f"/events/{event.pk}/similar")

    assert (searched.json()["by"], titles_of(searched)) == ("words", ["Jazz night"])
    assert (similar.status_code, similar["Retry-After"], similar.json()) == (
        503,
        "600",
        {
            "type": "/problems#unavailable",
            "code": "unavailable",
            "title": "Service Unavailable",
            "status": 503,
            "detail": "Similar events are not available at the moment. Everything else works.",
        },
    )
    assert [
        record.message.partition(":")[0] for record in caplog.records if record.name == "marquee.semantic_search"
    ] == [
        "Searched by words",
        "No similar events",
    ]


def test_without_pgvector_search_goes_by_words_and_similar_says_it_cannot(client):
    event, _ = embed_all("Jazz night", "Jazz brunch")
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION vector CASCADE")

    searched = client.get("/events/search?q=night")

    assert (searched.json()["by"], titles_of(searched)) == ("words", ["Jazz night"])
    assert client.get(f"/events/{event.pk}/similar").status_code == 503
    call_command("embed")


def test_unknown_events_and_wrong_parameters(client):
    for address, status in (
        (f"/events/{10**12}/similar", 404),
        ("/events/1/similar?cursor=x", 400),
    ):
        assert (address, client.get(address).status_code) == (address, status)


def test_queries_are_as_many_for_one_event_as_for_many(client, django_assert_num_queries):
    # One that is like the first event too, so that there is always something to show.
    embed_all("Jazz")
    for number in (1, 3, 30):
        event, *_ = embed_all(*(f"Jazz {place}" for place in range(number)), organiser=OrganiserFactory())
        # The event with its organiser, its vector, and these three.
        with django_assert_num_queries(5):
            client.get(f"/events/{event.pk}/similar")


class GatedEncoder(QuickEncoder):
    """One whose loading ends when the gate opens."""

    gate = threading.Event()

    def embed(self, texts):
        self.gate.wait()
        return super().embed(texts)


class BrokenEncoder(QuickEncoder):
    """One that cannot be loaded."""

    def embed(self, texts):
        raise NoEmbedder("Out of order.")


@pytest.fixture
def served(settings, monkeypatch):
    """A process that serves requests; the encoder is quick once its gate is open."""
    settings.EMBEDDER = f"{__name__}.GatedEncoder"
    GatedEncoder.gate.set()
    monkeypatch.setattr(serving, "_LOADING", serving._Loading())
    yield
    GatedEncoder.gate.set()


@pytest.mark.django_db(transaction=True)
def test_until_the_encoder_is_loaded_search_goes_by_words(client, served):
    embed_all("Jazz night", "Jazz brunch")
    GatedEncoder.gate.clear()
    loading = serving.load_in_background()
    fresh = EventFactory(title="Jazz at noon")

    early = client.get("/events/search?q=night").json()
    similar = client.get(f"/events/{fresh.pk}/similar")
    GatedEncoder.gate.set()
    loading.join()
    late = client.get("/events/search?q=night").json()

    assert (early["by"], [result["event"]["title"] for result in early["results"]]) == ("words", ["Jazz night"])
    assert (similar.status_code, similar["Retry-After"]) == (503, "1")
    assert (late["by"], len(late["results"])) == ("meaning", 2)
    assert client.get(f"/events/{fresh.pk}/similar").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_without_vectors_the_first_search_loads_the_encoder(client, served):
    serving.load_in_background().join()
    embed_all("Jazz night")

    first = client.get("/events/search?q=night").json()["by"]
    serving._LOADING.start(always=True).join()

    assert (first, client.get("/events/search?q=night").json()["by"]) == ("words", "meaning")


@pytest.mark.django_db(transaction=True)
def test_an_encoder_that_cannot_be_loaded_is_reported(client, served, settings):
    embed_all("Jazz night")
    fresh = EventFactory()
    settings.EMBEDDER = f"{__name__}.BrokenEncoder"
    serving.load_in_background().join()

    assert client.get("/events/search?q=night").json()["by"] == "words"
    assert client.get(f"/events/{fresh.pk}/similar")["Retry-After"] == "600"


class TestSeries:
    """A series is one thing: its next date, with the number of those that follow."""

    @pytest.fixture
    def weekly(self):
        """Six dates of a series, the last one made first, and another event."""
        soon = timezone.now() + timedelta(days=1)
        for week in reversed(range(6)):
            EventFactory(title="Jazz night", series="jazz", start_at=soon + timedelta(weeks=week))
        EventFactory(title="Jazz breakfast", start_at=soon + timedelta(days=9))
        call_command("embed")
        return list(Event.objects.filter(series="jazz").order_by("start_at"))

    def rows(self, answer):
        return sorted(
            (result["event"]["title"], result["event"]["id"], result["moreDates"])
            for result in answer.json()["results"]
        )

    def test_similar_shows_the_next_date_of_its_own_series_too(self, client, weekly):
        breakfast = Event.objects.get(title="Jazz breakfast")

        assert self.rows(client.get(f"/events/{breakfast.pk}/similar")) == [("Jazz night", weekly[0].pk, 5)]
        assert self.rows(client.get(f"/events/{weekly[0].pk}/similar")) == [
            ("Jazz breakfast", breakfast.pk, 0),
            ("Jazz night", weekly[1].pk, 4),
        ]

    def test_dates_that_are_no_candidates_do_not_count(self, client, ana, weekly):
        InteractionFactory(user=ana, event=weekly[0], action="DISMISS")
        Event.objects.filter(pk=weekly[2].pk).update(status="CANCELLED")

        breakfast = Event.objects.get(title="Jazz breakfast")
        assert self.rows(client.get(f"/events/{breakfast.pk}/similar")) == [("Jazz night", weekly[1].pk, 3)]

"""Tests of semantic search and similar events over HTTP."""

import threading
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from api import costly as costly_module
from api.costly import Costly, costly
from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.tests.factories import InteractionFactory
from recommendations.embeddings import serving
from recommendations.embeddings.embedder import NoEmbedder, embedder
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


def test_search_is_the_contract(client):
    event = EventFactory(title=TRIO, category="music", organiser=OrganiserFactory(), tags=["bebop"])
    call_command("embed")
    text, kept = embedder().embed(["Jazz"])[0], EventEmbedding.objects.get().vector

    answer = client.get("/events/search?q=Jazz")

    assert answer.json() == {
        "by": "meaning",
        "next": None,
        "results": [
            {
                "event": client.get(f"/events/{event.pk}").json(),
                "similarity": pytest.approx(float(np.dot(text, kept)), abs=1e-4),
                "moreDates": 0,
            }
        ],
    }


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

    assert titles_of(client.get("/events/search?q=jazz")) == [shown.title]
    # Of a past event, which has no place among the candidates, too.
    assert titles_of(client.get(f"/events/{started.pk}/similar")) == [shown.title]


def test_filters_and_limit_keep_to_what_is_asked(client):
    embed_all("Jazz night", "Jazz brunch", category="music")
    embed_all("Jazz saxophonist wanted", category="music", type="GIG")
    embed_all("A lecture on the history of jazz", category="academic")

    assert titles_of(client.get("/events/search?q=jazz&type=GIG")) == ["Jazz saxophonist wanted"]
    assert titles_of(client.get("/events/search?q=jazz&category=academic")) == ["A lecture on the history of jazz"]
    assert len(titles_of(client.get("/events/search?q=jazz&limit=2"))) == 2


def test_an_event_without_a_vector_is_compared_by_its_text(client):
    embed_all(TRIO, TAX)
    fresh = EventFactory(title="Saxophone solo")

    assert titles_of(client.get(f"/events/{fresh.pk}/similar"))[0] == TRIO


def test_vectors_of_other_encoders_and_sizes_are_left_out(client):
    jazz, other, narrow = embed_all("Jazz night", "Jazz brunch", "Jazz tea")
    EventEmbedding.objects.filter(event=other).update(version="another")
    EventEmbedding.objects.filter(event=narrow).update(vector=[1.0, 0.0])

    assert titles_of(client.get("/events/search?q=jazz")) == [jazz.title]
    assert titles_of(client.get(f"/events/{narrow.pk}/similar")) == [jazz.title]


def test_without_vectors_the_search_goes_by_words_soonest_first(client, ana):
    now = timezone.now()
    later = EventFactory(title="Jazz at night", start_at=now + timedelta(days=2))
    sooner = EventFactory(title="Night of jazz", start_at=now + timedelta(days=1))
    EventFactory(title="Jazz brunch")
    InteractionFactory(user=ana, action="DISMISS", event=EventFactory(title="Jazz night"))

    assert client.get("/events/search?q=jazz night").json() == {
        "by": "words",
        "next": None,
        "results": [
            {"event": client.get(f"/events/{event.pk}").json(), "similarity": None, "moreDates": 0}
            for event in (sooner, later)
        ],
    }


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
        ("/events/search", 400),
        ("/events/search?q=", 400),
        ("/events/search?q=jazz&limit=101", 400),
    ):
        assert (address, client.get(address).status_code) == (address, status)


def test_queries_are_as_many_for_one_event_as_for_many(client, django_assert_num_queries):
    # One that is like the first event too, so that there is always something to show.
    embed_all("Jazz")
    for number in (1, 3, 30):
        event, *_ = embed_all(*(f"Jazz {place}" for place in range(number)), organiser=OrganiserFactory())
        # Whether there is an extension and an index; the nearest; the events with organisers and counts.
        with django_assert_num_queries(3):
            client.get("/events/search?q=jazz")
        # The event with its organiser, its vector, and these three.
        with django_assert_num_queries(5):
            client.get(f"/events/{event.pk}/similar")


def test_search_by_words_takes_one_more_query(client, django_assert_num_queries):
    EventFactory.create_batch(3, title="Jazz")
    # Whether there is an extension and an index; the nearest, of which there are none; the events by words.
    with django_assert_num_queries(3):
        client.get("/events/search?q=jazz")


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


def test_one_search_is_encoded_at_a_time(client, monkeypatch):
    monkeypatch.setattr(costly_module, "PATIENCE_SECONDS", 0.0)
    embed_all("Jazz night")

    with costly(Costly.ENCODING):
        answer = client.get("/events/search?q=jazz")

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


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

    @pytest.mark.parametrize("encoder", ["meaning", "words"])
    def test_search_shows_the_next_date(self, client, weekly, settings, encoder):
        if encoder == "words":
            settings.EMBEDDER = ""
        breakfast = Event.objects.get(title="Jazz breakfast")

        answer = client.get("/events/search?q=jazz&limit=2")

        assert answer.json()["by"] == encoder
        assert self.rows(answer) == [("Jazz breakfast", breakfast.pk, 0), ("Jazz night", weekly[0].pk, 5)]

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

        assert ("Jazz night", weekly[1].pk, 3) in self.rows(client.get("/events/search?q=jazz"))

"""Tests of GET /events/search: what is found, in which order, why, and what helps on."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from api import costly as costly_module
from api.costly import Costly, costly
from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.tests.factories import InteractionFactory
from recommendations.embeddings.embedder import embedder
from recommendations.models import EventEmbedding
from recommendations.search.search import LIST_MAX, RESULTS_MAX
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
# A Thursday.
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _still():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


def search(client, q, **parameters):
    answer = client.get("/events/search", {"q": q, **parameters})
    assert answer.status_code == 200, answer.content
    return answer.json()


def titles(document):
    return [result["event"]["title"] for result in document["results"]]


def reasons(document):
    return {
        result["event"]["title"]: [reason["text"] for reason in result["reasons"]] for result in document["results"]
    }


def test_an_answer_has_everything(client):
    event = EventFactory(title="Jazz trio", category="music", organiser=OrganiserFactory(name="Blue Club"))
    call_command("embed", verbosity=0)
    asked, kept = embedder().embed(["Jazz"])[0], EventEmbedding.objects.get().vector

    assert search(client, "Jazz this weekend", timeZone="Europe/Lisbon", startsBefore="2027-01-01T00:00:00Z") == {
        "by": "words",
        "understood": {
            "text": "Jazz",
            "terms": [
                {
                    "words": "this weekend",
                    "parameters": {
                        "startsAfter": "2026-11-27T16:59:59.999999Z",
                        "startsBefore": "2026-11-30T00:00:00Z",
                    },
                }
            ],
            "timeZone": "Europe/Lisbon",
            "spelling": {},
        },
        "help": {
            "suggestions": [{"text": "Without “this weekend”", "q": "Jazz"}],
            "nearest": [client.get(f"/events/{event.pk}").json()],
        },
        "next": None,
        "results": [],
    }
    assert search(client, "Jazz") == {
        "by": "meaning",
        "understood": {"text": "Jazz", "terms": [], "timeZone": "UTC", "spelling": {}},
        "help": None,
        "next": None,
        "results": [
            {
                "event": client.get(f"/events/{event.pk}").json(),
                "reasons": [
                    {"signal": "title", "text": "title"},
                    {"signal": "meaning", "text": "like what you wrote"},
                ],
                "similarity": pytest.approx(float(np.dot(asked, kept)), abs=1e-4),
                "moreDates": 0,
            }
        ],
    }


def test_each_result_says_why(client):
    EventFactory(title="Ćwiczenia w Łodzi")
    EventFactory(title="By organiser", organiser=OrganiserFactory(name="Klub Łódź"))
    EventFactory(title="By venue", location_name="Stara Łódź")
    EventFactory(title="By tag", tags=["x", "łódź"])
    EventFactory(title="By description", description="All about lodz.")
    EventFactory(title="By category", category="music")

    assert reasons(search(client, "Lodz")) == {
        "Ćwiczenia w Łodzi": ["title"],
        "By organiser": ["organiser"],
        "By venue": ["venue"],
        "By tag": ["tag"],
        "By description": ["description"],
    }
    assert reasons(search(client, "ŁÓDŹ"))["Ćwiczenia w Łodzi"] == ["title"]
    assert reasons(search(client, "music")) == {"By category": ["category"]}
    assert reasons(search(client, "cwiczenja")) == {"Ćwiczenia w Łodzi": ["title", "spelt similarly"]}
    assert search(client, "cwiczenja")["understood"]["spelling"] == {"cwiczenja": "cwiczenia"}


def test_words_may_be_of_different_fields(client):
    EventFactory(title="Quiz night", organiser=OrganiserFactory(name="The Anchor"), location_name="Harbour Inn")
    EventFactory(title="Quiz night", organiser=OrganiserFactory(name="The Crown"))

    assert len(titles(search(client, "harbour anchor qui"))) == 1


def test_upcoming_come_before_past_and_cancelled_last(client):
    def made(title, days, **fields):
        EventFactory(title=title, start_at=NOW + timedelta(days=days), **fields)

    made("Jazz cancelled", 1, status="CANCELLED")
    made("Jazz of last year", -365, status="COMPLETED")
    made("Jazz of yesterday", -2)
    made("Jazz later", 9)
    made("Jazz soon", 2)
    EventFactory(
        title="Jazz just now", start_at=NOW - timedelta(hours=1), end_at=NOW + timedelta(hours=1), status="IN_PROGRESS"
    )

    assert titles(search(client, "jazz")) == [
        "Jazz just now", "Jazz soon", "Jazz later", "Jazz of yesterday", "Jazz of last year", "Jazz cancelled",
    ]  # fmt: skip


def test_the_title_counts_most(client):
    for number in range(3):
        EventFactory(title="Other", description="About jazz.", start_at=NOW + timedelta(days=1 + number))
    EventFactory(title="Jazz", start_at=NOW + timedelta(days=9))

    assert titles(search(client, "jazz"))[0] == "Jazz"


def test_what_the_viewer_dismissed_is_left_out_for_them_alone(client, api_of, ana, settings):
    settings.PUBLIC_BROWSING = True
    InteractionFactory(user=ana, event=EventFactory(title="Jazz"), action="DISMISS")

    assert titles(search(client, "jazz")) == []
    assert titles(search(api_of(), "jazz")) == ["Jazz"]


def test_filters_of_the_feed_apply(client):
    EventFactory(title="Jazz gig", type="GIG", category="music")
    EventFactory(title="Jazz lecture", category="academic", start_at=NOW + timedelta(days=30))

    assert titles(search(client, "jazz", type="GIG")) == ["Jazz gig"]
    assert titles(search(client, "jazz", category="academic")) == ["Jazz lecture"]
    assert titles(search(client, "jazz", startsAfter="2026-12-20T00:00:00Z")) == ["Jazz lecture"]
    assert titles(search(client, "jazz", startsBefore="2026-12-20T00:00:00Z")) == ["Jazz gig"]


def test_a_period_alone_is_everything_in_it_in_the_zone_that_is_asked_for(client):
    for title, hour in (("Before", 3), ("First", 5), ("Last", 28), ("After", 29)):
        EventFactory(title=title, start_at=datetime(2026, 11, 27, tzinfo=UTC) + timedelta(hours=hour))

    document = search(client, "tomorrow", timeZone="America/New_York")

    assert reasons(document) == {"First": ["what you asked for"], "Last": ["what you asked for"]}


def test_a_title_that_reads_like_a_date_is_a_result_on_any_day(client):
    EventFactory(title="Vinyl Sunday", start_at=datetime(2026, 12, 13, 12, tzinfo=UTC))
    EventFactory(title="Vinyl fair", start_at=datetime(2026, 11, 28, 12, tzinfo=UTC))

    assert titles(search(client, "vinyl sunday")) == ["Vinyl Sunday"]


def test_without_vectors_it_goes_by_words(client):
    EventFactory(title="Jazz night")

    document = search(client, "jazz")

    assert (document["by"], titles(document), document["results"][0]["similarity"]) == ("words", ["Jazz night"], None)


def test_while_the_encoder_works_for_others_it_goes_by_words(client, monkeypatch):
    monkeypatch.setattr(costly_module, "PATIENCE_SECONDS", 0.0)
    EventFactory(title="Jazz night")
    call_command("embed", verbosity=0)

    with costly(Costly.ENCODING):
        document = search(client, "jazz")

    assert (document["by"], titles(document)) == ("words", ["Jazz night"])


def test_without_the_extension_accents_count_and_all_else_works(client):
    with connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE FUNCTION folded(text) RETURNS text IMMUTABLE LANGUAGE sql RETURN lower($1)")
    EventFactory(title="Pastéis")

    assert titles(search(client, "PASTÉIS")) == ["Pastéis"]
    assert titles(search(client, "pasteis")) == ["Pastéis"]
    assert reasons(search(client, "pasteis")) == {"Pastéis": ["title", "spelt similarly"]}


class TestPages:
    """A cursor carries what is left of the results."""

    @pytest.fixture
    def events(self):
        return [EventFactory(title=f"Jazz {number}", start_at=NOW + timedelta(days=1 + number)) for number in range(7)]

    def walk(self, client, limit, meanwhile=lambda: None, **parameters):
        document, seen = search(client, "jazz", limit=limit, **parameters), []
        while True:
            seen += [(result["event"]["id"], result["similarity"] is None) for result in document["results"]]
            if document["next"] is None:
                return seen
            meanwhile()
            document = client.get(document["next"]).json()

    @pytest.mark.parametrize("limit", [1, 2, 7])
    def test_every_result_comes_once(self, client, events, limit):
        call_command("embed", verbosity=0)
        assert self.walk(client, limit) == [
            (result["event"]["id"], result["similarity"] is None) for result in search(client, "jazz")["results"]
        ]
        assert sorted(pk for pk, _ in self.walk(client, limit)) == sorted(event.pk for event in events)

    def test_whatever_is_written_meanwhile(self, client, events):
        def meanwhile():
            EventFactory(title="Jazz sooner", start_at=NOW + timedelta(hours=1))
            Event.objects.filter(title="Jazz 0").update(start_at=NOW + timedelta(days=90))
            Event.objects.filter(title="Jazz 6").delete()

        assert [pk for pk, _ in self.walk(client, 2, meanwhile)] == [event.pk for event in events[:6]]

    def test_later_pages_explain_as_the_first_one_does(self, client):
        EventFactory.create_batch(3, title="Saxophone")

        first = search(client, "saxofone", limit=1)
        second = client.get(first["next"]).json()

        assert second["understood"] == first["understood"]
        assert second["results"][0]["reasons"] == first["results"][0]["reasons"]

    def test_a_cursor_is_of_its_search(self, client, api_of, events):
        cursor = search(client, "jazz", limit=1)["next"].partition("cursor=")[2]

        for asker, query in (
            (client, "q=jazzy"), (client, "q=jazz&type=EVENT"), (client, "q=jazz&timeZone=Asia/Tokyo"),
            (api_of(UserFactory()), "q=jazz"),
        ):  # fmt: skip
            answer = asker.get(f"/events/search?{query}&cursor={cursor}")
            assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])
        assert client.get(f"/events/search?q=jazz&limit=2&cursor={cursor}").status_code == 200

    def test_the_longest_list_fits_into_a_cursor(self, client):
        for days, number in ((9, LIST_MAX - 1), (-9, LIST_MAX + 1)):
            EventFactory.create_batch(number, title="Jazz", start_at=NOW + timedelta(days=days))

        seen = self.walk(client, 50)

        assert len({pk for pk, _ in seen}) == len(seen) == RESULTS_MAX - 1


class TestSeries:
    """A series is one result, its next date, with the number of those that follow."""

    @pytest.fixture
    def weekly(self):
        for week in reversed(range(6)):
            EventFactory(title="Jazz night", series="jazz", start_at=NOW + timedelta(days=1, weeks=week))
        EventFactory(title="Jazz night", series="jazz", start_at=NOW - timedelta(weeks=1))
        EventFactory(title="Jazz breakfast", start_at=NOW + timedelta(days=9))
        return list(Event.objects.filter(series="jazz", start_at__gt=NOW).order_by("start_at"))

    @pytest.mark.parametrize("with_vectors", [True, False])
    def test_the_next_date_is_shown(self, client, weekly, with_vectors):
        if with_vectors:
            call_command("embed", verbosity=0)

        results = search(client, "jazz")["results"]

        assert sorted((each["event"]["title"], each["event"]["id"], each["moreDates"]) for each in results) == [
            ("Jazz breakfast", Event.objects.get(title="Jazz breakfast").pk, 0),
            ("Jazz night", weekly[0].pk, 5),
        ]

    def test_an_edition_has_its_own_name(self, client, weekly):
        Event.objects.filter(pk=weekly[3].pk).update(title="Jazz night: Ellington")

        assert titles(search(client, "ellington")) == ["Jazz night: Ellington"]


class TestHelp:
    """Nothing is like the query: what helps on."""

    def test_the_query_without_its_date(self, client):
        EventFactory(title="Jazz", start_at=NOW + timedelta(days=20))

        assert search(client, "jazz tonight")["help"] == {
            "suggestions": [{"text": "Without “tonight”", "q": "jazz"}],
            "nearest": [],
        }

    def test_a_similar_spelling_is_tried_at_once(self, client):
        EventFactory(title="Saxophone", start_at=NOW + timedelta(days=20))

        document = search(client, "saxofone")

        assert titles(document) == ["Saxophone"]
        assert document["understood"]["spelling"] == {"saxofone": "saxophone"}

    def test_the_nearest_in_meaning(self, client):
        EventFactory(title="Tax returns explained")
        call_command("embed", verbosity=0)

        document = search(client, "xyzzy")

        assert (document["results"], [event["title"] for event in document["help"]["nearest"]]) == (
            [],
            ["Tax returns explained"],
        )


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "q"), ("q=", "q"), ("q=a&q=b", "q"), ("q=%00", "q"), (f"q={'x' * 201}", "q"),
        ("q=a&timeZone=Mars/Base", "timeZone"), ("q=a&timeZone=", "timeZone"), ("q=a&timeZone=..%2Fetc%2Fpasswd", "timeZone"),
        ("q=a&limit=0", "limit"), ("q=a&limit=101", "limit"), ("q=a&cursor=x", "cursor"), ("q=a&status=OPEN", "status"),
        ("q=a&startsAfter=2026-12-01T00:00:00Z&startsBefore=2026-11-01T00:00:00Z", "startsBefore"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused(client, query, parameter):
    answer = client.get(f"/events/search?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [parameter]


@pytest.mark.parametrize(
    "q",
    ["'", "\\", "a' | 'b", "!()&|:*<->", "🎷", "½ ŉ ß", "ŉ", "a:*", "%", "_", "\ud7ff", "x" * 200, " ".join("a" * 100)],
)
def test_any_text_may_be_searched_for(client, q):
    EventFactory(title="Jazz")

    search(client, q)
    assert client.get("/events/suggestions", {"q": q}).status_code == 200


def test_statements_are_as_many_for_one_event_as_for_many(client, django_assert_num_queries):
    for number in (1, 3, 30):
        EventFactory.create_batch(number, title="Jazz", organiser=OrganiserFactory(), start_at=NOW + timedelta(days=1))
        call_command("embed", verbosity=0)
        # The words folded, organisers, the lists (what is ahead, the others); whether there is an index, the nearest, and
        # what they are ordered by (again in two); the events.
        with django_assert_num_queries(9):
            search(client, "jazz")
        # Of a period alone: the list (two), and the events.
        with django_assert_num_queries(3):
            search(client, "tomorrow")
        # The words folded, organisers, events.
        with django_assert_num_queries(3):
            client.get("/events/suggestions?q=jazz")


def test_the_result_does_not_depend_on_the_plan(client, planner_settings):
    for number in range(12):
        EventFactory(
            title=f"Jazz {number % 3}", tags=["blue"], organiser=OrganiserFactory(name="Blue Club"),
            start_at=NOW + timedelta(days=number % 5 - 1),
        )  # fmt: skip
    planner_settings.rows_written()

    ahead = Event.objects.filter(start_at__gte=NOW).order_by("start_at", "pk")
    past = Event.objects.filter(start_at__lt=NOW).order_by("-start_at", "-pk")
    ids = [result["event"]["id"] for result in search(client, "blue jaz")["results"]]
    assert ids == [event.pk for event in (*ahead, *past)]

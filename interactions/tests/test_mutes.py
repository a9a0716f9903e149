"""Tests of the mutes over HTTP and of what the database allows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.dateparse import parse_datetime

from events.models import Organiser
from events.tests.factories import EventFactory, OrganiserFactory
from interactions import muting
from interactions.models import Mute
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def ana():
    return UserFactory()


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


def body_of(row, **values):
    return {
        "id": row.pk, "organiserId": None, "series": None, "category": None,
        "createdAt": row.created_at.isoformat().replace("+00:00", "Z"), **values,
    }  # fmt: skip


def test_each_target_is_muted_once_and_listed_with_its_name(client, ana):
    club = OrganiserFactory(name="Jazz Club")
    EventFactory(series="quiz-1", title="Pub quiz", start_at=NOW)
    EventFactory(series="quiz-1", title="Pub quiz, the final", start_at=NOW + timedelta(days=7))
    sent = [{"organiserId": club.pk}, {"series": "quiz-1"}, {"series": "gone"}, {"category": "Music"}]

    made = [client.post("/mutes", each) for each in sent]
    again = [client.post("/mutes", each) for each in sent]

    rows = list(Mute.objects.filter(user=ana).order_by("pk"))
    expected = [
        body_of(rows[0], organiserId=club.pk, name="Jazz Club"),
        body_of(rows[1], series="quiz-1", name="Pub quiz, the final"),
        body_of(rows[2], series="gone", name="gone"),
        body_of(rows[3], category="music", name="Music"),
    ]
    assert [answer.status_code for answer in (*made, *again)] == [201] * 4 + [200] * 4
    assert [answer.json() for answer in made] == [answer.json() for answer in again] == expected
    assert client.get("/mutes").json() == {"next": None, "results": expected[::-1]}


def test_list_goes_on_page_by_page_and_is_the_own(client, ana, api_of):
    rows = [Mute.objects.create(user=ana, series=f"s{number}", created_at=NOW) for number in range(3)]
    ben = UserFactory()
    Mute.objects.create(user=ben, category="music")

    first = client.get("/mutes?limit=2").json()
    second = client.get(first["next"]).json()

    assert [row["id"] for page in (first, second) for row in page["results"]] == [row.pk for row in rows[::-1]]
    assert second["next"] is None
    assert api_of(ben).get(first["next"]).status_code == 400


def test_a_mute_is_undone_by_its_owner_alone(client, ana, api_of):
    row = Mute.objects.create(user=ana, category="music")

    assert api_of(UserFactory()).delete(f"/mutes/{row.pk}").status_code == 204
    assert Mute.objects.count() == 1
    assert [client.delete(f"/mutes/{row.pk}").status_code for _ in range(2)] == [204, 204]
    assert client.delete(f"/mutes/{'9' * 19}").status_code == 204
    assert Mute.objects.count() == 0


_ONE = ["Send exactly one of organiserId, series and category."]


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({}, {"organiserId": _ONE, "series": _ONE, "category": _ONE}),
        ({"series": "quiz", "category": "music"}, {"series": _ONE, "category": _ONE}),
        ({"organiserId": 1, "series": "quiz", "category": "food"}, {"organiserId": _ONE, "series": _ONE, "category": _ONE}),
        ({"series": ""}, {"series": ["This field may not be blank."]}),
        ({"series": "x" * 201}, {"series": ["Ensure this field has no more than 200 characters."]}),
        ({"series": None}, {"series": ["This field may not be null."]}),
        ({"organiserId": "1"}, {"organiserId": ["A valid integer is required."]}),
        ({"eventId": 1}, {"eventId": ["Unknown. Known are: organiserId, series, category."]}),
    ],
)  # fmt: skip
def test_bad_mutes_say_what_to_send_and_change_nothing(client, sent, errors):
    answer = client.post("/mutes", sent)

    assert (answer.status_code, answer.json()["errors"]) == (400, errors)
    assert Mute.objects.count() == 0


def test_category_that_is_not_in_the_vocabulary_is_a_400(client):
    answer = client.post("/mutes", {"category": "knitting"})

    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["category"])


def test_unknown_organiser_is_a_404(client):
    answer = client.post("/mutes", {"organiserId": 123_456})

    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no organiser with this id.")
    assert Mute.objects.count() == 0


def test_nobody_is_asked_to_sign_in(api_of):
    assert [api_of().get("/mutes").status_code, api_of().post("/mutes", {"category": "music"}).status_code] == [
        401,
        401,
    ]


def test_mutes_a_minute_are_limited(client, settings):
    settings.INTERACTIONS_PER_MINUTE = 2

    assert [client.post("/mutes", {"category": "music"}).status_code for _ in range(3)] == [201, 200, 429]


def test_a_user_has_so_many_mutes_at_most(client, monkeypatch):
    monkeypatch.setattr(muting, "MUTES_MAX", 1)

    answers = [client.post("/mutes", {"category": category}) for category in ("music", "food", "music")]

    assert [answer.status_code for answer in answers] == [201, 400, 200]
    assert answers[1].json()["errors"] == {"request": ["You have muted as much as is possible. Delete a mute first."]}


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_queries(client, ana, django_assert_num_queries, rows):
    Mute.objects.bulk_create(Mute(user=ana, series=f"s{number}") for number in range(rows))

    with django_assert_num_queries(1):  # own mutes with their names
        client.get("/mutes?limit=100")
    # the rate limit; SAVEPOINT (outside of a test BEGIN); lock the user; is it muted; how many; INSERT; its names; RELEASE
    with django_assert_num_queries(8):
        made = client.post("/mutes", {"category": "music"})
    with django_assert_num_queries(1):  # DELETE
        client.delete(f"/mutes/{made.json()['id']}")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"category": "music", "series": "quiz"},
        {"category": "Music"},
        {"series": " "},
        {"series": ""},
        {"series": "a\x1bb"},
        {"organiser_id": 123_456},
    ],
)
def test_database_refuses_other_rows(ana, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Mute.objects.create(user=ana, **values)


@pytest.mark.parametrize("values", [{"category": "music"}, {"series": "quiz"}])
def test_database_keeps_each_mute_once(ana, values):
    Mute.objects.create(user=ana, **values)
    Mute.objects.create(user=UserFactory(), **values)

    with pytest.raises(IntegrityError), transaction.atomic():
        Mute.objects.create(user=ana, **values)


def test_mutes_go_with_their_user_and_organiser(ana):
    club, other = OrganiserFactory(), OrganiserFactory()
    for organiser in (club, other):
        Mute.objects.create(user=ana, organiser=organiser)
        Mute.objects.create(user=UserFactory(), organiser=organiser)

    Organiser.objects.filter(pk=club.pk).delete()
    assert set(Mute.objects.values_list("organiser", flat=True)) == {other.pk}
    User.objects.get(pk=ana.pk).delete()
    assert Mute.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_equal_requests_at_once_make_one_mute(api_of):
    ana = UserFactory()

    def ask(_):
        try:
            answer = api_of(ana).post("/mutes", {"category": "music"})
            return answer.status_code, parse_datetime(answer.json()["createdAt"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(20)))

    created_at = Mute.objects.get().created_at
    assert sorted(answers) == [(200, created_at)] * 19 + [(201, created_at)]

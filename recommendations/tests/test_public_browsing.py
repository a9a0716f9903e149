"""Tests of what visitors, who have not signed in, may read over HTTP."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import DEFINED, POPULAR, RANKERS, Feed, feed_for
from recommendations.feed.viewer import NO_FILTERS, NoUser, viewer_of
from recommendations.tests.worlds import NOW
from users.tests.factories import UserFactory
from users.throttles import METER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]

SECTIONS = ["/recommendations/popular", "/recommendations/upcoming"]


@pytest.fixture(autouse=True)
def _browsing(settings):
    settings.PUBLIC_BROWSING = True
    METER.clear()
    yield
    METER.clear()


@pytest.fixture
def visitor(api_of):
    return api_of()


def ids_of(answer):
    return [result["event"]["id"] for result in answer.json()["results"]]


def test_visitor_reads_sections_that_nobody_s_dismissals_change(planner_settings, visitor):
    later, liked, sooner = (EventFactory(start_at=NOW + timedelta(days=days)) for days in (3, 2, 1))
    EventFactory(start_at=NOW - timedelta(days=1))
    InteractionFactory(event=liked, action="DISMISS")
    planner_settings.rows_written()

    answers = [visitor.get(path) for path in SECTIONS]

    assert [ids_of(answer) for answer in answers] == [[liked.pk, sooner.pk, later.pk], [sooner.pk, liked.pk, later.pk]]
    assert {(answer.status_code, answer.json()["personalRanking"]) for answer in answers} == {(200, False)}
    # Users read the same address, so nobody may keep a visitor's answer for them.
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}


def test_visitor_reads_what_users_read(visitor, api_of):
    event = EventFactory(title="Jazz trio", start_at=NOW + timedelta(days=1))
    EventFactory(title="Choir", start_at=NOW + timedelta(days=2))
    call_command("embed")
    paths = ["/events", f"/events/{event.pk}", "/events/search?q=jazz", f"/events/{event.pk}/similar", "/categories"]
    user = api_of(UserFactory())

    assert [visitor.get(path).json() for path in paths] == [_for_a_visitor(user.get(path).json()) for path in paths]


def _for_a_visitor(document):
    """What a user gets, without what they did themselves."""
    if isinstance(document, list):
        return [_for_a_visitor(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {name: None if name == "viewer" else _for_a_visitor(value) for name, value in document.items()}


@pytest.mark.parametrize("path", SECTIONS)
def test_visitor_pages_through_every_event_once(visitor, path):
    events = [EventFactory(start_at=NOW + timedelta(days=1 + number)) for number in range(5)]
    shown, answer = [], visitor.get(f"{path}?limit=2")

    shown += ids_of(answer)
    while following := answer.json()["next"]:
        answer = visitor.get(following)
        shown += ids_of(answer)

    assert shown == [event.pk for event in events]


@pytest.mark.parametrize("path", SECTIONS)
def test_cursors_of_visitors_and_of_users_are_not_exchanged(visitor, api_of, path):
    EventFactory.create_batch(3)
    user = api_of(UserFactory())
    nobodys, theirs = (client.get(f"{path}?limit=1").json()["next"] for client in (visitor, user))

    assert [client.get(nobodys).status_code for client in (visitor, user)] == [200, 400]
    assert [client.get(theirs).status_code for client in (visitor, user)] == [400, 200]
    assert list(visitor.get(theirs).json()["errors"]) == ["cursor"]


def test_visitor_is_refused_what_is_personal(visitor):
    event = EventFactory()
    paths = ["/recommendations", f"/recommendations/{event.pk}/explanation", "/interactions", "/users/me"]

    assert [(visitor.get(path).status_code, visitor.get(path)["WWW-Authenticate"]) for path in paths] == [
        (401, "Bearer")
    ] * len(paths)


def test_bad_token_is_refused_where_nobody_is_not(api_by_token):
    assert [api_by_token("unknown").get(path).status_code for path in SECTIONS] == [401, 401]


def test_visitors_are_counted_by_address(settings):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 2
    client, other = APIClient(REMOTE_ADDR="203.0.113.9"), APIClient(REMOTE_ADDR="198.51.100.7")

    answers = [client.get("/recommendations/popular") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[0]["RateLimit"], int(answers[2]["Retry-After"]) > 0) == ('"requests";r=1;t=30', True)
    assert other.get("/recommendations/popular").status_code == 200


@pytest.mark.parametrize("ranker", RANKERS.values(), ids=lambda ranker: ranker.name)
def test_popular_answers_visitors_for_personal_rankers(ranker):
    EventFactory.create_batch(2, start_at=NOW + timedelta(days=1))
    visitor = viewer_of(None, NOW)

    feed = feed_for(visitor, ranker, NO_FILTERS)

    assert feed == Feed(visitor, POPULAR if ranker.is_personal else ranker)
    assert len(list(whole_feed(feed))) == 2


def test_visitor_has_no_user():
    with pytest.raises(NoUser):
        _ = viewer_of(None, NOW).known_user


@pytest.mark.parametrize("ranker", DEFINED, ids=lambda ranker: ranker.name)
def test_visitor_gets_a_feed_in_as_many_statements_as_a_user(ranker, django_assert_num_queries):
    EventFactory.create_batch(3, start_at=NOW + timedelta(days=1))

    for user in (None, UserFactory()):
        with django_assert_num_queries(1):
            list(whole_feed(feed_for(viewer_of(user, NOW), ranker, NO_FILTERS)))

"""Tests of the page of search."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from events.tests.factories import EventFactory
from recommendations.tests.test_pages import cards_in
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def anas(client):
    client.force_login(UserFactory(username="ana"))
    return client


def test_search_shows_what_is_ahead_first_and_why(anas):
    jazz = EventFactory(title="Jazz at the harbour", tags=["blue"])
    over = EventFactory(title="Jazz at the harbour", start_at=datetime(2020, 1, 1, tzinfo=UTC))
    EventFactory(title="Jazz elsewhere")

    page = anas.get("/search?q=harbour+jaz+blue")
    assert (cards_in(anas.get("/search?q=harbour+jaz")), cards_in(page)) == ([jazz.pk, over.pk], [jazz.pk])
    assert re.findall("<li>([^<]+)</li>", page.content.decode()) == ["Title", "Tag"]
    assert [anas.get(path).status_code for path in ("/search", "/search?q=%00", "/search?q=x&cursor=y")] == [
        200,
        200,
        400,
    ]


def test_search_shows_what_it_understood_and_each_filter_can_be_removed(anas):
    EventFactory(title="Jazz & soul", start_at=datetime.now(UTC) + timedelta(days=300))

    page = anas.get("/search?q=jazz+%26+soul+this+weekend").content.decode()

    assert 'href="?q=jazz+%26+soul" aria-label="Remove the filter “this weekend”"' in page
    assert "Nothing found" in page
    assert '<a class="button" href="?q=jazz+%26+soul">Without “this weekend”</a>' in page
    assert len(cards_in(anas.get("/search?q=jazz+%26+soul"))) == 1


def test_search_says_what_it_looked_for_in_place_of_a_typing_error(anas):
    jazz = EventFactory(title="Saxophone & <b>piano</b>")

    answer = anas.get("/search?q=saxophonne")

    assert cards_in(answer) == [jazz.pk]
    assert "Nothing has “saxophonne”. This is for “saxophone”." in answer.content.decode()
    assert "Nothing found" in anas.get("/search?q=qqqq").content.decode()


def test_search_has_further_pages(anas):
    events = EventFactory.create_batch(23, title="Jazz")

    first = anas.get("/search?q=jazz")
    link = re.search(r'<a class="button" href="([^"]+)">Show more', first.content.decode())
    second = anas.get(html.unescape(link[1]))

    assert sorted(cards_in(first) + cards_in(second)) == [event.pk for event in events]

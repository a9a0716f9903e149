"""Tests of the first minute of a new user."""

import pytest
from django.test import Client

from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory(username="ana", interests=["food"], latitude=1.5, longitude=2.5)


@pytest.fixture
def browser(ana):
    client = Client()
    client.force_login(ana)
    return client


def _stored(user):
    user.refresh_from_db()
    return user.interests, user.latitude, user.longitude


def test_nobody_is_led_to_the_sign_in_page(client):
    assert client.get("/welcome")["Location"] == "/sign-in?next=/welcome"


def test_interests_and_a_town_are_stored_and_lead_to_the_personal_feed(ana, browser):
    assert browser.get("/welcome").content.decode().count('name="interests"') == 16

    answer = browser.post("/welcome", {"interests": ["music", "tech", "arts"], "town": "lisboa"})

    assert (answer.status_code, answer["Location"]) == (302, "/?view=recommended")
    assert _stored(ana) == (["music", "tech", "arts"], 38.72509, -9.1498)
    assert browser.get(answer["Location"]).status_code == 200


def test_what_is_left_out_stays_as_it_is(ana, browser):
    assert browser.post("/welcome", {}).status_code == 302
    assert _stored(ana) == (["food"], 1.5, 2.5)


def test_a_place_from_the_browser_is_stored(ana, browser):
    browser.post("/welcome", {"latitude": "38.7", "longitude": "-9.15"})

    assert _stored(ana) == (["food"], 38.7, -9.15)


def test_it_leads_on_to_where_the_user_was_on_the_way_to(browser):
    page = browser.get("/welcome?next=/event/5").content.decode()

    assert ('<a href="/event/5">Skip</a>' in page, 'name="next" value="/event/5"' in page) == (True, True)
    assert browser.post("/welcome", {"next": "/event/5"})["Location"] == "/event/5"


@pytest.mark.parametrize(
    ("following", "led_to"),
    [
        ("/", "/?view=recommended"), ("/?view=popular", "/?view=recommended"), ("/?intention=x", "/?intention=x"),
        ("/search?q=jazz", "/search?q=jazz"), ("http://[", "/?view=recommended"),
    ],
)  # fmt: skip
def test_from_a_list_it_leads_to_the_personal_feed_and_an_intention_is_kept(browser, following, led_to):
    assert browser.post("/welcome", {"next": following})["Location"] == led_to


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_leads_to_no_other_host(browser, elsewhere):
    assert browser.post("/welcome", {"next": elsewhere})["Location"] == "/?view=recommended"
    assert "evil" not in browser.get(f"/welcome?next={elsewhere}").content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"interests": ["nonsense"]}, "nonsense"), ({"town": "Lisbn"}, "Did you mean one of these?"),
        ({"town": "Newport"}, "Newport, Rhode Island, United States"), ({"latitude": "91", "longitude": "0"}, "Latitude"),
        ({"town": "Xyzzyqq"}, "Check the spelling, or take a larger town nearby."),
    ],
)  # fmt: skip
def test_bad_answers_say_what_to_do_and_store_nothing(ana, browser, sent, said):
    answer = browser.post("/welcome", {"interests": ["music"], **sent})

    assert (answer.status_code, said in answer.content.decode()) == (400, True)
    assert _stored(ana) == (["food"], 1.5, 2.5)


def test_several_towns_are_asked_for_and_one_is_chosen(ana, browser):
    page = browser.post("/welcome", {"town": "Newport"})
    [(number, _), *_] = page.context["form"].fields["town_id"].widget.choices

    assert 'type="radio"' in page.content.decode()
    assert browser.post("/welcome", {"town": "Newport", "town_id": number}).status_code == 302
    assert _stored(ana)[1:] == (51.58774, -2.99835)

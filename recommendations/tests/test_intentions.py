"""Tests of what visitors do with events: it is kept while they sign in, and nobody can make them do it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from events.tests.factories import EventFactory
from interactions.models import Interaction
from recommendations.pages.intention import LIFETIME
from recommendations.tests.worlds import NOW
from users.tests.factories import UserFactory
from users.throttles import METER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]


@pytest.fixture(autouse=True)
def _browsing(settings):
    settings.PUBLIC_BROWSING = True
    METER.clear()
    yield
    METER.clear()


@pytest.fixture
def ana():
    return UserFactory(username="ana", password="demo")


@pytest.fixture
def event():
    return EventFactory(title="Jazz night", start_at=NOW + timedelta(days=1))


def pressed(client, event, action="save"):
    """Press a button of an event as a visitor; return where the sign-in page leads back to."""
    answer = client.post(f"/event/{event.pk}/{action}", {"next": "/"})
    url = urlsplit(answer["Location"])
    assert (answer.status_code, url.netloc, url.path) == (302, "", "/sign-in")
    return parse_qs(url.query)["next"][0]


def signed_in(client, next_address):
    """Sign in by the page, and return the answers from there to where it ends."""
    return client.post("/sign-in", {"username": "ana", "password": "demo", "next": next_address}, follow=True)


def done_by(user):
    return list(Interaction.objects.of(user).order_by("pk").values_list("event_id", "action"))


@pytest.mark.parametrize(
    ("action", "recorded", "said"),
    [("save", "SAVE", "Saved."), ("apply", "APPLY", "you are going"), ("dismiss", "DISMISS", "not see it")],
)
def test_it_is_recorded_once_after_signing_in(client, ana, event, action, recorded, said):
    page = signed_in(client, pressed(client, event, action))

    assert page.redirect_chain[-1] == (f"/e/{event.pk}-jazz-night", 302)
    assert (page.status_code, said in page.content.decode()) == (200, True)
    assert done_by(ana) == [(event.pk, recorded)]


def test_it_is_not_done_again_when_the_address_is_opened_again(client, ana, event):
    back = pressed(client, event)
    signed_in(client, back)
    client.post(f"/event/{event.pk}/unsave")

    again = client.get(back)

    assert (again.status_code, again["Location"], done_by(ana)) == (302, f"/e/{event.pk}-jazz-night", [])


def test_nobody_makes_another_person_save(client, ana, event):
    back = pressed(Client(), event)
    client.force_login(ana)

    answer = client.get(back)

    assert (answer.status_code, answer["Location"], done_by(ana)) == (302, f"/e/{event.pk}-jazz-night", [])


def test_own_secret_does_not_open_what_another_browser_signed(client, ana, event):
    pressed(client, EventFactory())
    back = pressed(Client(), event)

    signed_in(client, back)

    assert done_by(ana) == []


def test_it_is_good_for_its_event_only(client, ana, event):
    other = EventFactory(start_at=NOW + timedelta(days=1))
    back = pressed(client, event)

    signed_in(client, back.replace(f"/e/{event.pk}?", f"/e/{other.pk}?"))

    assert done_by(ana) == []


@pytest.mark.parametrize("change", [lambda back: f"{back}x", lambda back: back.partition("=")[0] + "="])
def test_forged_ones_do_nothing(client, ana, event, change):
    page = signed_in(client, change(pressed(client, event)))

    assert (page.status_code, done_by(ana)) == (200, [])


def test_late_ones_do_nothing(client, ana, event):
    back = pressed(client, event)

    with time_machine.travel(NOW + LIFETIME + timedelta(seconds=1), tick=False):
        page = signed_in(client, back)

    assert (page.status_code, done_by(ana)) == (200, [])


def test_visitor_who_did_not_sign_in_sees_the_event_and_may_yet(client, ana, event):
    back = pressed(client, event)

    assert client.get(back)["Location"] == f"/e/{event.pk}-jazz-night"
    signed_in(client, back)
    assert done_by(ana) == [(event.pk, "SAVE")]


def test_it_needs_the_csrf_token(event):
    answer = Client(enforce_csrf_checks=True).post(f"/event/{event.pk}/save")

    assert (answer.status_code, "intention" in answer.cookies) == (403, False)


@pytest.mark.parametrize(("secure", "name"), [(False, "intention"), (True, "__Host-intention")])
def test_the_secret_is_in_a_cookie_that_no_script_and_no_other_site_reads(client, event, settings, secure, name):
    settings.SESSION_COOKIE_SECURE = secure
    pressed(client, event)

    cookie = client.cookies[name]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"], bool(cookie["secure"])) == (
        True, "Lax", "/", 1_800, secure,
    )  # fmt: skip


def test_what_takes_back_is_not_kept(client, event):
    assert pressed(client, event, "unsave") == f"/e/{event.pk}"


def test_visitor_of_a_closed_house_learns_nothing(client, event, settings):
    settings.PUBLIC_BROWSING = False

    there, nowhere = (client.post(f"/event/{pk}/save")["Location"] for pk in (event.pk, 999_999))

    assert [urlsplit(address).path for address in (there, nowhere)] == ["/sign-in"] * 2


def test_user_is_led_back_to_the_page_and_never_elsewhere(client, ana, event):
    client.force_login(ana)

    def led_to(next_address):
        return client.post(f"/event/{event.pk}/save", {"next": next_address})["Location"]

    assert led_to("/?view=popular") == f"/?view=popular#event-{event.pk}"
    assert [urlsplit(led_to(address)).netloc for address in ("https://evil.example/", "//evil.example", "")] == [""] * 3


def test_visitors_presses_are_counted(event, settings):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 1
    client = Client(REMOTE_ADDR="203.0.113.9")

    assert [client.post(f"/event/{event.pk}/save").status_code for _ in range(2)] == [302, 429]

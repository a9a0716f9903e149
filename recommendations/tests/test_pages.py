"""Tests of the pages' own addresses; what they do in a browser is tested in one."""

import pytest
from django.test import Client

from events.tests.factories import EventFactory
from recommendations.demo.loading import DemoSignIn, demo_sign_in
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory(username="ana", email="ana@example.org", password="demo")


@pytest.mark.parametrize("path", ["/", "/event/7", "/event/9999999999999999999"])
def test_nobody_is_sent_to_the_sign_in_page_and_back(ana, client, path):
    answer = client.get(f"{path}?q=jazz")
    there = client.post(answer["Location"], {"username": "ana", "password": "demo", "next": f"{path}?q=jazz"})

    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in?next={path}%3Fq%3Djazz")
    assert (there.status_code, there["Location"]) == (302, f"{path}?q=jazz")


def test_nobody_is_led_to_another_host(ana, client):
    answer = client.post("/sign-in", {"username": "ana", "password": "demo", "next": "https://evil.example/"})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_page_sets_the_csrf_cookie_that_its_script_sends(ana, client):
    client.force_login(ana)

    answer = client.get("/")

    assert (answer.status_code, sorted(answer.cookies)) == (200, ["csrftoken"])


@pytest.mark.parametrize("path", ["/event/x", "/event/", "/event/12345678901234567890"])
def test_other_addresses_are_no_page(ana, client, path):
    client.force_login(ana)

    assert (client.get(path).status_code, client.get(path)["Content-Type"]) == (404, "application/problem+json")


def test_wrong_password_is_403_and_too_many_are_429(ana, client, settings):
    settings.SIGN_INS_PER_MINUTE = 2
    wrong = {"username": "ana", "password": "wrong"}

    answers = [client.post("/sign-in", wrong) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [403, 403, 429]
    assert answers[0].context["form"].non_field_errors() == [
        "Username or password is wrong, or the account is not active."
    ]
    assert answers[2].context["form"].non_field_errors()[0].startswith("Too many attempts. ")
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_sign_in_needs_the_csrf_token(ana):
    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"username": "ana", "password": "demo"})

    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_sign_out_ends_the_session(ana, client):
    client.force_login(ana)

    answer = client.post("/sign-out")

    assert (answer.status_code, answer["Location"], client.get("/users/me").status_code) == (302, "/sign-in", 401)


def test_demo_is_offered_while_its_data_is_loaded(client, ana):
    without_events = demo_sign_in()
    EventFactory(external_id="demo-jazz")

    page = client.get("/sign-in").content.decode()

    assert (without_events, demo_sign_in()) == (None, DemoSignIn("ana", "demo"))
    assert page.count("Look around as ana") == 2


@pytest.mark.parametrize("changed", [{"email": "ana@real.org"}, {"is_active": False}, {"is_staff": True}])
def test_demo_is_not_offered_with_somebody_real(client, ana, changed):
    EventFactory(external_id="demo-jazz")
    type(ana).objects.filter(pk=ana.pk).update(**changed)

    assert demo_sign_in() is None
    assert "Look around" not in client.get("/sign-in").content.decode()


def test_queries(ana, client, django_assert_num_queries):
    with django_assert_num_queries(1):  # whether the demo data is there
        client.get("/sign-in")
    client.force_login(ana)
    with django_assert_num_queries(2):  # session, user
        client.get("/")
    with django_assert_num_queries(2):  # session, user
        client.get("/event/1")

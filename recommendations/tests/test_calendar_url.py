"""Tests of the calendar's secret URL: who gets one, what it opens, and how it ends."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from events.tests.factories import EventFactory
from users.models import CalendarToken
from users.tests.factories import UserFactory

_REFUSED = {
    "type": "/problems#authentication_failed", "code": "authentication_failed", "title": "Unauthorized", "status": 401,
    "detail": "This calendar URL is not valid, or it was revoked.",
}  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]


@pytest.fixture
def ana():
    return UserFactory(username="ana")


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


def subscribe(client):
    return client.post("/users/me/calendar").json()["url"]


def refusal(address, client=None):
    answer = (client or APIClient()).get(address)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    return answer.json()


def test_an_address_is_made_shown_once_and_revoked(client, ana):
    before = client.get("/users/me/calendar").json()
    made = client.post("/users/me/calendar")
    after = client.get("/users/me/calendar").json()

    url = made.json()["url"]
    address, _, token = url.partition("?token=")
    assert (made.status_code, address, len(token)) == (201, "http://testserver/recommendations.ics", 64)
    saved_url = f"http://testserver/saved.ics?token={token}"
    assert made.json() == {"url": url, "savedUrl": saved_url, "createdAt": "2026-05-01T12:00:00Z"}
    unknown = {"url": None, "savedUrl": None}
    assert [before, after] == [{**unknown, "createdAt": None}, {**unknown, "createdAt": "2026-05-01T12:00:00Z"}]
    assert token not in str(CalendarToken.objects.values().get(user=ana))
    assert APIClient().get(url).status_code == 200

    assert [client.delete("/users/me/calendar").status_code for _ in range(2)] == [204, 204]

    assert refusal(url) == _REFUSED
    assert client.get("/users/me/calendar").json() == before


def test_a_new_address_ends_the_old_one(client):
    old, new = subscribe(client), subscribe(client)

    assert refusal(old) == _REFUSED
    assert APIClient().get(new).status_code == 200


def test_each_address_opens_its_owners_feed_alone(client, api_of):
    ben = UserFactory(interests=["food"])
    food, other = EventFactory(category="food"), EventFactory()
    mine, bens = subscribe(client), subscribe(api_of(ben))

    calendars = [APIClient().get(url).content.decode() for url in (mine, bens)]

    assert ["one of your interests" in text for text in calendars] == [False, True]
    assert api_of(ben).delete("/users/me/calendar").status_code == 204
    assert (APIClient().get(mine).status_code, refusal(bens)) == (200, _REFUSED)
    assert {f"event-{event.pk}-" in calendars[0] for event in (food, other)} == {True}


def test_nothing_else_opens_a_calendar_and_no_difference_shows(client, ana, api_by_token):
    url = subscribe(client)
    _, api_token = AuthToken.objects.create(ana)
    bearer, browser = api_by_token(api_token), Client()
    browser.force_login(ana)
    token = url.partition("?token=")[2]

    wrong = [
        "", "?token=", f"?token={api_token}", f"?token={'0' * 64}", f"?token={token[:-1]}", f"?token={token.upper()}",
        f"?token={token}&token={token}", f"?token={'0' * 64}&limit=1", f"?Token={token}",
    ]  # fmt: skip

    for who in (APIClient(), bearer, browser):
        assert [refusal(f"/recommendations.ics{query}", who) for query in wrong] == [_REFUSED] * len(wrong)


def test_an_address_takes_no_other_parameters(client):
    answer = APIClient().get(f"{subscribe(client)}&limit=1")

    assert (answer.status_code, answer.json()["errors"]) == (400, {"limit": ["Unknown. Known are: token."]})


def test_the_token_opens_nothing_else(client, api_by_token):
    EventFactory()
    token = subscribe(client).partition("?token=")[2]
    bearer = api_by_token(token)

    opened = {path: bearer.get(path).status_code for path in ("/users/me", "/recommendations", "/users/me/calendar")}
    asked = {path: APIClient().get(f"{path}?token={token}").status_code for path in opened}

    assert opened == asked == {"/users/me": 401, "/recommendations": 401, "/users/me/calendar": 401}
    answer = APIClient().post(f"/recommendations.ics?token={token}")
    assert answer.status_code == 405


def test_it_ends_with_the_account_and_with_the_password(client, ana):
    url = subscribe(client)

    ana.is_active = False
    ana.save()
    inactive = refusal(url)
    ana.is_active = True
    ana.save()
    active = APIClient().get(url).status_code
    ana.set_password("another one")
    ana.save()

    assert (inactive, active, refusal(url)) == (_REFUSED, 200, _REFUSED)


def test_nothing_is_taken_with_the_making(client):
    answer = client.post("/users/me/calendar", {"userId": 1})

    assert (answer.status_code, answer.json()["errors"]) == (400, {"userId": ["Unknown. Known are: none."]})
    assert CalendarToken.objects.count() == 0


def test_staff_see_that_there_is_one_and_revoke_it(client, ana):
    url = subscribe(client)
    staff = UserFactory(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="users"))
    browser = Client()
    browser.force_login(staff)
    address = f"/admin/users/user/{ana.pk}/change/"
    page = browser.get(address)
    form = {**page.context["adminform"].form.initial, "last_login_0": "", "last_login_1": "", "interests": []}
    form = {name: value for name, value in form.items() if value is not None and name != "last_login"}

    sent = form | {
        "date_joined_0": "2026-01-01", "date_joined_1": "00:00", "calendar_token-TOTAL_FORMS": "1",
        "calendar_token-INITIAL_FORMS": "1", "calendar_token-0-user": ana.pk, "calendar_token-0-DELETE": "on",
    }  # fmt: skip
    answer = browser.post(address, sent)

    assert b"1 May 2026" in page.content
    assert answer.status_code == 302, answer.context["errors"]
    assert refusal(url) == _REFUSED


@pytest.mark.parametrize(("method", "number"), [("get", 1), ("post", 4), ("delete", 1)])
def test_queries(client, django_assert_num_queries, method, number):
    subscribe(client)

    # Read it; a savepoint begins, lock the old one, write the new one, it ends; delete it.
    with django_assert_num_queries(number):
        getattr(client, method)("/users/me/calendar")

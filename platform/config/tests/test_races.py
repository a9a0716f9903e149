"""Tests of requests that meet a change or a deletion by somebody else at a chosen point."""

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.tokens import default_token_generator
from django.db import DatabaseError, connection
from django.test import Client
from django.utils.http import urlsafe_base64_encode
from knox.models import AuthToken
from rest_framework.request import Request
from rest_framework.test import APIClient, APIRequestFactory

from config.tests.permission_table import ROWS
from config.tests.test_permissions import address_of, body_of
from events.models import Event
from events.tests.factories import EventFactory
from users.authentication import BearerAuthentication
from users.models import CalendarToken, Session, User
from users.sessions import SessionStore
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)

_IS_WAITING = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


def meeting(statement: str, parameters: list[object], request: Callable[[], object]) -> object:
    """Return what a request is answered that waits for a row that another transaction has changed, and then commits."""
    other, answers = connection.copy(), []

    def ask() -> None:
        try:
            answers.append(request())
        finally:
            connection.close()

    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(statement, parameters)
        thread = threading.Thread(target=ask)
        thread.start()
        with connection.cursor() as cursor:
            waiting = False
            while thread.is_alive() and not waiting:
                cursor.execute(_IS_WAITING)
                (waiting,) = cursor.fetchone()
        other.commit()
        thread.join()
    finally:
        other.close()
    assert waiting
    return answers[0]


def no_raise(client):
    client.raise_request_exception = False
    return client


def test_one_coordinate_is_validated_with_the_other_that_is_stored_by_then(api_of):
    ana = UserFactory(latitude=1.0, longitude=2.0)
    client = no_raise(api_of(ana))

    answer = meeting(
        "UPDATE users_user SET latitude = NULL, longitude = NULL WHERE id = %s",
        [ana.pk],
        lambda: client.patch("/users/me", {"longitude": 5.0}),
    )

    assert (answer.status_code, answer.json().get("errors")) == (
        400,
        {"latitude": ["Give latitude and longitude, or null for both."]},
    )
    ana.refresh_from_db()
    assert (ana.latitude, ana.longitude) == (None, None)


@pytest.mark.parametrize(
    ("statement", "sent", "field"),
    [
        ("UPDATE events_event SET latitude = NULL, longitude = NULL WHERE id = %s", {"longitude": 5.0}, "latitude"),
        (
            "UPDATE events_event SET start_at = '2100-01-03', end_at = NULL WHERE id = %s",
            {"endAt": "2100-01-02T00:00:00Z"},
            "endAt",
        ),
    ],
)
def test_event_is_validated_with_what_is_stored_by_then(api_of, statement, sent, field):
    editor = UserFactory()
    editor.user_permissions.set(Permission.objects.filter(codename="change_event"))
    event = EventFactory(latitude=1.0, longitude=2.0, start_at="2100-01-01T00:00Z")
    client = no_raise(api_of(editor))

    answer = meeting(statement, [event.pk], lambda: client.patch(f"/events/{event.pk}", sent))

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def form_of(page):
    """Return what a browser sends of the admin's form as it is."""
    form = page.context["adminform"].form
    data = {}
    for name, field in form.fields.items():
        value = form.initial.get(name, field.initial)
        bound = form[name]
        if isinstance(value, bool):
            data |= {name: "on"} if value else {}
        elif hasattr(field.widget, "decompress"):
            parts = zip(field.widget.widgets_names, field.widget.decompress(value), strict=True)
            data |= {f"{name}{suffix}": part for suffix, part in parts if part is not None}
        elif value is not None and not bound.field.disabled:
            data[name] = value
    return data | {"_save": "Save"}


@pytest.mark.parametrize("table", ["events_event", "users_user"])
def test_row_that_is_deleted_while_its_form_is_saved_is_not_made_anew(table):
    staff = Client()
    staff.force_login(UserFactory(is_staff=True, is_superuser=True))
    row = EventFactory() if table == "events_event" else UserFactory(username="erased")
    address = f"/admin/{table.replace('_', '/')}/{row.pk}/change/"
    form = form_of(staff.get(address))

    answer = meeting(f"DELETE FROM {table} WHERE id = %s", [row.pk], lambda: staff.post(address, form))

    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert type(row).objects.filter(pk=row.pk).count() == 0


def test_password_that_staff_give_makes_no_erased_user_anew():
    staff = no_raise(Client())
    staff.force_login(UserFactory(is_staff=True, is_superuser=True))
    erased = UserFactory()
    form = {"usable_password": "true", "password1": "x" * 30, "password2": "x" * 30}

    answer = meeting(
        "DELETE FROM users_user WHERE id = %s",
        [erased.pk],
        lambda: staff.post(f"/admin/users/user/{erased.pk}/password/", form),
    )

    assert answer.status_code == 404
    assert not User.objects.filter(pk=erased.pk).exists()


def test_deleted_user_is_not_saved_anew():
    user, other = UserFactory.create_batch(2)
    User.objects.filter(pk=user.pk).delete()

    with pytest.raises(DatabaseError, match="did not affect any rows"):
        user.save()

    assert list(User.objects.all()) == [other]


def authenticated_and_deleted(*permissions):
    """Return a client whose requests are those of a user who is deleted once they are authenticated."""
    user = UserFactory(password="demo")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    _, token = AuthToken.objects.create(user)
    asking = APIRequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    known, row = BearerAuthentication().authenticate(Request(asking))
    known.get_all_permissions()
    User.objects.filter(pk=user.pk).delete()
    client = no_raise(APIClient())
    client.force_authenticate(known, row)
    return client


def test_no_route_fails_for_a_user_who_is_deleted_meanwhile(settings, caplog):
    caplog.set_level("CRITICAL")
    event = EventFactory()
    answered = {}
    for (method, route), (kind, _) in ROWS.items():
        if kind not in ("SIGNED_IN", "BY_TOKEN", "EVENT_WRITER"):
            continue
        samples = {"pk": event.pk, "event_id": event.pk, "mute_id": 1}
        client = authenticated_and_deleted("add_event", "change_event")
        sent = {} if method == "GET" else {"data": body_of(method, route, samples)}
        answer = getattr(client, method.lower())(address_of(route, samples), **sent)
        answered[method, route] = answer.status_code

    assert {row: status for row, status in answered.items() if status >= 500} == {}
    assert {row for row, status in answered.items() if status == 401} == {
        ("POST", "^interactions$"), ("POST", "^interactions/batch$"), ("PATCH", "^users/me$"),
        ("GET", "^users/me/export$"), ("POST", "users/me/calendar"), ("POST", "^mutes$"),
        ("PUT", "^interactions/saves/(?P<event_id>[0-9]{1,19})$"),
    }  # fmt: skip
    assert User.objects.count() == CalendarToken.objects.count() == 0


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "key"}])
@pytest.mark.parametrize("path", ["/interactions", "/interactions/batch"])
def test_interactions_of_a_deleted_user_are_refused(path, headers):
    one = {"eventId": EventFactory().pk, "action": "VIEW"}
    client = authenticated_and_deleted()

    answer = client.post(path, one if path == "/interactions" else {"interactions": [one]}, headers=headers)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["detail"] == "This account has been deleted."


def test_unknown_event_is_still_unknown(api_of):
    answer = api_of(UserFactory()).post("/interactions", {"eventId": 1, "action": "VIEW"})

    assert answer.status_code == 404


class DeletesAfterwards(ModelBackend):
    """Finds out that the password is right, after which the user is deleted."""

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        User.objects.filter(pk=user.pk).delete()
        return user


def test_no_token_for_a_user_who_is_deleted_while_it_is_made(settings, api_of):
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.DeletesAfterwards"]
    UserFactory(username="ana", password="demo")

    answer = no_raise(api_of()).post("/tokens", {"username": "ana", "password": "demo"})

    assert answer.status_code == 401
    assert AuthToken.objects.count() == 0


@pytest.mark.parametrize("path", ["/sign-in", "/admin/login/"])
@pytest.mark.parametrize("signed_in_before", [False, True])
def test_nobody_is_signed_in_who_is_deleted_when_the_password_was_checked(settings, path, signed_in_before):
    browser = no_raise(Client())
    if signed_in_before:
        browser.force_login(UserFactory())
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.DeletesAfterwards"]
    UserFactory(username="ana", password="demo", is_staff=True)

    answer = browser.post(path, {"username": "ana", "password": "demo"})

    assert (answer.status_code, answer.json()["detail"]) == (401, "This account has been deleted.")
    assert Session.objects.exclude(user=None).count() == 0
    assert browser.get("/users/me").status_code == 401


@pytest.fixture
def deleted_at_the_end_of_sign_in():
    """Whoever signs in is deleted before their session is saved."""

    def delete(sender, user, **kwargs):
        User.objects.filter(pk=user.pk).delete()

    user_logged_in.connect(delete)
    yield
    user_logged_in.disconnect(delete)


@pytest.mark.usefixtures("deleted_at_the_end_of_sign_in")
@pytest.mark.parametrize("signed_in_before", [False, True])
def test_no_session_is_saved_for_a_user_who_is_deleted_at_the_end_of_the_sign_in(signed_in_before):
    browser = no_raise(Client())
    if signed_in_before:
        ben = UserFactory()
        browser.cookies["sessionid"] = session_of(ben)
    UserFactory(username="ana", password="demo", is_staff=True)

    answer = browser.post("/admin/login/", {"username": "ana", "password": "demo"})

    assert (answer.status_code, answer.json()["detail"]) == (
        400,
        "The session ended during this request. Sign in again.",
    )
    assert Session.objects.exclude(user=None).count() == 0


def session_of(user):
    store = SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), "users.authentication.AccountBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key


DELETE_WITH_SESSIONS = """
WITH sessions AS (DELETE FROM users_session WHERE user_id = %s) DELETE FROM users_user WHERE id = %s
"""


def test_own_password_is_changed_while_the_user_is_deleted():
    ana = UserFactory(password="demo", is_staff=True)
    browser = no_raise(Client())
    browser.cookies["sessionid"] = session_of(ana)
    form = {"old_password": "demo", "new_password1": "x" * 30, "new_password2": "x" * 30}

    answer = meeting(DELETE_WITH_SESSIONS, [ana.pk, ana.pk], lambda: browser.post("/admin/password_change/", form))

    assert (answer.status_code, answer.json()["detail"]) == (401, "This account has been deleted.")
    assert User.objects.count() == 0


def test_password_is_reset_while_the_user_is_deleted():
    ana = UserFactory(password="demo")
    browser = no_raise(Client())
    uid, token = urlsafe_base64_encode(str(ana.pk).encode()), default_token_generator.make_token(ana)
    address = browser.get(f"/password-reset/{uid}/{token}", follow=True).redirect_chain[-1][0]
    form = {"password1": "x" * 30, "password2": "x" * 30}

    answer = meeting(DELETE_WITH_SESSIONS, [ana.pk, ana.pk], lambda: browser.post(address, form))

    assert (answer.status_code, answer.json()["detail"]) == (401, "This account has been deleted.")
    assert User.objects.count() == 0


def test_no_count_is_left_of_a_deletion_in_the_middle(api_of):
    """The batch waits for the deletion, and is refused after it."""
    ana, event = UserFactory(), EventFactory()
    client = no_raise(api_of(ana))

    answer = meeting(
        "DELETE FROM users_user WHERE id = %s",
        [ana.pk],
        lambda: client.post("/interactions/batch", {"interactions": [{"eventId": event.pk, "action": "VIEW"}]}),
    )

    assert answer.status_code == 401
    assert Event.objects.with_count().get().interaction_count == 0


def test_calendar_address_waits_for_the_deletion_and_is_refused(api_of):
    ana = UserFactory()
    client = no_raise(api_of(ana))

    answer = meeting("DELETE FROM users_user WHERE id = %s", [ana.pk], lambda: client.post("/users/me/calendar"))

    assert answer.status_code == 401

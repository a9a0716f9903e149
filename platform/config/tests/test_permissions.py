"""Tests of the permission table: every method of every route, asked by every kind of caller."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.urls import resolve
from knox.models import AuthToken
from rest_framework.test import APIClient

from config.tests.permission_table import LOGIN, ROWS, expected
from config.tests.routes import METHODS, routed
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction, Mute
from interactions.tests.factories import InteractionFactory
from recommendations.models import TrainingRun
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# Caller -> its column in the table.
CALLERS = {
    "nobody": "nobody", "revoked token": "dead", "expired token": "dead", "malformed token": "dead", "scraper": "dead",
    "deactivated token": "dead", "deactivated session": "nobody", "ended session": "nobody", "ana": "user", "ben": "user",
    "staff": "staff", "permitted": "permitted", "ana's session": "user session", "staff's session": "staff session",
    "permitted's session": "permitted session",
}  # fmt: skip
_SAMPLE_QUERIES = {
    "admin/autocomplete/": "?app_label=events&model_name=event&field_name=organiser&term=x",
    "^events/search$": "?q=jazz",
    "^events/suggestions$": "?q=jazz",
}
_START = "2100-01-01T00:00:00Z"
_SCRAPER = "scraper's-token"


@pytest.fixture(autouse=True)
def _without_limits(settings, caplog):
    caplog.set_level("CRITICAL")
    settings.REQUESTS_PER_MINUTE = settings.ANONYMOUS_REQUESTS_PER_MINUTE = 0
    settings.INTERACTIONS_PER_MINUTE = settings.EXPLANATIONS_PER_MINUTE = settings.SIGN_INS_PER_MINUTE = 0
    settings.METRICS_TOKEN = _SCRAPER


def by_token(token):
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def by_session(user):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(user)
    return client


@pytest.fixture
def people():
    staff = UserFactory(username="staff", password="demo", is_staff=True)
    permitted = UserFactory(username="permitted", password="demo", is_staff=True)
    permitted.user_permissions.set(Permission.objects.all())
    return {"ana": UserFactory(username="ana", password="demo"), "ben": UserFactory(username="ben", password="demo"), "staff": staff,
            "permitted": permitted, "gone": UserFactory(username="gone", is_staff=True)}  # fmt: skip


@pytest.fixture
def clients(people):
    gone = people["gone"]
    tokens = {name: AuthToken.objects.create(user)[1] for name, user in people.items()}
    row, revoked = AuthToken.objects.create(people["permitted"])
    row.delete()
    _, expired = AuthToken.objects.create(people["permitted"], expiry=timedelta(seconds=-1))
    ended = by_session(people["permitted"])
    ended.session.flush()
    made = {
        "nobody": APIClient(enforce_csrf_checks=True),
        "revoked token": by_token(revoked),
        "expired token": by_token(expired),
        "malformed token": by_token("x y"),
        "scraper": by_token(_SCRAPER),
        "deactivated token": by_token(tokens["gone"]),
        "deactivated session": by_session(gone),
        "ended session": ended,
    }
    for name in ("ana", "ben", "staff", "permitted"):
        made[name] = by_token(tokens[name])
    for name in ("ana", "staff", "permitted"):
        made[f"{name}'s session"] = by_session(people[name])
    gone.user_permissions.set(Permission.objects.all())
    gone.is_active = False
    gone.save()
    return made


@pytest.fixture
def samples(people):
    """The values of the routes' parameters; of object_id by the model in the address."""
    row = InteractionFactory(
        user=people["ana"],
        action="CLICK",
        event=EventFactory(title="same", organiser=OrganiserFactory(name="same"), location_name="same"),
    )
    mute = Mute.objects.create(user=people["ana"], series="quiz")
    runs = [
        TrainingRun.objects.create(
            cutoff=_START, began_at=_START, seed=1, parameters={}, metrics={}, model="", activated_at=_START
        )
        for _ in range(2)
    ]
    return {
        "event_id": row.event_id, "pk": row.event_id, "action": "save", "id": people["ben"].pk, "slug": "same", "name": "same", "organiser_id": row.event.organiser_id, "section": "events", "uidb64": "x", "token": "x", "uidb36": "x", "key": "x", "url": "x",
        "app_label": "events", "content_type_id": 1,
        "auth/group": Group.objects.create(name="clerks").pk, "events/event": row.event_id,
        "events/organiser": row.event.organiser_id, "users/user": people["ben"].pk,
        "recommendations/feed": people["ben"].pk, "interactions/interaction": row.pk, "recommendations/trainingrun": runs[0].pk,
        "interactions/mute": mute.pk, "mute_id": mute.pk, "r/<path:content_type_id>": 1,
    }  # fmt: skip


def address_of(route, samples):
    """Return an address that leads to a route."""
    model = re.match("admin/(.+)/<path:object_id>/", route)
    values = samples | ({"object_id": samples[model[1]]} if model else {})
    # (?P<name>…) of re_path, <converter:name> of path.
    filled = re.sub(r"\(\?P<(\w+)>[^()]*\)|<(?:\w+:)?(\w+)>", lambda result: str(values[result[1] or result[2]]), route)
    plain = filled.replace("^", "").replace("$", "").replace("\\", "")
    if route == "^$":
        return "/"
    return f"/{plain or 'no-such-page'}" + _SAMPLE_QUERIES.get(route, "")


def body_of(method, route, samples):
    """Return what makes a write succeed; a form of the admin's gets nothing, and shows what it wants."""
    return {
        ("POST", "^interactions$"): {"eventId": samples["pk"], "action": "VIEW"},
        ("POST", "^interactions/batch$"): {"interactions": [{"eventId": samples["pk"], "action": "VIEW"}]},
        ("POST", "^mutes$"): {"category": "music"},
        ("POST", "hide"): {"category": "music"},
        ("POST", "^tokens$"): {"username": "ana", "password": "demo"},
        ("POST", "^events$"): {"title": "Jazz", "type": "EVENT", "status": "OPEN", "startAt": _START},
        ("PATCH", "^events/(?P<pk>[0-9]{1,19})$"): {"title": "Jazz"},
        ("PATCH", "^users/me$"): {"displayName": "Ana"},
        ("DELETE", "^users/me$"): {"password": "demo"},
        ("POST", "password-reset"): {"email": "nobody@example.org"},
        ("POST", "sign-up"): {"email": "nobody@example.org", "password1": "correct horse"},
        ("POST", "sign-in"): {"username": "ana", "password": "demo"},
    }.get((method, route), {"post": "yes"} if route.endswith("delete/") else {})


def ask(client, method, route, samples, *, csrf="a" * 32):
    """Return the answer's status, LOGIN for one that leads to the sign-in page; undo what was done."""
    if method == "GET":
        sent = {}
    else:
        as_form = route.lstrip("^").startswith(
            ("admin/", "password-", "sign-", "confirm-email", "email-change", "hide")
        )
        sent = {"data": body_of(method, route, samples), "format": "multipart" if as_form else "json"}
    client.cookies["csrftoken"] = csrf
    kept = client.cookies["sessionid"].value if "sessionid" in client.cookies else ""
    with transaction.atomic():
        answer = getattr(client, method.lower())(address_of(route, samples), headers={"X-CSRFToken": csrf}, **sent)
        if answer.streaming:
            # Read to its end, which closes it.
            answer.getvalue()
        transaction.set_rollback(True)
    if kept:
        client.cookies["sessionid"] = kept
    led = answer.status_code == 302 and answer["Location"].startswith(("/admin/login/", "/sign-in"))
    return LOGIN if led else answer.status_code


def test_every_route_has_a_row_and_every_row_a_route():
    assert (sorted(routed() - set(ROWS)), sorted(set(ROWS) - routed())) == ([], [])


def test_every_sample_leads_to_its_route(samples):
    reached = {route: resolve(address_of(route, samples).partition("?")[0]).route for _, route in ROWS}

    assert {route: result for route, result in reached.items() if result != route.replace("/^", "/")} == {}


@pytest.mark.parametrize("public_browsing", [False, True])
def test_every_caller_is_answered_as_the_table_says(clients, samples, settings, public_browsing):
    settings.PUBLIC_BROWSING = public_browsing
    wrong = []
    for row in sorted(ROWS):
        cells = expected(row, public_browsing=public_browsing)
        for caller, column in CALLERS.items():
            wanted = 200 if (caller, row) == ("scraper", ("GET", "metrics")) else cells[column]
            answered = ask(clients[caller], *row, samples)
            if answered != wanted:
                wrong.append(f"{row[0]:6} {row[1]:60} {caller:20} expected {wanted}, got {answered}")

    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("caller", ["ana's session", "staff's session", "permitted's session"])
def test_writes_by_session_need_the_csrf_token(clients, samples, caller):
    writes = [
        row for row in sorted(ROWS) if row[0] != "GET" and expected(row)["nobody"] != expected(row)["permitted session"]
    ]

    answered = {row: ask(clients[caller], *row, samples, csrf="") for row in writes}

    assert {row: status for row, status in answered.items() if status != 403} == {}
    assert len(answered) > 40


def test_methods_without_a_row_are_not_allowed(clients, samples):
    routes = {route for _, route in ROWS if not route.startswith("admin/") and route}
    missing = [(method, route) for route in sorted(routes) for method in METHODS if (method, route) not in ROWS]

    answered = {row: ask(clients["permitted"], *row, samples) for row in missing}

    assert {row: status for row, status in answered.items() if status != 405} == {}
    assert len(answered) > 40


def test_nobody_reaches_what_others_did(clients, people, samples):
    ana, ben, permitted = (clients[name] for name in ("ana", "ben", "permitted"))
    event, key = samples["pk"], {"Idempotency-Key": "same"}
    own = ana.post("/interactions", {"eventId": event, "action": "VIEW"}, headers=key).json()
    cursor = ana.get("/interactions?limit=1").json()["next"]

    assert [row["id"] for row in ana.get("/interactions").json()["results"]] == [
        own["id"],
        samples["interactions/interaction"],
    ]
    assert [client.get("/interactions").json()["results"] for client in (ben, permitted)] == [[], []]
    assert (ben.get(cursor).status_code, ana.get(cursor).status_code) == (400, 200)
    assert ben.delete(f"/interactions/saves/{event}").status_code == 204
    assert Interaction.objects.of(people["ana"]).count() == 2
    assert ben.post("/interactions", {"eventId": event, "action": "VIEW"}, headers=key).json()["id"] != own["id"]
    assert [client.get("/users/me").json()["username"] for client in (ana, ben, permitted)] == [
        "ana",
        "ben",
        "permitted",
    ]


def test_nobody_revokes_the_token_of_another(clients, people):
    ana, ben = clients["ana"], clients["ben"]
    theirs = AuthToken.objects.get(user=people["ana"])

    answers = [ben.delete(f"/tokens/{which}").status_code for which in (theirs.token_key, theirs.digest, "current")]

    assert answers == [404, 404, 204]
    assert (ana.get("/users/me").status_code, ben.get("/users/me").status_code) == (200, 401)

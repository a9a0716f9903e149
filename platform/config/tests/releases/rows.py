"""A database with rows in every table, made as people make them: commands, requests and the admin's log."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import override_settings
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.test import APIClient

from events.models import Event, Organiser
from interactions.models import Interaction, Mute
from recommendations.demo.loading import load_demo
from recommendations.training.pipeline import train
from users.models import CalendarToken, User
from users.sessions import SessionStore

MADE_AT = datetime(2026, 5, 6, 16, 20, tzinfo=UTC)
# Tables that the project does not use: the links of mails are signed, and sessions are in users_session.
LEFT_EMPTY = ("account_emailconfirmation", "django_session")

# What the people of the dump hold. Good until 2100, under the default SECRET_KEY.
SESSION_KEYS = {"ana": "a" * 32, "staff": "b" * 32, "maria": "c" * 32}
TOKEN_OF_ANA = "d" * 64
CALENDAR_TOKEN_OF_ANA = "e" * 64
PASSWORDS = {"ana": "demo", "staff": "demo", "maria": "correct horse", "omar": "battery staple", "gone": "never again"}
IDEMPOTENCY_KEY = "made-by-a-phone"
_FOR_EVER = datetime(2100, 1, 1, tzinfo=UTC)
_CALENDAR = Path(__file__).resolve().parents[4] / "events" / "tests" / "importing" / "calendars" / "meetup.ics"
_EMBEDDED = 25


def fill() -> None:
    """Fill an empty database with the demo town, people beside it, and everything else that there is."""
    with time_machine.travel(MADE_AT, tick=True):
        load_demo(MADE_AT)
        call_command("import_events", str(_CALENDAR), since=datetime(2020, 1, 1).date(), until=_FOR_EVER.date())
        _people()
        _events_and_interactions()
        _keys()
        _staffs_work()
        call_command("embed", limit=_EMBEDDED)
        train(MADE_AT, seed=1, activate="always", say=lambda text: None)
        _requests()


def _people() -> None:
    """Make people of every kind beside those of the demo, who have addresses at example.org."""
    User.objects.create_user(
        "maria", "Maria@Mail.test", PASSWORDS["maria"], display_name="Maria Łąck", interests=["music", "food"],
        latitude=48.3, longitude=14.29, first_name="Maria", last_name="Łąck", last_login=MADE_AT,
    )  # fmt: skip
    EmailAddress.objects.create(
        user=User.objects.get(username="maria"), email="maria@mail.test", verified=True, primary=True
    )
    User.objects.create_user("omar", "", PASSWORDS["omar"], personal_ranking=False)
    User.objects.create_user("gone", "gone@mail.test", PASSWORDS["gone"], is_active=False)
    # Not the demo's: the name is another, or the address is.
    User.objects.create_user("Ana", "ana@mail.test", "demo")
    User.objects.create_user("robin", "robin@example.org", PASSWORDS["maria"], is_staff=True)
    User.objects.create_superuser("chief", "chief@mail.test", PASSWORDS["maria"])
    clerks = Group.objects.create(name="Clerks")
    clerks.permissions.set(Permission.objects.filter(content_type__app_label="events"))
    robin = User.objects.get(username="robin")
    robin.groups.add(clerks)
    robin.user_permissions.set(Permission.objects.filter(codename="view_user"))


def _events_and_interactions() -> None:
    maria, club = User.objects.get(username="maria"), Organiser.objects.create(name="Jazz Club", external_id="g1")
    ahead = MADE_AT + timedelta(days=5)
    loaded = Event.objects.create(
        title="Late session", description="d" * 20_000, category="music", tags=["late", "live"], organiser=club,
        start_at=ahead, end_at=ahead + timedelta(hours=3), external_id="e1", url="https://jazz.test/late?x=1#y",
        created_at=MADE_AT - timedelta(days=9),
    )  # fmt: skip
    bare = Event.objects.create(title="Bare", start_at=ahead, type="GIG")
    Event.objects.create(title="First of all", start_at=datetime(1, 1, 3, tzinfo=UTC), status="COMPLETED")
    Event.objects.create(title="Last of all", start_at=datetime(9999, 12, 28, tzinfo=UTC))
    Interaction.objects.bulk_create(
        # Repeats are allowed in the table, and each counts.
        Interaction(user=maria, event=event, action=action, created_at=MADE_AT - timedelta(minutes=minutes))
        for event in (loaded, bare)
        for action in Interaction.Action.values
        for minutes in (10, 10, 5)
        if (event, action) != (loaded, "DISMISS")
    )
    Mute.objects.bulk_create([Mute(user=maria, organiser=club), Mute(user=maria, category="sports")])


def _keys() -> None:
    """Sign people in: with a session, a token and a calendar's address, each known here."""
    for username, key in SESSION_KEYS.items():
        user = User.objects.get(username=username)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.set_expiry(_FOR_EVER)
        # As create() sets it: a store that is asked for a key that is not there yet takes another.
        session._session_key = key
        session.save(must_create=True)
    ana = User.objects.get(username="ana")
    AuthToken.objects.create(ana)
    AuthToken.objects.filter(user=ana).update(
        digest=hash_token(TOKEN_OF_ANA), token_key=TOKEN_OF_ANA[: CONSTANTS.TOKEN_KEY_LENGTH], expiry=_FOR_EVER
    )
    CalendarToken.objects.create(user=ana, digest=hash_token(CALENDAR_TOKEN_OF_ANA), created_at=MADE_AT)


def _staffs_work() -> None:
    LogEntry.objects.create(
        user=User.objects.get(username="staff"), content_type=ContentType.objects.get_for_model(User), action_flag=CHANGE,
        object_id=str(User.objects.get(username="maria").pk), object_repr="maria", change_message="[]",
    )  # fmt: skip


def _requests() -> None:
    """Leave what requests leave: a ranked list in the cache, an idempotency key, an allowance partly used."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {TOKEN_OF_ANA}")
    save = {"eventId": Event.objects.get(title="Late session").pk, "action": "SAVE"}
    # DEBUG, because the demo's accounts are let in nowhere else.
    with override_settings(ALLOWED_HOSTS=["testserver"], DEBUG=True):
        answers = [
            client.get("/recommendations?ranker=hybrid"),
            client.post("/interactions", save, headers={"Idempotency-Key": IDEMPOTENCY_KEY}),
            client.post("/tokens", {"username": "maria", "password": "wrong"}),
        ]
    assert [answer.status_code for answer in answers] == [200, 201, 401]

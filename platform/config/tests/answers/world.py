"""The world that the cases ask: the demo data, its people with ways in, and events by what they are examples of."""

from collections.abc import Iterator
from contextlib import contextmanager

import time_machine
from django.contrib.auth.tokens import default_token_generator
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils.encoding import force_bytes
from django.utils.http import int_to_base36, urlsafe_base64_encode
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.test import APIClient

from config.tests.answers.asking import World
from events.models import Event
from recommendations.demo.loading import load_demo
from recommendations.hybrid.serve import model_of
from recommendations.tests.demo_rows import NOW
from recommendations.training.pipeline import train
from users.models import CalendarToken, User
from users.throttles import METER

_CSRF = "c" * 32
_CALENDAR_TOKEN = "e" * 64


@contextmanager
def demo_world() -> Iterator[World]:
    """Give the demo data at a moment at which the clock stands, with vectors and a trained model; undo it afterwards."""
    settings = {
        # With it off, the accounts of the demo data cannot sign in.
        "DEBUG": True,
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
        "REQUESTS_PER_MINUTE": 0,
        "ANONYMOUS_REQUESTS_PER_MINUTE": 0,
        "TRAINING_THREADS": 1,
        # As in production; cases of visitors turn it on.
        "PUBLIC_BROWSING": False,
    }
    with transaction.atomic(), override_settings(**settings):
        with time_machine.travel(NOW, tick=False):
            _restart_ids()
            load_demo(NOW)
            call_command("embed")
            train(NOW, seed=1, activate="always", say=lambda text: None)
            model_of.cache_clear()
            METER.clear()
            yield _world()
        transaction.set_rollback(True)
    model_of.cache_clear()
    METER.clear()


def _restart_ids() -> None:
    """Let every id begin at 1, so that rows have the same ones each time; taken back with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'")
        for (sequence,) in cursor.fetchall():
            cursor.execute(f"ALTER SEQUENCE {sequence} RESTART")


def _world() -> World:
    people = {name: User.objects.get(username=username) for name, username in {
        "ana": "ana", "chidi": "chidi.adeyemi", "plain": "jess.vickery", "staff": "staff",
    }.items()}  # fmt: skip
    User.objects.filter(pk=people["plain"].pk).update(personal_ranking=False)
    ana = people["ana"]
    CalendarToken.objects.create(user=ana, digest=hash_token(_CALENDAR_TOKEN), created_at=NOW)
    events = {
        "saved": Event.objects.get(title="Fado Night at Casa Lusa", start_at__gt=NOW),
        "dismissed": Event.objects.get(title="Oysters and Stout", start_at__gt=NOW),
        "gig": Event.objects.get(title="Saxophonist wanted for a Friday residency"),
        "past": Event.objects.filter(status="COMPLETED").earliest("pk"),
        "cancelled": Event.objects.filter(status="CANCELLED").earliest("pk"),
        "online": Event.objects.filter(location_name="Online").earliest("pk"),
        "last": Event.objects.filter(status="OPEN").latest("start_at", "pk"),
    }
    values = {name: event.pk for name, event in events.items()} | {
        "organiser": events["saved"].organiser_id,
        "calendar_token": _CALENDAR_TOKEN,
        "uid36": int_to_base36(ana.pk),
        "uid": urlsafe_base64_encode(force_bytes(ana.pk)),
        "reset_token": default_token_generator.make_token(ana),
    }
    clients = {name: lambda user=user: _by_token(user) for name, user in people.items()} | {
        "nobody": lambda: _client(csrf=True),
        "nobody without CSRF": lambda: _client(csrf=False),
        "ana by session": lambda: _by_session(ana, csrf=True),
        "ana by session without CSRF": lambda: _by_session(ana, csrf=False),
        "staff by session": lambda: _by_session(people["staff"], csrf=True),
    }
    return World(clients, values)


def _client(*, csrf: bool) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    if csrf:
        client.cookies["csrftoken"] = _CSRF
        client.credentials(HTTP_X_CSRFTOKEN=_CSRF)
    return client


def _by_token(user: User) -> APIClient:
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {AuthToken.objects.create(user)[1]}")
    return client


def _by_session(user: User, *, csrf: bool) -> APIClient:
    client = _client(csrf=csrf)
    client.force_login(user)
    return client

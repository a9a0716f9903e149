"""Tests of the session store, and of the migration that hashes the keys of 0.1."""

import importlib
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.apps import apps
from django.db import connection
from django.test import Client

from users.models import Session
from users.sessions import SessionStore, digest_of
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

hashed_session_keys = importlib.import_module("users.migrations.0007_hashed_session_keys")


def signed_in_browser():
    browser = Client()
    browser.force_login(UserFactory())
    return browser


def is_signed_in(browser):
    return browser.get("/users/me").status_code == 200


def test_the_table_holds_no_key():
    browser = signed_in_browser()

    row = Session.objects.get()
    assert row.session_key == digest_of(browser.cookies["sessionid"].value)
    assert is_signed_in(browser)


def test_nobody_signs_in_with_what_the_table_holds():
    signed_in_browser()
    thief = Client()
    thief.cookies["sessionid"] = Session.objects.get().session_key

    assert not is_signed_in(thief)


def test_sign_in_takes_another_key_and_sign_out_ends_it():
    store = SessionStore()
    store["cart"] = 1
    store.save()
    before = store.session_key

    store.cycle_key()

    assert store.session_key != before
    assert [SessionStore().exists(key) for key in (before, store.session_key)] == [False, True]
    assert SessionStore(store.session_key)["cart"] == 1
    store.flush()
    assert Session.objects.count() == 0


def test_expired_session_is_unknown_and_is_cleared():
    store = SessionStore()
    store.set_expiry(timedelta(seconds=-1))
    store.create()
    expired, other = SessionStore(store.session_key), SessionStore()
    other.create()

    assert (expired.load(), expired.session_key) == ({}, None)
    SessionStore.clear_expired()
    assert Session.objects.get().session_key == digest_of(other.session_key)


def test_a_session_can_be_deleted_by_its_key():
    kept, ended = SessionStore(), SessionStore()
    kept.create()
    ended.create()

    kept.delete(ended.session_key)
    SessionStore().delete()

    assert Session.objects.get().session_key == digest_of(kept.session_key)


def test_the_same_without_blocking():
    async def live():
        store = SessionStore()
        await store.aset("cart", 1)
        await store.asave()
        again = SessionStore(store.session_key)
        read = await again.aget("cart"), await store.aexists(store.session_key)
        await again.aflush()
        return store.session_key, read, await store.aexists(store.session_key), await SessionStore("x" * 32).aload()

    key, *rest = async_to_sync(live)()

    assert (len(key), rest) == (32, [(1, True), False, {}])


def test_who_was_signed_in_before_the_migration_stays_so(monkeypatch):
    monkeypatch.setattr(hashed_session_keys, "_BATCH", 2)
    browsers = [signed_in_browser() for _ in range(5)]
    _as_in_0_1(browsers)

    for _ in range(2):  # A second time changes nothing: it may be interrupted.
        with connection.schema_editor() as editor:
            hashed_session_keys.hash_keys(apps, editor)

    assert [is_signed_in(browser) for browser in browsers] == [True] * 5


def test_the_migration_backwards_ends_all_sessions():
    browsers = [signed_in_browser() for _ in range(3)]

    with connection.schema_editor() as editor:
        hashed_session_keys.end_sessions(apps, editor)

    assert Session.objects.count() == 0
    assert not any(is_signed_in(browser) for browser in browsers)


def _as_in_0_1(browsers):
    """Store the keys themselves, as 0.1 did."""
    for browser in browsers:
        key = browser.cookies["sessionid"].value
        Session.objects.filter(session_key=digest_of(key)).update(session_key=key)

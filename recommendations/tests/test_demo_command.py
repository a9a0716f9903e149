"""Tests of demo data beside other data, and of the command."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from events.models import Event, Organiser
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.tests.factories import InteractionFactory
from recommendations.demo.loading import (
    DEMO_USER,
    DemoNameTaken,
    MomentTooFar,
    load_demo,
)
from recommendations.demo.people import inhabitants
from recommendations.demo.programme import programme
from recommendations.demo.town import wrenmouth
from recommendations.tests.demo_rows import LOADED, NOW, WEEK, all_rows, rows_of
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_other_data_stays_as_it_is():
    EventFactory(organiser=OrganiserFactory())
    InteractionFactory()
    UserFactory(username="Ana", email="someone@example.org")
    before = all_rows()

    report = load_demo(NOW)

    assert report == LOADED
    after = all_rows()
    kept = {name: [row for row in after[name] if row in rows] for name, rows in before.items()}
    assert kept == before


@pytest.mark.parametrize(
    ("taken", "shown"),
    [
        ({"username": "ana"}, '"ana" (no e-mail)'),
        ({"username": "ana", "email": "ana@marquee.test"}, '"ana" (ana@marquee.test)'),
        ({"username": "somebody", "email": "STAFF@Example.ORG"}, '"somebody" (STAFF@example.org)'),
    ],
)
def test_a_name_or_address_that_is_taken_is_reported_and_nothing_is_loaded(taken, shown):
    UserFactory(**taken)
    before = all_rows()

    with pytest.raises(DemoNameTaken) as raised:
        load_demo(NOW)

    assert str(raised.value) == (
        f"The user {shown} has the name or address of a demo user. "
        "Rename that user or load the demo data into another database."
    )
    assert all_rows() == before


def test_demo_people_and_organisers_that_are_left_are_used_again():
    load_demo(NOW)
    User.objects.filter(username=DEMO_USER).update(display_name="Ana F.")
    users, organisers = rows_of(User), rows_of(Organiser)
    Event.objects.all().delete()

    report = load_demo(NOW)

    assert report == LOADED
    assert rows_of(User) == users
    assert rows_of(Organiser) == organisers


@pytest.mark.parametrize("year", [1, 1899, 9001, 9999])
def test_moment_too_far_is_refused(year):
    with pytest.raises(MomentTooFar, match=f"in the years 1900 to 9000; {year:04}-12-31"):
        load_demo(datetime(year, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize("year", [1900, 9000])
def test_moment_at_the_bounds_works(year):
    assert load_demo(datetime(year, 12, 31, tzinfo=UTC)) == LOADED


def test_every_venue_and_organiser_is_used():
    town, planned = wrenmouth(), programme()

    assert {event.venue for event in planned} == set(town.venues)
    assert {event.organiser for event in planned} == {*town.organisers, None}


def test_ids_are_unique_and_fit():
    planned, people = programme(), inhabitants(wrenmouth())

    assert len({event.external_id for event in planned}) == len(planned)
    assert len({person.username for person in people}) == len(people)
    assert all(person.username.isascii() and person.username.islower() for person in people)


def test_command_says_what_it_did(settings, capsys):
    settings.DEBUG = True

    call_command("load_demo", now="2026-05-06T16:20")
    call_command("load_demo", now="2026-05-07")
    call_command("load_demo", now="2026-09-01")

    assert capsys.readouterr().out == (
        "Demo data loaded: 611 events and gigs by 47 organisers, 302 people, 12,028 interactions.\n"
        "Sign in as ana or staff (superuser), password demo.\n"
        "Demo data already there: nothing changed.\n"
        "Demo data re-dated: 611 events moved by whole weeks to lie ahead again.\n"
    )


def test_command_dates_around_the_present(settings):
    settings.DEBUG = True
    before = timezone.now()

    call_command("load_demo", verbosity=0)

    first = Event.objects.filter(status="OPEN").order_by("start_at", "pk")[0]
    assert before < first.start_at < before + WEEK


def test_command_refuses_with_debug_off():
    with pytest.raises(CommandError) as raised:
        call_command("load_demo")

    assert str(raised.value) == (
        "DEBUG is off, so this may be production, and the demo data has users (one of them a superuser) "
        "with a known password. Give --force to load it all the same."
    )
    assert User.objects.count() == 0


def test_command_loads_with_debug_off_when_forced():
    call_command("load_demo", force=True)

    assert Event.objects.count() == LOADED.events


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (
            "soon",
            '"soon" is not a time. Write 2026-05-17, 2026-05-17T19:00 or 2026-05-17T19:00+02:00.',
        ),
        (
            "9999-12-31",
            "Demo data is dated around moments in the years 1900 to 9000; 9999-12-31T00:00:00+00:00 is not.",
        ),
    ],
)
def test_command_tells_a_bad_moment(settings, now, message):
    settings.DEBUG = True

    with pytest.raises(CommandError) as raised:
        call_command("load_demo", now=now)

    assert str(raised.value) == message


def test_command_tells_a_taken_name(settings):
    settings.DEBUG = True
    UserFactory(username="ana")

    with pytest.raises(CommandError) as raised:
        call_command("load_demo")

    assert str(raised.value) == (
        'The user "ana" (no e-mail) has the name or address of a demo user. '
        "Rename that user or load the demo data into another database."
    )

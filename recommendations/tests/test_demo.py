"""This file holds the tests of the demo data."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Model, Q
from django.utils import timezone

from events.categories import Category
from events.models import Event, Organiser
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction, Tally
from interactions.tests.factories import InteractionFactory
from recommendations.demo.calendar import in_week
from recommendations.demo.loading import (
    DEMO_PASSWORD,
    DEMO_USER,
    STAFF_USER,
    DemoNameTaken,
    DemoReport,
    MomentTooFar,
    load_demo,
)
from recommendations.demo.people import inhabitants
from recommendations.demo.programme import clash, programme
from recommendations.demo.town import wrenmouth
from users.models import User
from users.tests.factories import UserFactory

NOW = datetime(2026, 5, 6, 16, 20, 5, 123456, tzinfo=UTC)
LATER = NOW + timedelta(days=92, hours=5)
WEEK = timedelta(weeks=1)
LOADED = DemoReport(organisers=47, users=302, events=349, interactions=9964)

pytestmark = pytest.mark.django_db


def rows_of(model: type[Model]) -> list[dict[str, object]]:
    return list(model._default_manager.order_by("pk").values())


def all_rows() -> dict[str, list[dict[str, object]]]:
    return {model.__name__: rows_of(model) for model in (User, Organiser, Event, Interaction, Tally)}


def rows_without_ids() -> dict[str, list[tuple[object, ...]]]:
    """Every demo row by what it says: ids and salted hashes left out, references by name."""
    user_fields = "username email first_name last_name display_name interests latitude longitude date_joined is_staff"
    event_fields = (
        "external_id title description type status category tags organiser__external_id location_name latitude "
        "longitude url start_at end_at created_at tally__interaction_count"
    )
    return {
        "users": list(User.objects.order_by("username").values_list(*user_fields.split(), "is_superuser", "is_active")),
        "organisers": list(Organiser.objects.order_by("external_id").values_list("external_id", "name")),
        "events": list(Event.objects.order_by("external_id").values_list(*event_fields.split())),
        # Ids rise with time, so their order is part of what was loaded.
        "interactions": list(
            Interaction.objects.order_by("id").values_list(
                "user__username", "event__external_id", "action", "created_at"
            )
        ),
    }


def empty() -> None:
    User.objects.all().delete()
    Event.objects.all().delete()
    Organiser.objects.all().delete()


# --- What is loaded ---


def test_first_run_loads_everything_and_says_so():
    report = load_demo(NOW)

    counted = DemoReport(
        organisers=Organiser.objects.count(),
        users=User.objects.count(),
        events=Event.objects.count(),
        interactions=Interaction.objects.count(),
    )
    assert report == LOADED
    assert counted == LOADED


def test_load_asks_few_queries(django_assert_num_queries):
    # Two of the savepoint; is a demo event there; users in the way, 302 users; organisers there, 47 organisers;
    # 349 events; 5 batches of interactions, in a savepoint of their own.
    with django_assert_num_queries(20):
        load_demo(NOW)


def test_events_and_gigs_are_of_every_kind():
    load_demo(NOW)

    assert Counter(Event.objects.values_list("type", "status")) == {
        ("EVENT", "OPEN"): 262,
        ("EVENT", "COMPLETED"): 15,
        ("EVENT", "CANCELLED"): 5,
        ("EVENT", "IN_PROGRESS"): 2,
        ("GIG", "OPEN"): 65,
    }
    by_category = Counter(Event.objects.values_list("category", flat=True))
    assert set(by_category) == {*Category.values, None}
    assert min(by_category.values()) == 15
    assert set(Interaction.objects.values_list("action", flat=True)) == set(Interaction.Action.values)


@pytest.mark.parametrize("hours", range(0, 7 * 24, 7))
def test_events_lie_in_the_weeks_that_their_status_says(hours):
    now = NOW + timedelta(hours=hours)

    weeks = {}
    for event in programme():
        week, _ = divmod(event.start_at(now) - now - timedelta(microseconds=1), WEEK)
        assert week == event.week
        weeks.setdefault(event.status.value, set()).add(week)

    assert weeks == {
        "OPEN": {0, 1, 2, 3, 4, 5},
        "CANCELLED": weeks["CANCELLED"],
        "IN_PROGRESS": {-1},
        "COMPLETED": {-2, -3, -4},
    }
    assert weeks["CANCELLED"] <= {0, 1, 2, 3, 4, 5}


def test_completed_events_are_over_and_those_in_progress_are_not():
    load_demo(NOW)

    over = set(Event.objects.over_by(NOW).values_list("pk", flat=True))
    begun = set(Event.objects.filter(start_at__lte=NOW).values_list("pk", flat=True))
    in_progress = set(Event.objects.filter(status="IN_PROGRESS").values_list("pk", flat=True))
    assert over == set(Event.objects.filter(status="COMPLETED").values_list("pk", flat=True))
    assert begun - over == in_progress
    assert len(in_progress) == 2


def test_demo_rows_are_recognisable():
    load_demo(NOW)

    assert Event.objects.exclude(external_id__startswith="demo-").count() == 0
    assert Organiser.objects.exclude(external_id__startswith="demo-").count() == 0
    assert [user.email for user in User.objects.order_by("pk")] == [
        f"{user.username}@example.org" for user in User.objects.order_by("pk")
    ]


def test_only_weekly_series_repeat_a_title_and_never_in_one_week():
    planned = programme()

    titles = Counter(event.title for event in planned)
    assert {title: times for title, times in titles.items() if times > 1} == {
        "CV Clinic at the Library": 4,
        "Life Drawing at the Sail Loft": 5,
        "Saturday 5k on the Sea Wall": 6,
        "Sunrise Yoga on the Slipway": 6,
        "Tuesday Pub Quiz at The Anchor": 6,
        "Wednesday Market in the Square": 5,
    }
    assert max(Counter((event.title, event.week) for event in planned).values()) == 1
    texts = Counter(event.description for event in planned)
    assert {text for text, times in texts.items() if times > 1} == {
        event.description for event in planned if titles[event.title] > 1
    }


def test_no_room_is_booked_twice():
    planned = programme()

    booked_twice = [
        (one.title, other.title) for place, one in enumerate(planned) for other in planned[:place] if clash(one, other)
    ]

    assert booked_twice == []


def test_gigs_that_help_with_an_event_are_in_its_week():
    planned = programme()

    week = {event.title: event.week for event in planned}
    helping = [event for event in planned if event.alongside]
    assert len(helping) == 23
    assert [event.week for event in helping] == [week[event.alongside] for event in helping]


def test_people_and_popularity_are_uneven():
    load_demo(NOW)

    interests = Counter(len(user.interests) for user in User.objects.all())
    assert sorted(interests) == [0, 1, 2, 3, 4]
    counts = sorted(Tally.objects.values_list("interaction_count", flat=True), reverse=True)
    top_tenth = sum(counts[: len(counts) // 10]) / sum(counts)
    assert 0.25 < top_tenth < 0.5
    with_dismissals = Interaction.objects.dismissals().count() / LOADED.interactions
    assert 0.02 < with_dismissals < 0.08


def test_people_follow_their_interests():
    load_demo(NOW)

    looks = Interaction.objects.filter(action="VIEW").exclude(event__category=None)
    matching = looks.filter(user__interests__contains=[F("event__category")]).count()
    # By chance it would be some 2 categories in 16.
    assert matching / looks.count() > 0.3


def test_nothing_happens_after_now_or_before_the_event_was_there_or_after_it_began():
    load_demo(NOW)

    impossible = Interaction.objects.filter(
        Q(created_at__gt=NOW)
        | Q(created_at__lt=F("event__created_at"))
        | Q(created_at__gt=F("event__start_at"))
        | Q(created_at__lt=F("user__date_joined"))
    )
    assert impossible.count() == 0
    assert Event.objects.filter(Q(created_at__gte=NOW) | Q(created_at__gte=F("start_at"))).count() == 0


def test_nobody_does_anything_with_an_event_after_dismissing_it():
    load_demo(NOW)

    last_words: dict[tuple[int, int], str] = {}
    spoken_after = []
    for user, event, action in Interaction.objects.order_by("created_at", "id").values_list("user", "event", "action"):
        if last_words.get((user, event)) == "DISMISS":
            spoken_after.append((user, event))
        last_words[user, event] = action
    assert spoken_after == []


def test_kept_counts_equal_the_number_of_interactions():
    load_demo(NOW)

    kept = dict(Tally.objects.values_list("event_id", "interaction_count"))
    assert kept == dict(Event.objects.annotate(number=Count("interactions")).values_list("pk", "number"))


def test_every_row_keeps_the_rules_of_its_form_too():
    load_demo(NOW)

    # What the database does not know: the lengths of tags, the form of addresses, the choices of categories.
    for event in Event.objects.all():
        event.clean_fields(exclude=["organiser"])
    assert {interest for user in User.objects.all() for interest in user.interests} <= set(Category.values)


# --- Who signs in ---


def test_ana_signs_in_and_has_a_past():
    load_demo(NOW)

    ana = User.objects.get(username=DEMO_USER)
    done = Counter(Interaction.objects.of(ana).values_list("action", flat=True))
    assert (ana.display_name, ana.email, ana.interests) == (
        "Ana Ferreira",
        "ana@example.org",
        ["music", "food", "tech"],
    )
    assert (ana.latitude, ana.longitude) == (50.7136, -3.0021)
    assert ana.check_password(DEMO_PASSWORD)
    assert (ana.is_staff, ana.is_superuser) == (False, False)
    assert done == {"VIEW": 8, "CLICK": 3, "SAVE": 3, "APPLY": 1, "DISMISS": 3}


def test_what_ana_dismissed_is_ahead_and_in_her_interests():
    load_demo(NOW)

    dismissed = Event.objects.filter(interactions__in=Interaction.objects.dismissals().filter(user__username="ana"))
    assert sorted(dismissed.bookable().starting_after(NOW).values_list("title", "category")) == [
        ("Friday Late at the Ropeworks: Ghost Ferry", "music"),
        ("Natural Wine for the Sceptical", "food"),
        ("Oysters and Stout", "food"),
    ]


def test_only_ana_and_staff_can_sign_in():
    load_demo(NOW)

    users = list(User.objects.order_by("username"))
    staff = next(user for user in users if user.username == STAFF_USER)
    assert [user.username for user in users if user.has_usable_password()] == [DEMO_USER, STAFF_USER]
    assert [user.username for user in users if user.is_staff or user.is_superuser] == [STAFF_USER]
    assert staff.check_password(DEMO_PASSWORD)
    assert staff.email == "staff@example.org"


# --- The same again ---


def test_the_same_moment_gives_the_same_rows():
    load_demo(NOW)
    once = rows_without_ids()
    empty()

    load_demo(NOW)

    assert rows_without_ids() == once


def test_the_same_moment_in_another_zone_gives_the_same_rows():
    load_demo(NOW)
    once = rows_without_ids()
    empty()

    load_demo(NOW.astimezone(timezone.get_fixed_timezone(-11 * 60)))

    assert rows_without_ids() == once


@pytest.mark.parametrize("pause", [timedelta(0), timedelta(days=1), timedelta(weeks=5)])
def test_second_run_while_events_are_ahead_changes_nothing(pause):
    load_demo(NOW)
    before = all_rows()

    report = load_demo(NOW + pause)

    assert report == DemoReport()
    assert all_rows() == before


def test_second_run_brings_back_nothing_that_was_deleted():
    load_demo(NOW)
    User.objects.filter(username=DEMO_USER).delete()
    Event.objects.filter(type="GIG").delete()
    before = all_rows()

    report = load_demo(NOW)

    assert report == DemoReport()
    assert all_rows() == before


# --- Re-dating ---


def test_events_are_redated_only_when_the_last_has_begun():
    load_demo(NOW)
    last_start = Event.objects.order_by("-start_at", "pk")[0].start_at

    just_before = load_demo(last_start - timedelta(microseconds=1))
    at_its_start = load_demo(last_start)

    assert just_before == DemoReport()
    assert at_its_start == DemoReport(redated=349)


def test_redated_events_are_those_of_a_fresh_load():
    load_demo(LATER)
    fresh = {event.external_id: (event.status, event.start_at, event.end_at) for event in Event.objects.all()}
    empty()
    load_demo(NOW)
    Event.objects.bookable().update(status="COMPLETED")

    report = load_demo(LATER)

    redated = {event.external_id: (event.status, event.start_at, event.end_at) for event in Event.objects.all()}
    assert report == DemoReport(redated=349)
    assert redated == fresh


def test_redating_keeps_weekday_hour_and_length():
    load_demo(NOW)
    before = {event.pk: event for event in Event.objects.all()}

    load_demo(LATER)

    for event in Event.objects.all():
        was = before[event.pk]
        assert (event.start_at - was.start_at) % WEEK == timedelta(0)
        assert event.start_at - was.start_at >= 12 * WEEK
        assert (event.end_at and event.end_at - event.start_at) == (was.end_at and was.end_at - was.start_at)


def test_redating_touches_start_end_and_status_of_demo_events_only():
    other = EventFactory(start_at=NOW + WEEK, external_id="demo-like-but-not")
    InteractionFactory(event=other)
    load_demo(NOW)
    before = all_rows()

    load_demo(LATER)

    after = all_rows()
    assert {name: after[name] for name in ("User", "Organiser", "Interaction")} == {
        name: before[name] for name in ("User", "Organiser", "Interaction")
    }
    moved = {"start_at": None, "end_at": None, "status": None}
    assert [row | moved for row in after["Event"]] == [row | moved for row in before["Event"]]
    assert [row for row in after["Event"] if row["id"] == other.pk] == [
        row for row in before["Event"] if row["id"] == other.pk
    ]
    assert [(row["event_id"], row["interaction_count"]) for row in after["Tally"]] == [
        (row["event_id"], row["interaction_count"]) for row in before["Tally"]
    ]


def test_somebody_elses_upcoming_event_does_not_hinder_redating():
    load_demo(NOW)
    EventFactory(start_at=LATER + WEEK)

    report = load_demo(LATER)

    assert report == DemoReport(redated=349)


def test_redating_keeps_a_start_that_was_edited_to_another_hour_and_a_missing_end():
    load_demo(NOW)
    edited = Event.objects.get(title="Sourdough from Scratch")
    edited_start = edited.start_at + timedelta(days=1, minutes=7)
    Event.objects.filter(pk=edited.pk).update(start_at=edited_start, end_at=None)

    load_demo(LATER)

    edited.refresh_from_db()
    assert edited.start_at > LATER
    assert (edited.start_at - edited_start) % WEEK == timedelta(0)
    assert edited.end_at is None


def test_redating_twice_changes_nothing_more():
    load_demo(NOW)
    load_demo(LATER)
    before = all_rows()

    report = load_demo(LATER + timedelta(hours=1))

    assert report == DemoReport()
    assert all_rows() == before


@pytest.mark.parametrize(
    ("week", "expected"), [(0, "2026-05-12"), (1, "2026-05-19"), (-1, "2026-05-05"), (-2, "2026-04-28")]
)
def test_in_week_is_after_now_and_at_most_a_week_later(week, expected):
    tuesday = datetime(2020, 1, 7, 20, tzinfo=UTC)
    now = datetime(2026, 5, 5, 20, tzinfo=UTC)

    start_at = in_week(tuesday, week, now)

    # Now is itself a Tuesday at eight: strictly after, so this very moment belongs to the week before.
    assert start_at == datetime.fromisoformat(f"{expected}T20:00+00:00")


# --- Beside other data ---


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
def test_a_name_or_address_that_is_taken_is_told_and_nothing_is_loaded(taken, shown):
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
def test_moment_too_far_is_told(year):
    with pytest.raises(MomentTooFar, match=f"in the years 1900 to 9000; {year:04}-12-31"):
        load_demo(datetime(year, 12, 31, tzinfo=UTC))


@pytest.mark.parametrize("year", [1900, 9000])
def test_moment_at_the_bounds_works(year):
    assert load_demo(datetime(year, 12, 31, tzinfo=UTC)) == LOADED


# --- The data itself ---


def test_every_venue_and_organiser_is_used():
    town, planned = wrenmouth(), programme()

    assert {event.venue for event in planned} == set(town.venues)
    assert {event.organiser for event in planned} == {*town.organisers, None}


def test_ids_are_unique_and_fit():
    planned, people = programme(), inhabitants(wrenmouth())

    assert len({event.external_id for event in planned}) == len(planned)
    assert len({person.username for person in people}) == len(people)
    assert all(person.username.isascii() and person.username.islower() for person in people)


# --- The command ---


def test_command_says_what_it_did(settings, capsys):
    settings.DEBUG = True

    call_command("load_demo", now="2026-05-06T16:20")
    call_command("load_demo", now="2026-05-07")
    call_command("load_demo", now="2026-09-01")

    assert capsys.readouterr().out == (
        "Demo data loaded: 349 events and gigs by 47 organisers, 302 people, 9,964 interactions.\n"
        "Sign in as ana or staff (superuser), password demo.\n"
        "Demo data already there: nothing changed.\n"
        "Demo data re-dated: 349 events moved by whole weeks to lie ahead again.\n"
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

    assert Event.objects.count() == 349


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

"""Tests of the people of the demo data."""

from collections import Counter

import pytest
from django.db.models import Count, F, Q
from django.utils import timezone

from events.categories import Category
from events.models import Event
from interactions.models import Interaction, Tally
from recommendations.demo.loading import (
    DEMO_PASSWORD,
    DEMO_USER,
    STAFF_USER,
    load_demo,
)
from recommendations.tests.demo_rows import LOADED, NOW, empty, rows_without_ids
from users.models import User

pytestmark = pytest.mark.django_db


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


def test_regulars_come_back_to_a_few_organisers():
    load_demo(NOW)

    chosen: dict[str, Counter[str]] = {}
    of_last_season = Interaction.objects.filter(
        action__in=["APPLY", "SAVE"], event__external_id__endswith="-last-season"
    )
    for name, organiser in of_last_season.values_list("user__username", "event__organiser__name"):
        chosen.setdefault(name, Counter())[organiser] += 1
    regulars = {name: organisers for name, organisers in chosen.items() if organisers.total() >= 6}
    with_favourites = [
        sum(number for _, number in organisers.most_common(3)) / organisers.total() for organisers in regulars.values()
    ]
    assert len(regulars) > 60
    assert sum(with_favourites) / len(with_favourites) > 0.85
    assert set(chosen["ana"]) == {"Casa Lusa", "Net Loft Kitchen", "The Ropeworks"}


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
    assert done == {"VIEW": 18, "CLICK": 3, "SAVE": 6, "APPLY": 8, "DISMISS": 3}


def test_what_ana_dismissed_is_ahead_and_in_her_interests():
    load_demo(NOW)

    # Two statements: joined before anything is analysed, they may be planned to take minutes.
    events = Interaction.objects.dismissals().filter(user__username="ana").values_list("event", flat=True)
    dismissed = Event.objects.filter(pk__in=list(events))
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

"""This file holds the tests of the admin: every page opens, its statements do not grow with the rows."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction
from interactions.tests.factories import InteractionFactory
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    client = Client()
    client.force_login(UserFactory(username="staff", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def ana():
    return UserFactory(username="ana", interests=["music"])


LISTS = [
    "/admin/events/event/",
    "/admin/events/organiser/",
    "/admin/users/user/",
    "/admin/interactions/interaction/",
]


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_queries(staff, ana, django_assert_num_queries, rows):
    for _ in range(rows):
        InteractionFactory(event=EventFactory(organiser=OrganiserFactory(), category="food"))
    row = Interaction.objects.order_by("pk").first()
    ContentType.objects.get_for_model(Interaction)  # kept in memory from then on

    for address in LISTS:
        with django_assert_num_queries(5):  # session, user, how many are found, how many there are, the rows
            assert staff.get(address).status_code == 200
    with django_assert_num_queries(5):  # session, user, the interaction, whose it is, of which event
        staff.get(f"/admin/interactions/interaction/{row.pk}/change/")


@pytest.mark.parametrize(
    ("address", "shown", "left_out"),
    [
        ("/admin/events/event/?q=jazz", "Jazz night", "Food fair"),
        ("/admin/events/event/?q=cellar+club", "Jazz night", "Food fair"),
        ("/admin/events/event/?start=upcoming", "Jazz night", "Food fair"),
        ("/admin/events/event/?start=past", "Food fair", "Jazz night"),
        ("/admin/events/event/?category=music", "Jazz night", "Food fair"),
        ("/admin/events/event/?category=-", "Food fair", "Jazz night"),
        ("/admin/events/event/?status__exact=OPEN", "Jazz night", "Food fair"),
        ("/admin/users/user/?interests=some", "ana", "ben"),
        ("/admin/users/user/?interests=none", "ben", "ana"),
        ("/admin/interactions/interaction/?q=jazz", "Jazz night", "Food fair"),
        ("/admin/events/organiser/?q=cellar", "Cellar club", "Allotment society"),
    ],
)
def test_lists_filter_and_search(staff, ana, address, shown, left_out):
    jazz = EventFactory(title="Jazz night", category="music", organiser=OrganiserFactory(name="Cellar club"))
    food = EventFactory(title="Food fair", start_at=timezone.now() - timedelta(days=1), status="COMPLETED")
    OrganiserFactory(name="Allotment society")
    ben = UserFactory(username="ben")
    InteractionFactory(user=ana, event=jazz)
    InteractionFactory(user=ben, event=food)

    page = staff.get(address).content.decode()

    assert (f">{shown}" in page, f">{left_out}" in page) == (True, False)


def test_autocomplete_finds_organisers(staff):
    club = OrganiserFactory(name="Cellar club")

    answer = staff.get("/admin/autocomplete/?app_label=events&model_name=event&field_name=organiser&term=cell")

    assert answer.json() == {"results": [{"id": str(club.pk), "text": str(club)}], "pagination": {"more": False}}


def test_event_is_added_and_changed(staff):
    form = {"title": "Jazz", "type": "EVENT", "status": "OPEN", "category": "music", "tags": "a,b", "start_at_0": "2027-01-01",
            "start_at_1": "19:00", "end_at_0": "2027-01-01", "end_at_1": "18:00"}  # fmt: skip

    refused = staff.post("/admin/events/event/add/", form)
    added = staff.post("/admin/events/event/add/", {**form, "end_at_1": "21:00"})

    event = Event.objects.get()
    assert (refused.status_code, "The end must be after the start." in refused.content.decode()) == (200, True)
    assert (added.status_code, event.title, event.category, event.tags) == (302, "Jazz", "music", ["a", "b"])
    assert staff.get(f"/admin/events/event/{event.pk}/change/").status_code == 200


def test_user_interests_are_chosen_from_the_vocabulary(staff, ana):
    page = staff.get(f"/admin/users/user/{ana.pk}/change/").content.decode()

    assert page.count('name="interests"') == 16
    assert f'/admin/recommendations/feed/{ana.pk}/change/">Feed' in page


def test_user_without_email_is_added_twice(staff):
    for name in ("one", "two"):
        form = {"username": name, "usable_password": "false"}
        assert staff.post("/admin/users/user/add/", form).status_code == 302

    assert User.objects.filter(email="").count() == 3


def test_interactions_are_read_only(staff, ana):
    row = InteractionFactory(user=ana)

    assert staff.get("/admin/interactions/interaction/add/").status_code == 403
    assert staff.post(f"/admin/interactions/interaction/{row.pk}/change/", {"action": "SAVE"}).status_code == 403
    assert staff.post(f"/admin/interactions/interaction/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.get(f"/admin/interactions/interaction/{row.pk}/change/").status_code == 200


def test_user_and_event_are_deleted_with_their_interactions(staff, ana):
    row = InteractionFactory(user=ana)
    InteractionFactory(event=row.event)

    assert staff.post(f"/admin/users/user/{ana.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Interaction.objects.count() == 1
    assert staff.post(f"/admin/events/event/{row.event.pk}/delete/", {"post": "yes"}).status_code == 302
    assert Interaction.objects.count() == 0

"""Tests of the admin: every page opens, its statements do not grow with the rows."""

from datetime import timedelta

import pytest
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from knox.models import AuthToken

from events.models import Event, Organiser
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction
from interactions.tests.factories import InteractionFactory
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


LISTS = [
    "/admin/events/event/",
    "/admin/events/organiser/",
    "/admin/users/user/",
    "/admin/interactions/interaction/",
]


@pytest.mark.parametrize("rows", [10, 1_000])
def test_queries(staff, ana, django_assert_num_queries, django_assert_max_num_queries, rows):
    club = OrganiserFactory(name="Jazz club")
    Event.objects.bulk_create(
        [
            Event(title=f"Jazz {place}", start_at=timezone.now(), organiser=club, category="food")
            for place in range(rows)
        ]
    )
    User.objects.bulk_create([User(username=f"jazz{place}") for place in range(rows)])
    Organiser.objects.bulk_create([Organiser(name=f"Jazz {place}") for place in range(rows)])
    Interaction.objects.bulk_create(
        [Interaction(user=ana, event=event, action="VIEW") for event in Event.objects.all()]
    )
    AuthToken.objects.create(ana)
    Group.objects.create(name="clerks")
    row = Interaction.objects.order_by("pk").first()
    ContentType.objects.get_for_model(Interaction)  # kept in memory from then on

    for address in (*LISTS, "/admin/auth/group/"):
        more = address.startswith("/admin/auth")  # Django's own counts how many there are
        with django_assert_num_queries(4 + more):  # session, user, how many are result, the rows
            assert staff.get(address).status_code == 200
    with django_assert_num_queries(6):  # the same, the organisers that match, the events
        assert staff.get("/admin/events/event/?q=jazz").context["cl"].result_count == rows
    with django_assert_num_queries(5):  # the same, and who is meant
        assert staff.get("/admin/interactions/interaction/?q=ana").context["cl"].result_count == rows
    with django_assert_num_queries(5):  # session, user, the interaction, whose it is, of which event
        staff.get(f"/admin/interactions/interaction/{row.pk}/change/")
    with django_assert_max_num_queries(12):
        staff.get(f"/admin/users/user/{ana.pk}/change/")
    with django_assert_max_num_queries(12):
        staff.get(f"/admin/events/event/{row.event_id}/change/")


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
        ("/admin/events/event/?q=NIG+jaz", "Jazz night", "Food fair"),
        ("/admin/events/event/?q=saxophon", "Jazz night", "Food fair"),
        ("/admin/events/event/?q=IGHT", "Jazz night", "Food fair"),
        ("/admin/events/event/?q=azz+a+igh", "Jazz night", "Food fair"),
        ("/admin/events/event/?q=ja", "Jazz night", "Food fair"),
        ("/admin/users/user/?q=EN@exa", "ben", "ana"),
        ("/admin/users/user/?q=en+mill", "ben", "ana"),
        ("/admin/interactions/interaction/?q=ana", "Jazz night", "Food fair"),
        ("/admin/interactions/interaction/?q=BEN@example.org", "Food fair", "Jazz night"),
        ("/admin/events/organiser/?q=cellar", "Cellar club", "Allotment society"),
    ],
)
def test_lists_filter_and_search(staff, ana, address, shown, left_out):
    jazz = EventFactory(
        title="Jazz night", description="Saxophones!", category="music", organiser=OrganiserFactory(name="Cellar club")
    )
    food = EventFactory(title="Food fair", start_at=timezone.now() - timedelta(days=1), status="COMPLETED")
    OrganiserFactory(name="Allotment society")
    ben = UserFactory(username="ben", email="ben@example.org", display_name="The miller")
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


@pytest.mark.parametrize("text", ["'", "\\", "'' | *", "a:b & c", "!", "<->", "((", "%", "jazz'", "\x00", "9" * 30])
def test_search_takes_any_text(staff, text):
    EventFactory(title="Jazz night")

    for address in LISTS:
        assert staff.get(address, {"q": text}).status_code == 200


def test_form_of_a_new_event_has_only_what_can_be_given(staff):
    added, changed = (staff.get(f"/admin/events/event/{page}/") for page in ("add", f"{EventFactory().pk}/change"))

    fields = [flatten_fieldsets(page.context["adminform"].fieldsets) for page in (added, changed)]
    assert "DatabaseDefault" not in added.content.decode()
    assert set(fields[1]) - set(fields[0]) == {"interactions", "created_at"}


def test_search_finds_by_id(staff, ana):
    event = EventFactory(title="Jazz night")
    row = InteractionFactory(event=event)
    InteractionFactory(event=EventFactory(title="Food fair"))

    events = staff.get("/admin/events/event/", {"q": str(event.pk)}).context["cl"].result_list
    interactions = staff.get("/admin/interactions/interaction/", {"q": f"#{event.pk}"}).context["cl"].result_list

    assert ([each.pk for each in events], [each.pk for each in interactions]) == ([event.pk], [row.pk])


def test_too_many_organisers_are_named_and_not_searched(staff):
    organisers = Organiser.objects.bulk_create([Organiser(name=f"Club {place}") for place in range(1_001)])
    EventFactory(title="Jazz night", organiser=organisers[0])
    EventFactory(title="Clubbing")

    page = staff.get("/admin/events/event/?q=club")

    assert [event.title for event in page.context["cl"].result_list] == ["Clubbing"]
    assert "More than 1,000 organisers match" in page.content.decode()


def test_words_that_many_events_have_are_listed_in_the_order_of_the_list(staff, monkeypatch):
    monkeypatch.setattr("events.admin.event.COUNTED", 2)
    later, sooner, third = (
        EventFactory(title="Jazz", start_at=timezone.now() + timedelta(days=days)) for days in (3, 1, 4)
    )
    EventFactory(title="Food fair")

    listed = staff.get("/admin/events/event/?q=jazz").context["cl"].result_list

    assert [event.pk for event in listed] == [sooner.pk, later.pk, third.pk]

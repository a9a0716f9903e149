"""A form of the admin that was opened before somebody else's change does not undo that change."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission
from django.db import connection, transaction
from django.forms.models import model_to_dict
from django.test import Client

from api.admin import ChangedFieldsForm
from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from events.tests.html_forms import opened_form
from users.admin import CalendarTokenInline
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

_AT = datetime(2100, 3, 1, 19, 30, 5, 123456, tzinfo=UTC)


def page_of(row):
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"


def opened(client, row):
    return opened_form(client, page_of(row), f"{row._meta.model_name}_form")


def stored(row):
    again = type(row)._base_manager.get(pk=row.pk)
    many = {
        field.name: sorted(each.pk for each in getattr(again, field.name).all()) for field in row._meta.many_to_many
    }
    return model_to_dict(again) | many


def an_event():
    return EventFactory(
        title="Jazz", description="Two\nlines", category="music", tags=["a", "b"], organiser=OrganiserFactory(),
        latitude=52.123456789, longitude=13.4, url="https://example.org/", start_at=_AT, end_at=None, external_id="x",
    )  # fmt: skip


def a_user():
    user = UserFactory(
        username="ana", password="x", email="ana@example.org", display_name="Ana", interests=["music"], last_login=_AT
    )
    user.groups.add(Group.objects.create(name="clerks"))
    user.user_permissions.add(Permission.objects.get(codename="add_event"))
    return user


def a_group():
    group = Group.objects.create(name="editors")
    group.permissions.add(Permission.objects.get(codename="add_event"))
    return group


# Each with another value for every field of its form.
CASES = {
    "event": (an_event, lambda: {
        "title": "Late jazz", "description": "", "type": "GIG", "status": "CANCELLED", "category": "tech", "tags": [],
        "organiser": OrganiserFactory(), "url": None, "start_at": _AT.replace(hour=20), "end_at": _AT.replace(hour=22),
        "location_name": "Attic", "latitude": None, "longitude": None, "external_id": None, "series": "Fridays",
        "time_zone": "Europe/Lisbon", "address": "Rua Nova 3", "attendance": "MIXED", "price_min": Decimal("5.00"),
        "price_max": Decimal("12.50"), "currency": "EUR", "language": "pt", "minimum_age": 18,
    }),
    "user": (a_user, lambda: {
        "username": "anna", "display_name": "", "email": "", "first_name": "A", "last_name": "B", "interests": ["tech"],
        "latitude": 1.5, "longitude": 2.5, "personal_ranking": False, "is_active": False, "is_staff": True,
        "is_superuser": True, "groups": [], "user_permissions": [], "last_login": None, "date_joined": _AT,
    }),
    "group": (a_group, lambda: {"name": "authors", "permissions": []}),
    "organiser": (lambda: OrganiserFactory(external_id="1"), lambda: {"name": "Other", "external_id": None}),
}  # fmt: skip


def change(row, values):
    for name, value in values.items():
        if row._meta.get_field(name).many_to_many:
            getattr(row, name).set(value)
        else:
            setattr(row, name, value)
    row.save()


@pytest.mark.parametrize("case", CASES)
def test_an_old_form_undoes_nothing(staff, case):
    make, others = CASES[case]
    row = make()
    form = opened(staff, row)
    change(row, others())
    before = stored(row)

    answer = staff.post(page_of(row), form)

    assert (answer.status_code, stored(row)) == (302, before)
    form_class = site._registry[type(row)].get_form(answer.wsgi_request, row, change=True)
    assert {name for name, field in form_class.base_fields.items() if not field.disabled} == set(others())


@pytest.mark.parametrize("case", CASES)
def test_an_old_form_saves_what_was_changed_in_it(staff, case):
    make, others = CASES[case]
    row = make()
    form = opened(staff, row)
    changed = next(name for name in others() if isinstance(form.get(name, [None])[0], str))
    change(row, {name: value for name, value in others().items() if name != changed})
    before = stored(row)

    answer = staff.post(page_of(row), form | {changed: "Mine"})

    assert (answer.status_code, stored(row)) == (302, before | {changed: "Mine"})


def test_the_same_field_is_refused_with_both_values(staff):
    row = an_event()
    form = opened(staff, row)
    Event.objects.filter(pk=row.pk).update(title="Theirs", start_at=_AT.replace(day=2))
    before = stored(row)
    other = OrganiserFactory(name="Mine")

    answer = staff.post(
        page_of(row),
        form | {"title": "My title", "start_at_0": "2100-03-03", "description": "New", "organiser": other.pk},
    )

    assert (answer.status_code, stored(row)) == (200, before)
    assert answer.context["errors"] == [
        ["Somebody else has changed this to “Theirs” since you opened the page. You gave “My title”. Nothing was saved: "
         "open the page again, and change it there if you still want to."],
        ["Somebody else has changed this to “2100-03-02 19:30:05+00:00” since you opened the page. You gave “2100-03-03 "
         "19:30:05+00:00”. Nothing was saved: open the page again, and change it there if you still want to."],
    ]  # fmt: skip


def test_who_changed_it_to_the_same_is_not_refused(staff):
    row = an_event()
    form = opened(staff, row)
    Event.objects.filter(pk=row.pk).update(title="Late jazz")

    answer = staff.post(page_of(row), form | {"title": "Late jazz"})

    assert (answer.status_code, stored(row)["title"]) == (302, "Late jazz")


def test_related_rows_are_named(staff):
    row = a_user()
    clerks, editors, authors = row.groups.get(), *(Group.objects.create(name=name) for name in ("editors", "authors"))
    form = opened(staff, row)
    row.groups.set([clerks, editors])

    answer = staff.post(page_of(row), form | {"groups": [authors.pk]})

    [[shown]] = answer.context["errors"]
    assert shown.startswith(
        "Somebody else has changed this to “clerks, editors” since you opened the page. You gave “authors”."
    )
    assert list(row.groups.order_by("name")) == [clerks, editors]


def test_a_form_that_is_sent_twice_is_saved_once(staff):
    row = an_event()
    form = opened(staff, row) | {"title": "Late jazz"}

    answers = [staff.post(page_of(row), form).status_code for _ in range(2)]

    assert (answers, stored(row)["title"]) == ([302, 302], "Late jazz")


def test_the_page_has_no_copy_of_the_hash(staff):
    row = a_user()

    assert "initial-username" in opened(staff, row)
    assert [name for name in opened(staff, row) if "password" in name] == []


@pytest.mark.django_db(transaction=True)
def test_a_change_at_the_same_moment_is_waited_for():
    UserFactory(username="clerk", is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(User.objects.get(username="clerk"))
    row = an_event()
    form = opened(client, row) | {"title": "Mine"}
    answers = []

    def send():
        answers.append(client.post(page_of(row), form))
        connection.close()

    sending = threading.Thread(target=send)
    with transaction.atomic():
        Event.objects.filter(pk=row.pk).update(title="Theirs")
        sending.start()
        while sending.is_alive() and not _somebody_waits():
            pass
    sending.join()

    assert (answers[0].status_code, stored(row)["title"]) == (200, "Theirs")
    assert "Somebody else has changed this to “Theirs”" in answers[0].content.decode()


def test_every_form_of_the_admin_is_such_a_form(staff, rf):
    request = rf.get("/")
    request.user = User.objects.get(username="staff")
    changed = [admin for admin in site._registry.values() if admin.has_change_permission(request)]

    assert {admin.opts.model_name for admin in changed} == set(CASES)
    for admin in changed:
        assert issubclass(admin.get_form(request, admin.model(), change=True), ChangedFieldsForm)
        assert not admin.list_editable
        for inline in [*admin.get_inlines(request, None), CalendarTokenInline]:
            assert set(inline.fields) <= set(inline.readonly_fields)


def _somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0

"""Tests of the admin's page of events whose interactions come from few people."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone

from events.tests.factories import EventFactory
from interactions.concentration import Concentration, concentrations
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/interactions/interaction/concentration/"


def done(event, user, times, **ago):
    return InteractionFactory.create_batch(times, event=event, user=user, created_at=timezone.now() - timedelta(**ago))


def test_loop_of_one_person_is_named_and_broad_popularity_is_not(staff):
    looped, broad = EventFactory(title="Jazz night"), EventFactory(title="Food fair")
    ben = UserFactory(username="ben")
    done(looped, ben, 27)
    done(looped, UserFactory(), 3)
    for _ in range(30):
        done(broad, UserFactory(), 4)

    page = staff.get(PAGE)

    assert page.context["rows"] == [Concentration(looped.pk, "Jazz night", 30, 2, ben.pk, "ben", 27)]
    assert (page.context["rows"][0].per_person, page.context["rows"][0].busiest_percent) == (15, 90)
    shown = [
        f'{looped.pk}/change/">{looped}</a>',
        ">30</a>",
        "<td>15.0</td>",
        f'{ben.pk}/change/">ben</a>',
        "90&nbsp;%",
    ]
    assert [part for part in shown if part not in page.content.decode()] == []


def test_few_busy_people_are_named_though_none_has_half():
    few = EventFactory(title="Ring")
    people = UserFactory.create_batch(4)
    for person in people:
        done(few, person, 5)

    rows = concentrations(timezone.now() - timedelta(days=1), at_least=20, limit=100)

    assert rows == [Concentration(few.pk, "Ring", 20, 4, people[0].pk, people[0].username, 5)]


def test_most_for_each_person_comes_first_and_the_limit_keeps_it():
    since = timezone.now() - timedelta(days=1)
    events = EventFactory.create_batch(4)
    for event, times in zip(events, (5, 8, 8, 9), strict=True):
        done(event, UserFactory(), times)

    def order(limit):
        return [row.event_id for row in concentrations(since, at_least=5, limit=limit)]

    assert order(9) == [events[3].pk, events[1].pk, events[2].pk, events[0].pk]
    assert order(2) == [events[3].pk, events[1].pk]


def test_window_and_least_number_narrow(staff):
    today, week, month, year = (EventFactory(title=title) for title in ("today", "week", "month", "year"))
    ben = UserFactory()
    done(today, ben, 20, hours=23)
    done(week, ben, 21, days=6)
    done(month, ben, 22, days=29)
    done(year, ben, 23, days=31)

    def titles(query):
        return [row.title for row in staff.get(PAGE + query).context["rows"]]

    assert titles("?window=day") == ["today"]
    assert titles("") == titles("?window=week") == ["week", "today"]
    assert titles("?window=month&at_least=21") == ["month", "week"]


def test_nothing_to_show_is_said(staff):
    done(EventFactory(), UserFactory(), 19)

    page = staff.get(PAGE)

    assert (page.status_code, "No event: wherever there are that many" in page.content.decode()) == (200, True)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?window=century", "In the last: Select a valid choice. century is not one of the available choices."),
        ("?window=", "In the last: This field is required."),
        ("?at_least=many", "events with at least: Enter a whole number."),
        ("?at_least=0", "events with at least: Ensure this value is greater than or equal to 1."),
        ("?at_least=" + "9" * 30, "events with at least: Ensure this value is less than or equal to 1000000."),
        ("?at_least=%00", "events with at least: Enter a whole number."),
        ("?windw=day", "There is no parameter windw."),
    ],
)
def test_bad_parameter_is_reported(staff, query, sentence):
    page = staff.get(PAGE + query)

    assert (page.status_code, page.context["errors"]) == (400, [sentence])
    assert f'<p class="errornote">{sentence}</p>' in page.content.decode()


def test_statement_that_takes_too_long_is_reported(staff):
    with connection.execute_wrapper(_slowly):
        page = staff.get(PAGE)

    sentence = "Counting took longer than a statement may take. Choose a shorter window."
    assert (page.status_code, page.context["errors"]) == (503, [sentence])


def _slowly(execute, sql, params, many, context):
    if "person" not in sql:
        return execute(sql, params, many, context)
    context["cursor"].execute("SET LOCAL statement_timeout = '1ms'")
    return execute(sql.replace("FROM narrow\n", "FROM pg_sleep(1), narrow\n"), params, many, context)


def test_page_needs_the_permission_and_links_where_one_may_go():
    clerk = UserFactory(is_staff=True)
    client = Client()
    client.force_login(clerk)
    done(EventFactory(), UserFactory(), 20)

    assert client.get(PAGE).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_interaction"))
    page = client.get(PAGE).content.decode()
    assert ("/admin/events/event/" in page, "/admin/users/user/" in page, ">20</a>" in page) == (False, False, True)


def test_page_is_read_by_one_statement_and_linked(staff, django_assert_num_queries):
    for _ in range(3):
        done(EventFactory(), UserFactory(), 20)

    with django_assert_num_queries(5):  # session, user, savepoint, the events, end of the savepoint
        assert len(staff.get(PAGE).context["rows"]) == 3
    assert f'<a href="{PAGE}">From few people</a>' in staff.get("/admin/interactions/interaction/").content.decode()


def test_number_leads_to_those_interactions(staff):
    event = EventFactory()
    done(event, UserFactory(), 20, days=1)
    done(event, UserFactory(), 5, days=9)
    done(EventFactory(), UserFactory(), 5)

    address = re.search(r'href="(/admin/interactions/interaction/\?[^"]+)">20<', staff.get(PAGE).content.decode())

    assert staff.get(unescape(address[1])).context["cl"].result_count == 20

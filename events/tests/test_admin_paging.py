"""Tests of lists that are not counted to their end."""

import pytest
from django.contrib.auth import get_user_model
from django.core.paginator import EmptyPage
from django.db import connection
from django.test import Client
from django.utils import timezone

from api import admin
from api.admin import Estimate, EstimatingPaginator
from events.models import Event, Organiser

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisers():
    Organiser.objects.bulk_create([Organiser(name=f"Club {place:03}") for place in range(250)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_organiser")
    return Organiser.objects.order_by("pk")


def test_few_rows_are_counted(organisers, django_assert_num_queries):
    with django_assert_num_queries(1):
        paginator = EstimatingPaginator(organisers, 100)
        assert (paginator.count, str(paginator.count), paginator.num_pages) == (250, "250", 3)


def test_many_rows_are_estimated_and_say_so(organisers, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(admin, "COUNTED", 200)
    with django_assert_num_queries(2):
        paginator = EstimatingPaginator(organisers, 100)
        assert (paginator.count, str(paginator.count)) == (250, "~250 (estimated)")
    assert (paginator.num_pages, len(paginator.page(2))) == (2, 100)
    with pytest.raises(EmptyPage):
        paginator.page(3)


def test_estimate_is_no_less_than_what_was_counted(organisers, monkeypatch):
    monkeypatch.setattr(admin, "COUNTED", 200)

    # The planner takes a third for rows of which it knows nothing.
    organisers_named = EstimatingPaginator(organisers.filter(pk__gt=organisers[0].pk - 1, name__contains="C"), 100)

    assert (type(organisers_named.count), organisers_named.count >= 201) == (Estimate, True)


def test_empty_list_has_one_page():
    paginator = EstimatingPaginator(Organiser.objects.order_by("pk"), 100)

    assert (paginator.count, paginator.num_pages, list(paginator.page(1))) == (0, 1, [])


def test_admin_says_that_it_is_an_estimate(organisers, monkeypatch):
    monkeypatch.setattr(admin, "COUNTED", 200)
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("staff"))

    page = client.get("/admin/events/organiser/").content.decode()

    said = (
        "~250 (estimated) organisers\n",
        ">All ~250 (estimated) selected<",
        ">Select all ~250 (estimated) organisers<",
    )
    assert [part for part in said if part not in page] == []


def test_list_of_events_is_read_without_counting_all(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(admin, "COUNTED", 10)
    Event.objects.bulk_create([Event(title="Jazz", start_at=timezone.now()) for _ in range(30)])

    with django_assert_num_queries(2):
        assert EstimatingPaginator(Event.objects.with_count().order_by("pk"), 10).num_pages == 1

"""Tests of the vocabulary and of Note [Canonical categories]."""

import pytest
from django.db import IntegrityError, connection, transaction

from events.categories import Category, canonical, canonical_set
from events.models import Event
from events.tests.factories import EventFactory


def test_vocabulary_is_the_contract():
    assert Category.values == [
        "music", "sports", "tech", "arts", "academic", "social", "career", "food", "fitness", "gaming", "outdoors",
        "volunteering", "cultural", "science", "business", "other",
    ]  # fmt: skip


def test_canonical_strips_and_lowers():
    assert canonical("  MuSic\t") == "music"


def test_canonical_set_keeps_first_mentions():
    assert canonical_set(["Tech", " music", "TECH", "music"]) == ["tech", "music"]


@pytest.mark.django_db
def test_every_way_in_is_canonical():
    saved = EventFactory(category=" Music ")
    [bulk] = Event.objects.bulk_create([EventFactory.build(category="TECH")])
    updated = EventFactory()
    Event.objects.filter(pk=updated.pk).update(category=" Food")

    assert saved.category == "music"
    assert list(Event.objects.order_by("pk").values_list("category", flat=True)) == ["music", "tech", "food"]
    assert list(Event.objects.filter(category="MUSIC")) == [saved]
    assert bulk.pk is not None


@pytest.mark.django_db
@pytest.mark.parametrize("category", ["Music", " music", "music\n", ""])
def test_database_refuses_other_forms_of_a_category(category):
    event = EventFactory()

    with pytest.raises(IntegrityError, match="event_category_canonical"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE events_event SET category = %s WHERE id = %s", [category, event.pk])


@pytest.mark.django_db
def test_database_does_not_know_the_vocabulary():
    event = EventFactory(category="knitting")

    assert (event.category, event.category_name) == ("knitting", "knitting")

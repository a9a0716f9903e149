"""Tests of the database backend: statements with more rows than one has parameters for are split."""

import pytest

from events.importing.drafts import Organised
from events.importing.organisers import organisers_of
from events.models import Organiser

pytestmark = pytest.mark.django_db

# A statement binds at most 65,535 parameters in the server; an organiser has two.
MANY = 33_000


def test_many_rows_are_made_changed_and_found():
    made = Organiser.objects.bulk_create(Organiser(name=f"Club {number}") for number in range(MANY))
    made[-1].name = "Renamed"
    Organiser.objects.bulk_update(made[-22_000:], ["name"])

    found = Organiser.objects.in_bulk(range(made[-1].pk - 2 * MANY, made[-1].pk + 1))

    assert (len(found), found[made[-1].pk].name) == (MANY, "Renamed")


def test_many_organisers_are_imported():
    named = [Organised(name=f"Club {number}", external_id=None) for number in range(MANY)]

    made, found = organisers_of(named), organisers_of(named)

    assert {one.pk for one in made.values()} == {one.pk for one in found.values()}
    assert Organiser.objects.count() == MANY

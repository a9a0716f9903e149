"""Tests of the look-up of towns by name."""

import pytest

from users.towns import AmbiguousTown, TownForm, UnknownTown, labels_of, town_named


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("Lisbon", "Lisbon, Portugal"), ("lisboa", "Lisbon, Portugal"), (" LISBON ", "Lisbon, Portugal"),
        ("München", "Munich, Germany"), ("St. Gallen", "Sankt Gallen, Switzerland"), ("Lodz", "Łódź, Poland"),
        ("london, canada", "London, Canada"), ("London, GB", "London, United Kingdom"),
        ("Newport, Rhode Island", "Newport, Rhode Island, United States"), ("Newport,ri", "Newport, Rhode Island, United States"),
        # A name in English comes before the same in another language.
        ("Vienna, Austria", "Vienna, Austria"), ("Wien", "Vienna, Austria"),
    ],
)  # fmt: skip
def test_each_name_of_a_town_leads_to_it(name, town):
    assert str(town_named(name)) == town


def test_a_name_of_several_towns_asks_which():
    with pytest.raises(AmbiguousTown) as asked:
        town_named("Newport")

    assert labels_of(asked.value.towns) == [
        "Newport, United Kingdom (51.59, -3.00)", "Newport, United Kingdom (50.70, -1.29)",
        "Newport, Rhode Island, United States", "Newport, Kentucky, United States",
    ]  # fmt: skip


def test_an_unknown_name_offers_names_that_are_almost_the_same():
    with pytest.raises(UnknownTown, match="Did you mean one of these") as refused:
        town_named("Lisbn")

    assert str(refused.value.near[0]) == "Lisbon, Portugal"


@pytest.mark.parametrize("name", ["Xyzzyqq", "...", ",", "Lisbon, Atlantis, and more", "\u202e", "🎷"])
def test_a_name_that_is_like_none_says_what_to_do(name):
    with pytest.raises(UnknownTown):
        town_named(name)


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({}, None), ({"town": "Lisbon"}, (38.72509, -9.1498)), ({"latitude": "0", "longitude": "-180"}, (0.0, -180.0)),
        # What is typed comes before what the browser knows.
        ({"town": "Lisbon", "latitude": "1", "longitude": "1"}, (38.72509, -9.1498)),
    ],
)  # fmt: skip
def test_a_place_is_a_town_or_coordinates(sent, place):
    form = TownForm(sent)

    assert (form.is_valid(), form.place) == (True, place)


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"town": "Xyzzyqq"}, "town"), ({"town": "x" * 101}, "town"), ({"latitude": "90.1", "longitude": "0"}, "latitude"),
        ({"latitude": "0", "longitude": "-181"}, "longitude"), ({"latitude": "nan", "longitude": "0"}, "latitude"),
        ({"latitude": "1"}, "town"), ({"longitude": "1"}, "town"), ({"town": "Newport"}, "town"),
        ({"town": "Newport", "town_id": "1"}, "town"), ({"town": "Newport", "town_id": "x"}, "town"),
    ],
)  # fmt: skip
def test_a_place_that_is_none_is_an_error(sent, wrong):
    form = TownForm(sent)

    assert (list(form.errors)[:1], form.place) == ([wrong], None)


def test_the_choice_is_taken_from_what_the_name_may_mean():
    asked = TownForm({"town": "Newport"})
    assert not asked.is_valid()
    (number, label) = asked.fields["town_id"].widget.choices[2]

    answered = TownForm({"town": "Newport", "town_id": str(number)})

    assert label == "Newport, Rhode Island, United States"
    assert (answered.is_valid(), answered.place) == (True, (41.4901, -71.31283))

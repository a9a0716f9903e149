"""Tests of the addresses of pages."""

import pytest

from recommendations.addresses import event_path, organiser_path, slug_of, venue_path


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Fado à noite!", "fado-a-noite"),
        ("Café № 9", "cafe-no-9"),
        ("  Jazz -- & Blues  ", "jazz-blues"),
        ("Ночь музыки", "ночь-музыки"),
        ("★ ★ ★", ""),
        ("long words " * 10, "long-words-long-words-long-words-long-words-long-words-long"),
        ("x" * 200, "x" * 60),
    ],
)
def test_slugs(text, slug):
    assert slug_of(text) == slug


def test_paths_are_quoted():
    assert [event_path(7, "Jazz night"), event_path(7, "★"), organiser_path(3, "Ночь"), venue_path("AC/DC? #1")] == [
        "/e/7-jazz-night", "/e/7", "/o/3-%D0%BD%D0%BE%D1%87%D1%8C", "/v/AC%2FDC%3F%20%231",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", " ", ".", ".."])
def test_no_path_leads_to_a_venue_that_browsers_take_for_a_folder(name):
    assert venue_path(name) == ""

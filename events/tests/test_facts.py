"""Tests of the facts of an event in words."""

import pytest

from events.facts import facts_in_words, language_in_words, price_in_words


@pytest.mark.parametrize(
    ("lowest", "highest", "currency", "words"),
    [
        (None, 0, None, "Free"), (0, 0, "EUR", "Free"), (12.0, 12.0, "GBP", "£12"), (8.5, 12.0, "EUR", "€8.50 to €12"),
        (0.0, 5.0, "USD", "Free to $5"), (300.0, None, "CZK", "From 300 CZK"), (None, 1500.0, "JPY", "Up to ¥1,500"),
        (0.0, None, None, ""),
    ],
)  # fmt: skip
def test_price(lowest, highest, currency, words):
    assert price_in_words({"min": lowest, "max": highest, "currency": currency}) == words


def test_unknown_facts_are_left_out():
    nothing = {"price": None, "attendance": None, "language": None, "minimumAge": None}
    free = {"price": {"min": 0, "max": 0, "currency": None}, "attendance": "ONLINE", "language": "pt", "minimumAge": 0}

    assert facts_in_words(nothing) == []
    assert facts_in_words({**nothing, "attendance": "IN_PERSON", "minimumAge": 18}) == ["From 18 years"]
    assert facts_in_words(free) == ["Free", "Online", "Portuguese", "All ages"]


@pytest.mark.parametrize(
    ("tag", "name"),
    [("pt-BR", "Brazilian Portuguese"), ("en-IE", "English"), ("zh-Hant-TW", "Traditional Chinese"), ("xx", "xx")],
)
def test_language(tag, name):
    assert language_in_words(tag) == name

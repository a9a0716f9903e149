"""This file holds the tests of docs/signals.md: every signal, as it is."""

import math
import re
from pathlib import Path

import pytest

from events.models import Event, Organiser
from recommendations.feed.ranked_list import Attribution
from recommendations.hybrid.signals import SIGNALS
from recommendations.signal_words import in_words
from recommendations.tests.hybrid.test_signals import EXPECTED
from recommendations.weights import HALF_LIFE_DAYS, WEIGHTS

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "signals.md").read_text()
ROWS = [
    tuple(row)
    for row in re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
]
EVENT = Event(title="Jazz", category="music", organiser=Organiser(name="the Club"), location_name="the Hall")
RANGES = {
    "any": (-math.inf, math.inf), "below 1": (-math.inf, 1), "0 to 1": (0, 1), "−1 to 1": (-1, 1), "0 to 24": (0, 24),
    "0 to 50": (0, 50), "0 to 500": (0, 500), "0 to 20,016": (0, 20_016), "0 or more": (0, math.inf),
}  # fmt: skip


def test_table_has_every_signal_as_the_code_has_it():
    assert [(name, group, unit, told) for name, group, unit, _, told, _ in ROWS] == [
        (signal.name, signal.group, signal.unit, signal.help) for signal in SIGNALS
    ]


@pytest.mark.parametrize(("name", "bounds", "words"), [(row[0], row[3], row[5]) for row in ROWS])
def test_range_holds_and_words_are_those_of_a_reason(name, bounds, words):
    low, high = RANGES[bounds]

    assert [value for value in EXPECTED[name] if not (math.isnan(value) or low <= value <= high)] == []
    assert words == in_words(EVENT, Attribution(name, EXPECTED[name][0], 1.0))
    # Every one has words of its own.
    assert words != name


def test_weights_are_those_of_the_code():
    told = re.findall(r"([−\d.]+) \(([A-Z]+)\)", TEXT)

    assert {action: float(weight.replace("−", "-")) for weight, action in told} == WEIGHTS
    assert f"after {HALF_LIFE_DAYS:.0f} days" in TEXT

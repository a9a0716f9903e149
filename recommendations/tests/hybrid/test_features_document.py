"""Tests of docs/features.md: every feature as it is."""

import math
import re
from pathlib import Path

import pytest

from events.models import Event, Organiser
from recommendations.feed.ranked_list import Attribution
from recommendations.hybrid.features import ANY, BELOW_1, FEATURES, FROM_0_TO_1, NOT_NEGATIVE, text_of
from recommendations.hybrid.history import HALF_LIFE_DAYS, WEIGHTS
from recommendations.tests.hybrid.test_features import EXPECTED

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "features.md").read_text()
EVENT = Event(title="Jazz", category="music", organiser=Organiser(name="the Club"), location_name="the Hall")
RANGES = {ANY: "any", BELOW_1: "below 1", FROM_0_TO_1: "0 to 1", NOT_NEGATIVE: "0 or more"}


def row_of(feature):
    """Return a feature's row of the table; the reason is the one of its first expected value."""
    low, high = feature.range
    bounds = RANGES.get(feature.range) or f"{low:,} to {high:,}".replace("-", "−")
    text = text_of(EVENT, Attribution(feature.name, EXPECTED[feature.name][0], 1.0)) or "—"
    return f"| `{feature.name}` | {feature.group} | {feature.unit} | {bounds} | {feature.help} | {text} |"


def test_table_is_that_of_the_code():
    """If it fails, put these rows into the document."""
    assert re.findall(r"^\| `.*$", TEXT, re.MULTILINE) == [row_of(feature) for feature in FEATURES]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_range_holds(feature):
    low, high = feature.range

    assert [value for value in EXPECTED[feature.name] if not (math.isnan(value) or low <= value <= high)] == []


def test_unknown_features_have_no_text():
    assert text_of(EVENT, Attribution("moon_phase", 1.0, 1.0)) is None


def test_weights_are_those_of_the_code():
    weights = re.findall(r"([−\d.]+) \(([A-Z]+)\)", TEXT)

    assert {action: float(weight.replace("−", "-")) for weight, action in weights} == WEIGHTS
    assert f"after {HALF_LIFE_DAYS:.0f} days" in TEXT

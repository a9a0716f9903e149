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
    """Return a feature's row of the table; the reason is the one of a value that explains something."""
    low, high = feature.range
    bounds = RANGES.get(feature.range) or f"{low:,} to {high:,}".replace("-", "−")
    explained = (value for value in (*EXPECTED[feature.name], 0.0, 2.0, 3.0) if feature.explains(value))
    text = text_of(EVENT, Attribution(feature.name, next(explained, math.nan), 1.0)) or "—"
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


@pytest.mark.parametrize(
    ("feature", "value"),
    [
        ("organiser_deeds", 0.0),
        ("venue_share", -0.1),
        ("interest_match", 0.0),
        ("organiser_ahead", 1.0),
        ("people", 0.0),
        ("series_trend", 0.1),
        ("people_rank", 0.3),
        ("start_rank", 0.7),
        ("home_km", 4000.0),
        ("similarity", 0.1),
        ("similarity", math.nan),
        ("dismissed_share", 0.0),
    ],
)
def test_values_that_explain_nothing_have_no_text(feature, value):
    assert text_of(EVENT, Attribution(feature, value, 1.0)) is None


def test_weights_are_those_of_the_code():
    weights = re.findall(r"([−\d.]+) \(([A-Z]+)\)", TEXT)

    assert {action: float(weight.replace("−", "-")) for weight, action in weights} == WEIGHTS
    assert f"after {HALF_LIFE_DAYS:.0f} days" in TEXT

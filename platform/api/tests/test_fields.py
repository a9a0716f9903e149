"""Tests of fields that read input strictly."""

from datetime import UTC, datetime

import pytest
from rest_framework.exceptions import ValidationError

from api.fields import ChoiceField, MomentField

MOMENT = datetime(2026, 5, 1, 19, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "microsecond"),
    [
        ("2026-05-01T19:30:00Z", 0), ("2026-05-01t19:30:00z", 0), ("2026-05-01T19:30Z", 0), ("2026-05-01T21:30:00+02:00", 0),
        ("2026-05-01T19:30:00.1Z", 100_000), ("2026-05-01T19:30:00.1234567Z", 123_456),
        ("2026-05-01T19:30:00.999999999Z", 999_999), ("2026-05-01t21:30:00.1234567890123456789012345678901234567890+02:00", 123_456),
        (f"2026-05-01T19:30:00.{'9' * 60_000}Z", 999_999),
    ],
)  # fmt: skip
def test_moment_is_read_as_rfc_3339_writes_it(written, microsecond):
    assert MomentField().to_internal_value(written) == MOMENT.replace(microsecond=microsecond)


@pytest.mark.parametrize(
    "written",
    ["2026-05-01T19:30:00", "2026-05-01 19:30:00Z", "2026-05-01T19:30:00.Z", "2026-05-01T19:30:00,5Z", "2026-05-01",
     "2026-05-01T19:30:00.5.5Z", "2026-13-01T19:30:00Z", "2026-05-01T19:30:00.１Z", "20260501T193000Z", 5],
)  # fmt: skip
def test_other_forms_of_a_moment_are_refused(written):
    with pytest.raises(ValidationError, match="Write a moment like"):
        MomentField().to_internal_value(written)


@pytest.mark.parametrize("value", ["PARTY", "event", 5, None, ["EVENT"], True, {}])
def test_wrong_choice_lists_the_right_ones(value):
    with pytest.raises(ValidationError) as refused:
        ChoiceField(choices=["EVENT", "GIG"]).to_internal_value(value)

    assert refused.value.detail == ["Choose one of: EVENT, GIG."]

"""Tests of the windows that a training learns from."""

from datetime import UTC, datetime, timedelta

import pytest

from recommendations.training.datasets import PEOPLE, PEOPLE_PER_WINDOW, WINDOWS, Window, enough_of

CUTOFF = datetime(2026, 6, 1, tzinfo=UTC)
_WEEK = timedelta(days=7)


def going_back(*people):
    """Return a window for each number of people, the latest first, each overlapping the next by half."""
    ends = [CUTOFF - number * _WEEK / 2 for number in range(len(people))]
    return [Window(until - _WEEK, until, number) for until, number in zip(ends, people, strict=True)]


@pytest.mark.parametrize("people", [PEOPLE_PER_WINDOW, PEOPLE_PER_WINDOW + 1, PEOPLE, 1_000_000])
def test_however_many_choose_a_window_is_left_that_does_not_overlap_the_latest(people):
    latest, *others = enough_of(going_back(*[people] * WINDOWS))

    assert [window.until <= latest.since for window in others] == [False, True]


def test_windows_are_added_until_there_are_people_enough():
    windows = going_back(1_000, 0, 4_999, 1_500, 500, 2_999, 9)

    assert enough_of(windows) == [windows[0], *windows[2:6]]


def test_all_are_taken_where_few_choose():
    assert len(enough_of(going_back(*[1] * WINDOWS))) == WINDOWS
    assert enough_of([]) == []

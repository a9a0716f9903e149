"""Tests of the intervals: users are drawn with all their tasks, and the width is that of theory."""

from math import isnan, sqrt
from random import Random
from statistics import fmean, pstdev

import pytest

from recommendations.evaluation.scoring import Difference, paired


def of(values, window="0"):
    """Return a value for each user, named by its place."""
    return {(window, str(place)): value for place, value in enumerate(values)}


def test_mean_is_of_what_both_have():
    ours, theirs = of([1.0, 0.5, 0.0]), of([0.0, 0.5])

    assert paired(ours, theirs, seed=1).mean == 0.5


def test_same_differences_are_sure():
    assert paired(of([0.5, 0.75]), of([0.25, 0.5]), seed=1) == Difference(0.25, 0.25, 0.25)


def test_nobody_is_no_number():
    result = paired(of([1.0]), {}, seed=1)

    assert [isnan(value) for value in (result.mean, result.low, result.high)] == [True] * 3


def test_same_seed_gives_the_same():
    ours, theirs = of([place / 50 for place in range(50)]), of([0.5] * 50)

    assert paired(ours, theirs, seed=1) == paired(ours, theirs, seed=1) != paired(ours, theirs, seed=2)


def test_users_are_drawn_with_all_their_tasks():
    # Two users, fifty tasks each: as drawn tasks the mean would be near a half for certain.
    ours = {(str(window), user): float(user == "a") for window in range(50) for user in "ab"}

    assert paired(ours, dict.fromkeys(ours, 0.0), seed=1) == Difference(0.5, 0.0, 1.0)


def test_width_is_that_of_the_normal_distribution():
    chance = Random(3)
    values = [chance.gauss(0.1, 0.5) for _ in range(400)]

    result = paired(of(values), of([0.0] * 400), seed=1)

    error = pstdev(values) / sqrt(400)
    assert result.mean == pytest.approx(fmean(values))
    assert (result.low, result.high) == pytest.approx(
        (result.mean - 1.96 * error, result.mean + 1.96 * error), abs=0.15 * error
    )

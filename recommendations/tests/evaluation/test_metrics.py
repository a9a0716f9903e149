"""This file holds the tests of the metrics: by hand, on nothing, and against another way to compute them."""

from math import isnan, log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.evaluation.metrics import coverage, ndcg_at, recall_at, reciprocal_rank


@pytest.mark.parametrize(
    ("ranked", "relevant", "k", "ndcg", "recall", "reciprocal"),
    [
        ("abcd", "a", 2, 1, 1, 1),
        ("abcd", "b", 2, 1 / log2(3), 1, 1 / 2),
        # The second place of an ideal order is lost, the third is out of reach.
        ("abcd", "ac", 2, 1 / (1 + 1 / log2(3)), 1 / 2, 1),
        ("abcd", "ac", 3, (1 + 1 / 2) / (1 + 1 / log2(3)), 1, 1),
        # More is relevant than there are places: those that there are can all be gained.
        ("abcd", "abcd", 2, 1, 1 / 2, 1),
        ("abcd", "d", 3, 0, 0, 0),
        ("abcd", "xy", 4, 0, 0, 0),
        # An answer that is shorter than what is looked at.
        ("a", "ab", 10, 1 / (1 + 1 / log2(3)), 1 / 2, 1),
        ("", "a", 10, 0, 0, 0),
    ],
)
def test_by_hand(ranked, relevant, k, ndcg, recall, reciprocal):
    found = (
        ndcg_at(k, ranked, set(relevant)),
        recall_at(k, ranked, set(relevant)),
        reciprocal_rank(k, ranked, set(relevant)),
    )

    assert found == pytest.approx((ndcg, recall, reciprocal))


@pytest.mark.parametrize("metric", [ndcg_at, recall_at, reciprocal_rank])
def test_nothing_relevant_is_no_number(metric):
    assert isnan(metric(10, "abc", set()))


@pytest.mark.parametrize(
    ("rankings", "candidates", "expected"),
    [
        (["ab", "ac"], "abcd", 1 / 4),
        (["ab", "cd"], "abcd", 2 / 4),
        # What is no candidate covers nothing.
        (["xy", "ay"], "abcd", 1 / 4),
        ([], "abcd", 0),
    ],
)
def test_coverage_of_the_first_place(rankings, candidates, expected):
    assert coverage(1, rankings, candidates) == expected


def test_coverage_of_no_candidates_is_no_number():
    assert isnan(coverage(10, ["ab"], ""))


@pytest.mark.property
@given(st.permutations(range(30)), st.sets(st.integers(0, 40), min_size=1), st.integers(1, 25))
def test_property(ranked, relevant, k):
    gains = np.array([float(item in relevant) for item in ranked])[:k]
    discounts = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.sort(np.concatenate([np.ones(len(relevant)), np.zeros(k)]))[::-1][:k]
    places = np.flatnonzero(gains)

    assert ndcg_at(k, ranked, relevant) == pytest.approx((gains * discounts).sum() / (ideal * discounts).sum())
    assert recall_at(k, ranked, relevant) == pytest.approx(gains.sum() / len(relevant))
    assert reciprocal_rank(k, ranked, relevant) == pytest.approx(1 / (places[0] + 1) if len(places) else 0)
    for metric in (ndcg_at, recall_at, reciprocal_rank):
        assert 0 <= metric(k, ranked, relevant) <= 1

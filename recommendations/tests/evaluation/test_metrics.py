"""Tests of the metrics: by hand, without relevant items, by another computation, and against trec_eval."""

from math import isnan, log2

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from recommendations.evaluation.metrics import ndcg_at, recall_at, reciprocal_rank


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
    result = (
        ndcg_at(k, ranked, set(relevant)),
        recall_at(k, ranked, set(relevant)),
        reciprocal_rank(k, ranked, set(relevant)),
    )

    assert result == pytest.approx((ndcg, recall, reciprocal))


@pytest.mark.parametrize("metric", [ndcg_at, recall_at, reciprocal_rank])
def test_nothing_relevant_is_no_number(metric):
    assert isnan(metric(10, "abc", set()))


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


@pytest.mark.property
@given(st.lists(st.integers(0, 150), unique=True, min_size=1, max_size=120), st.sets(st.integers(0, 150), min_size=1))
def test_trec_eval_agrees(ranked, relevant):
    qrels = [Qrel("user", str(item), 1) for item in relevant]
    run = [ScoredDoc("user", str(item), -rank) for rank, item in enumerate(ranked[:100])]

    theirs = ir_measures.calc_aggregate([nDCG @ 10, R @ 10, R @ 20, RR], qrels, run)

    assert theirs == pytest.approx(
        {
            nDCG @ 10: ndcg_at(10, ranked, relevant),
            R @ 10: recall_at(10, ranked, relevant),
            R @ 20: recall_at(20, ranked, relevant),
            RR: reciprocal_rank(100, ranked, relevant),
        }
    )

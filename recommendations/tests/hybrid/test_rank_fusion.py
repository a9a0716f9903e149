"""Tests of rank fusion, and of the scores of people without history, which it makes."""

import numpy as np
import pytest

from recommendations.hybrid.features import COLUMN_OF, FEATURES
from recommendations.hybrid.reranker import fused
from recommendations.rank_fusion import K, reciprocal_rank_fusion


def features_of(*candidates, positives=0):
    """Return the features of candidates given as (interest_match, people, lead_days)."""
    features = np.full((len(candidates), len(FEATURES)), np.nan, dtype=np.float32)
    features[:, COLUMN_OF["deeds"]] = positives
    for name, values in zip(("interest_match", "people", "lead_days"), zip(*candidates, strict=True), strict=True):
        features[:, COLUMN_OF[name]] = values
    return features


def test_scores_of_people_with_a_past_are_the_rerankers():
    scores = np.array([0.3, -1.0, 2.0])

    assert fused(scores, features_of((0, 1, 1), (0, 2, 2), (1, 0, 3), positives=1)).tolist() == [0.3, -1.0, 2.0]


def test_places_of_both_orders_add_up():
    # The heuristic has the third first for its interest, then the second for its people, then the first for its start.
    features = features_of((0, 1, 1), (0, 2, 9), (1, 0, 3), (0, 1, 2))

    result = fused(np.array([5.0, 4.0, 1.0, 2.0]), features)

    assert result == pytest.approx([1 / K + 1 / (K + 2), 2 / (K + 1), 1 / (K + 3) + 1 / K, 1 / (K + 2) + 1 / (K + 3)])


def test_equal_scores_keep_the_order_of_the_candidates():
    same = [(0, 1, 1)] * 3

    assert fused(np.zeros(3), features_of(*same)) == pytest.approx([2 / K, 2 / (K + 1), 2 / (K + 2)])


def test_no_candidates():
    assert fused(np.zeros(0), np.zeros((0, len(FEATURES)), dtype=np.float32)).tolist() == []


def test_lists_need_not_have_the_same_items():
    assert reciprocal_rank_fusion([[7, 8], [], [8, 9]]) == pytest.approx(
        {7: 1 / K, 8: 1 / (K + 1) + 1 / K, 9: 1 / (K + 1)}
    )

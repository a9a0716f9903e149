"""Tests of the re-ranker: the contribution of each feature to a score."""

import lightgbm
import numpy as np
import pytest

from recommendations.hybrid.features import COLUMN_OF
from recommendations.hybrid.reranker import Reranker

_READ = ["people", "lead_days", "home_km"]
_COLUMNS = [COLUMN_OF[name] for name in _READ]


def features_of(values):
    features = np.full((len(values), len(COLUMN_OF)), np.nan, dtype=np.float32)
    features[:, _COLUMNS] = values
    return features


def reranker_of(features, labels, **parameters):
    """Return one of these features, in another order than theirs."""
    data, label = (np.array(each, order="C") for each in (features[:, _COLUMNS], labels))
    table = lightgbm.Dataset(data, label=label, feature_name=_READ)
    small = {"objective": "regression", "num_leaves": 7, "min_data_in_leaf": 5, "verbose": -1, "seed": 1}
    return Reranker.of_text(lightgbm.train({**small, **parameters}, table, 20).model_to_string())


@pytest.fixture
def features():
    values = np.random.default_rng(1).normal(size=(300, len(_READ))).astype(np.float32)
    values[::7, 2] = np.nan
    return features_of(values)


def test_contributions_add_up_to_the_score_less_what_all_get(features):
    labels = features[:, _COLUMNS[0]] - 2 * np.maximum(features[:, _COLUMNS[1]], 0) * np.isnan(features[:, _COLUMNS[2]])
    reranker = reranker_of(features, labels)

    given = reranker.contributions(features)

    everybodys = reranker.booster.predict(features[:, _COLUMNS]) - given.sum(axis=1)
    assert everybodys == pytest.approx(np.full(300, everybodys[0]))
    assert given.shape == features.shape
    assert (np.delete(given, _COLUMNS, axis=1) == 0).all()
    assert all(given[:, column].any() for column in _COLUMNS)


def test_a_decision_gives_the_difference_that_it_makes(features):
    """One tree of two leaves: what it says on either side, from what it says of all."""
    reranker = reranker_of(features, np.where(features[:, _COLUMNS[1]] > 0, 3.0, 1.0), num_leaves=2, num_iterations=1)

    given = reranker.contributions(features)[:, _COLUMNS[1]]

    scores = reranker.booster.predict(features[:, _COLUMNS])
    # The text of a tree has six digits of what it says before its leaves.
    assert given == pytest.approx(scores - scores.mean(), rel=1e-4)
    assert set(np.sign(given[features[:, _COLUMNS[1]] > 0.1])) == {1}


def test_trees_that_decide_nothing_give_nothing(features):
    reranker = reranker_of(features, np.zeros(300))

    assert not reranker.contributions(features).any()


def test_nothing_is_given_to_nobody(features):
    assert reranker_of(features, features[:, _COLUMNS[0]]).contributions(features[:0]).shape == (0, len(COLUMN_OF))

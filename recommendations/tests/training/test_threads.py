"""Tests of the threads of a training: they sleep while they wait for each other, and change no result."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recommendations.hybrid.features import FEATURES
from recommendations.training.datasets import Example
from recommendations.training.models import trained_reranker

ROOT = Path(__file__).resolve().parents[3]
_CODE = (
    "import sys; sys.path.insert(0, 'platform'); import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings';"
    "import django; django.setup(); {} import implicit.cpu.als, lightgbm"
)


def spins_of(preparation):
    """Return how often each copy of GNU's OpenMP that is loaded lets a thread look before it sleeps."""
    environment = {**os.environ, "OMP_DISPLAY_ENV": "VERBOSE"}
    environment.pop("OMP_WAIT_POLICY", None)
    done = subprocess.run(
        [sys.executable, "-c", _CODE.format(preparation)], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    return {int(count) for count in re.findall(rb"GOMP_SPINCOUNT = '(\d+)'", done.stderr)}


def test_threads_of_a_training_sleep_while_they_wait():
    if not spins_of(""):
        pytest.skip("not GNU's OpenMP")

    assert spins_of("import recommendations.training.pipeline;") == {0}


def example_of(random):
    """Return an example of thirty candidates with random features, of which the user chose those with the greatest sums."""
    features = random.normal(size=(30, len(FEATURES))).astype(np.float32)
    sums = features[:, :3].sum(axis=1)
    return Example(
        user_id=1,
        interests=frozenset(),
        seen=frozenset(),
        has_history=True,
        event_ids=tuple(range(30)),
        organiser_ids=(None,) * 30,
        series=(None,) * 30,
        starts=(0.0,) * 30,
        features=features,
        gains=np.where(sums > np.sort(sums)[-4], 3, 0).astype(np.int8),
        applied=frozenset(),
    )


def test_any_number_of_threads_gives_the_same_trees():
    random = np.random.default_rng(1)
    examples = [example_of(random) for _ in range(200)]

    def trees(threads):
        text = trained_reranker(examples, seed=1, threads=threads).booster.model_to_string()
        # What follows names the number of threads.
        return text.partition("\nparameters:")[0]

    one = trees(1)

    assert one.count("Tree=") > 100
    assert [trees(threads) == one for threads in (2, 3)] == [True, True]

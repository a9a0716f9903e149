"""Encoders, which turn texts into vectors: their interface, and the one that is configured."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How far the length of a row may be from 1: more than the rounding of 512 squares in float32.
_LENGTH_TOLERANCE = 1e-3


class NoEmbedder(Exception):
    """There is no encoder of texts. Set EMBEDDER to the dotted path of a class that can be loaded."""


class BadVectors(Exception):
    """The encoder did not return a finite vector of length 1 for each text. Fix it, or set EMBEDDER to another."""


class Embedder(Protocol):
    """An encoder of texts. Its class takes no arguments; threads share the instance.

    Only vectors of the same `name` and `version` are compared with each other.
    """

    name: str
    version: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32[texts, dimensions], each row of length 1. NoEmbedder if it cannot be loaded."""


def embedder() -> Embedder:
    """Return the encoder that the setting EMBEDDER names, always the same instance; NoEmbedder if there is none."""
    return _embedder_at(settings.EMBEDDER)


@cache
def _embedder_at(path: str) -> Embedder:
    if not path:
        raise NoEmbedder("There is no encoder of texts, because EMBEDDER is empty.")
    try:
        made: Embedder = import_string(path)()
    except ImportError as error:
        raise NoEmbedder(
            f"The encoder of texts cannot be loaded ({error}). Set EMBEDDER to another, or fix it."
        ) from error
    return made


def vectors_of(encoder: Embedder, texts: Sequence[str]) -> list[list[float]]:
    """Return a list[float] of length 1 for each text; BadVectors or NoEmbedder if the encoder fails."""
    import numpy as np

    rows = np.asarray(encoder.embed(texts))
    if rows.shape != (len(texts), encoder.dimensions):
        raise BadVectors(
            f"{encoder.name} {encoder.version} returned an array of shape {rows.shape} for {len(texts)} texts and "
            f"{encoder.dimensions} dimensions."
        )
    # NaN is within no distance of 1.
    if not np.all(np.abs(np.linalg.norm(rows, axis=1) - 1) <= _LENGTH_TOLERANCE):
        raise BadVectors(f"{encoder.name} {encoder.version} returned a vector that is not finite or not of length 1.")
    vectors: list[list[float]] = rows.astype(np.float32).tolist()
    return vectors

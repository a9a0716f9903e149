"""Encoding the texts of requests: one at a time, with an encoder that is loaded in the background."""

import logging
import threading

from django.db import DatabaseError, connection

from api.costly import Busy, Costly, costly
from recommendations.embeddings.embedder import BadVectors, Embedder, NoEmbedder, embedder, vectors_of
from recommendations.models import EventEmbedding

_log = logging.getLogger("marquee.semantic_search")


class StillLoading(Busy):
    """The encoder of texts is being loaded. Try again in a few seconds."""

    default_detail = __doc__


class _Loading:
    """The loading of the encoder in this process; `wanted` in a process that serves requests."""

    def __init__(self) -> None:
        self.wanted = False
        self.loaded: Embedder | None = None
        self.failure: NoEmbedder | BadVectors | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, *, always: bool) -> threading.Thread:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._load, args=(always,), name="encoder", daemon=True)
                self._thread.start()
            return self._thread

    def _load(self, always: bool) -> None:
        try:
            # Without vectors there is nothing to compare with, and the encoder would take 150 MB for nothing.
            if always or EventEmbedding.objects.exists():
                encoder = embedder()
                vectors_of(encoder, [""])
                self.loaded, self.failure = encoder, None
        except (NoEmbedder, BadVectors) as error:
            self.failure = error
        except DatabaseError as error:
            _log.warning("The encoder is not loaded yet, because the database does not answer: %s", error)
        finally:
            connection.close()


_LOADING = _Loading()


def load_in_background() -> threading.Thread:
    """Load the encoder beside the requests that this process serves, if there are vectors; return the thread.

    A request that needs the encoder earlier, or for the first vectors, starts the loading too, and doesn't wait for it.
    """
    _LOADING.wanted = True
    return _LOADING.start(always=False)


def vector_of(encoder: Embedder, text: str) -> list[float]:
    """Return a text's vector; StillLoading, or Busy, while the encoder is loading or at work for others.

    Raises what vectors_of() raises, which also comes from loading.
    """
    if _LOADING.wanted and _LOADING.loaded is not encoder:
        failure = _LOADING.failure
        _LOADING.start(always=True)
        raise failure or StillLoading
    with costly(Costly.ENCODING):
        return vectors_of(encoder, [text])[0]

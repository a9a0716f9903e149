"""Quick encoders, and encoders that fail, for tests of the code around them."""

import hashlib
import os
import time
from pathlib import Path

import numpy as np


class QuickEncoder:
    """Meaningless vectors of 8 dimensions: equal texts have equal vectors, different texts different ones."""

    name = "quick"
    version = "1"
    dimensions = 8

    def embed(self, texts):
        rows = [np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype=np.uint32)[:8] for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), 8) - 2**31
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class NewerEncoder(QuickEncoder):
    """The same in another version."""

    version = "2"


class SlowEncoder(QuickEncoder):
    """The same, but it creates a file when its second batch begins, and then takes a minute."""

    asked = 0

    def embed(self, texts):
        self.asked += len(texts) > 1
        if self.asked == 2:
            Path(os.environ["MARKER"]).touch()
            time.sleep(60)
        return super().embed(texts)


class NanEncoder(QuickEncoder):
    """One that returns NaN."""

    def embed(self, texts):
        return super().embed(texts) * np.float32("nan")


class LongEncoder(QuickEncoder):
    """One whose vectors have length 2."""

    def embed(self, texts):
        return super().embed(texts) * 2


class NarrowEncoder(QuickEncoder):
    """One that returns fewer dimensions than it declares."""

    def embed(self, texts):
        return super().embed(texts)[:, :4]

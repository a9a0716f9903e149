"""This file holds encoders that are quick, or that go wrong, for tests of what is around an encoder."""

import hashlib
import os
import time
from pathlib import Path

import numpy as np


class QuickEncoder:
    """Vectors of 8 dimensions that mean nothing: equal texts have equal ones, others have others."""

    name = "quick"
    version = "1"
    dimensions = 8

    def embed(self, texts):
        rows = [np.frombuffer(hashlib.sha256(text.encode()).digest(), dtype=np.uint32)[:8] for text in texts]
        found = np.array(rows, dtype=np.float32).reshape(len(texts), 8) - 2**31
        return found / np.linalg.norm(found, axis=1, keepdims=True)


class NewerEncoder(QuickEncoder):
    """The same in another version."""

    version = "2"


class SlowEncoder(QuickEncoder):
    """The same, but it tells by a file when it has begun with its second batch, and then takes its time."""

    asked = 0

    def embed(self, texts):
        self.asked += len(texts) > 1
        if self.asked == 2:
            Path(os.environ["TELL"]).touch()
            time.sleep(60)
        return super().embed(texts)


class NanEncoder(QuickEncoder):
    """One that gives no numbers."""

    def embed(self, texts):
        return super().embed(texts) * np.float32("nan")


class LongEncoder(QuickEncoder):
    """One whose vectors are too long."""

    def embed(self, texts):
        return super().embed(texts) * 2


class NarrowEncoder(QuickEncoder):
    """One that gives fewer dimensions than it says."""

    def embed(self, texts):
        return super().embed(texts)[:, :4]

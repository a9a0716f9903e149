"""Tests of the limit on costly work."""

import threading

import pytest

from api import costly as module
from api.costly import Busy, Costly, costly


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)


def test_only_one_does_work_of_a_kind(impatient):
    with costly(Costly.EXPORT):
        with pytest.raises(Busy), costly(Costly.EXPORT):
            pass
        with costly(Costly.PASSWORD), costly(Costly.ERASURE), costly(Costly.ENCODING):
            pass
    with costly(Costly.EXPORT):
        pass


def test_an_error_ends_the_work(impatient):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), costly(Costly.EXPORT):
            1 / 0  # noqa: B018


def test_one_waits_and_a_third_is_refused_at_once(monkeypatch):
    # Longer than the test may take: whoever waits gets a turn, and the third is refused without waiting.
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 600.0)
    order = []

    def second() -> None:
        with costly(Costly.EXPORT):
            order.append("second")

    waiter = threading.Thread(target=second)
    with costly(Costly.EXPORT):
        waiter.start()
        while not module._SLOTS[Costly.EXPORT].waiting.locked():
            pass
        with pytest.raises(Busy), costly(Costly.EXPORT):
            pass
        order.append("first")
    waiter.join()

    assert order == ["first", "second"]

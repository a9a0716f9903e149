"""The fixtures of the embedded server's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.localdb.place import place_of
from config.tests.localdb_clients import Client, discard, open_folder


@pytest.fixture(autouse=True)
def _no_client_survives_a_failed_test() -> Iterator[None]:
    yield
    while Client.alive:
        Client.alive[-1].kill()


@pytest.fixture
def empty() -> Iterator[Path]:
    """A folder without a server yet."""
    parent = open_folder()
    directory = parent / "localdb"
    yield directory
    discard(parent, place_of(directory))


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """A folder that several tests use one after another; each leaves it without processes."""
    parent = open_folder()
    directory = parent / "localdb"
    yield directory
    discard(parent, place_of(directory))

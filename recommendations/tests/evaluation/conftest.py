"""The fixture of a scratch template, once for each module: migrations take seconds."""

from collections.abc import Iterator

import pytest

from recommendations.evaluation.scratch import scratch_template


@pytest.fixture(scope="module")
def template(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[str]:
    """The name of an empty database with the tables of this program."""
    with django_db_blocker.unblock(), scratch_template() as name:  # type: ignore[attr-defined]
        yield name

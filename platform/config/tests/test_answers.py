"""Every route answers as it did: see the package config.tests.answers."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.urls import resolve

from config.tests.answers import reading, refusals, writing
from config.tests.answers.asking import Ask, Case, Json, World
from config.tests.answers.comparison import differences
from config.tests.answers.world import demo_world
from config.tests.routes import routed

# In one process: the data is made once.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("answers")]

RECORDED = Path(__file__).parent / "answers" / "recorded"
GROUPS: dict[str, list[Case]] = {
    "feeds": reading.FEEDS,
    "explanations": reading.EXPLANATIONS,
    "events": reading.EVENTS,
    "hybrid": reading.HYBRID,
    "meaning": reading.MEANING,
    "own": reading.OWN,
    "documents": reading.DOCUMENTS,
    "writing_events": writing.EVENTS,
    "writing_interactions": writing.INTERACTIONS,
    "writing_users": writing.USERS,
    "pages": writing.PAGES,
    "refusals": refusals.REFUSALS,
}
NEED_VECTORS = ("hybrid", "meaning")
# Methods of routes that nobody asks here, and why; the admin's pages have tests of their own.
UNASKED: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """The demo data, made once for all groups."""
    with django_db_blocker.unblock(), demo_world() as made:
        yield made


@pytest.mark.parametrize("group", GROUPS)
def test_answers_are_as_recorded(group: str, world: World, caplog) -> None:
    """What changed on purpose is named in the CHANGELOG, then `make answers` records it."""
    caplog.set_level("CRITICAL")
    if group in NEED_VECTORS and not _has_vectors():
        pytest.skip("the server has no pgvector")
    path = RECORDED / f"{group}.json"
    names = [one.name for one in GROUPS[group]]
    assert len(set(names)) == len(names)
    current: dict[str, list[Json]] = {one.name: world.answers_to(one) for one in GROUPS[group]}
    if "RECORD_ANSWERS" in os.environ:
        path.write_text(json.dumps(current, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    recorded = json.loads(path.read_text(encoding="utf-8"))

    result = [
        f"{name}: {said}" for name in names if name in recorded for said in differences(recorded[name], current[name])
    ]

    assert not result, "\n" + "\n".join(result)
    assert list(recorded) == names


def _has_vectors() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_extension WHERE extname = 'vector'")
        return cursor.rowcount == 1


def test_every_route_is_asked() -> None:
    asks = [ask for cases in GROUPS.values() for one in cases for ask in one.steps if isinstance(ask, Ask)]
    paths = {
        (ask.method, re.sub(r"\{\w+\}", "1", ask.path.partition("?")[0])) for ask in asks if "{next}" not in ask.path
    }
    asked = {(method, resolve(path).route) for method, path in paths}
    wanted = {(method, route) for method, route in routed() if not route.startswith("admin/")}

    assert (sorted(wanted - asked - set(UNASKED)), sorted(set(UNASKED) & asked), set(UNASKED) - wanted) == (
        [],
        [],
        set(),
    )

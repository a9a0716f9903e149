"""Tests of how the database goes about a page: what it touches does not grow with the catalogue."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from bench.cases import LIMIT, bad, ordinary
from bench.costs import issued_by, plan_of
from bench.statements import changed, statement
from bench.world import DISMISSALS, dismiss_the_top, values_of, world_of
from events.categories import Category
from interactions.models import Interaction, Mute
from users.models import User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, reset_sequences=True)]

# A page is sorted from the first rows of each slice: two types, and the categories with none.
SORTED = 2 * (len(Category) + 1) * (LIMIT + 1)
# Of which an index would be one more page to read.
ONE_ROW = "recommendations_cluster"
BUFFERS = 60 * (LIMIT + 1)


@pytest.fixture
def hundred_thousand_events():
    """The benchmark's world of 100,000 events, with fewer interactions, its counts kept by the triggers."""
    world, now = world_of("100k"), datetime.now(UTC)
    values = values_of(world, now)
    parameters = {name: value for name, value in connection.get_connection_params().items() if name != "cursor_factory"}
    for unwanted in ("context", "prepare_threshold"):
        parameters.pop(unwanted, None)
    with psycopg.connect(**parameters, autocommit=True) as loading:
        loading.execute(statement("world_functions"))
        try:
            changed(loading, "world_users", values)
            changed(loading, "world_events", values)
            loading.execute(statement("world_interactions"), {**values, "first": 90_000, "last": 290_000})
            dismiss_the_top(now)
            # So that the table is as large as one that is in use.
            Mute.objects.bulk_create(Mute(user=user, series="over") for user in User.objects.order_by("-pk")[:5_000])
            loading.execute("VACUUM (ANALYZE)")
            yield
        finally:
            loading.execute("DROP SCHEMA bench CASCADE")


def test_a_page_touches_what_it_shows(hundred_thousand_events):
    faults = []
    for case in (*ordinary(), *bad()):
        asked = case.pages[0]
        dismissals = Interaction.objects.of(asked.viewer.user).dismissals().count()
        plans = [plan_of(command) for command in issued_by(asked.read)]
        buffers = sum(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans)
        if buffers > BUFFERS + dismissals:
            faults.append(f"{case.name}: {buffers} buffers")
        for node in (node for plan in plans for node in nodes(plan)):
            if node["Node Type"] == "Seq Scan" and node["Relation Name"] != ONE_ROW:
                faults.append(f"{case.name}: {node['Node Type']} of {node['Relation Name']}")
            if node["Node Type"] == "Sort" and node["Plans"][0]["Actual Rows"] > SORTED:
                faults.append(f"{case.name}: {node['Plans'][0]['Actual Rows']} rows sorted")

    assert faults == []
    assert Interaction.objects.dismissals().filter(user__username="dismisser").count() == DISMISSALS


def nodes(plan: dict) -> Iterator[dict]:
    """A plan's node and those below it."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)

"""Tests of the planner settings themselves: they are in force, and the feed's plans follow them."""

import json
from contextlib import contextmanager

import pytest
from django.db import ProgrammingError, connection, transaction

from api.sql import rows_of
from events.tests.factories import EventFactory
from events.tests.planner import PLANNER_SETTINGS, planning_with
from interactions.models import Interaction
from interactions.tests.factories import InteractionFactory
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import HEURISTIC, Feed
from recommendations.feed.viewer import viewer_of
from recommendations.tests.worlds import NOW
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

# The kind of node that a setting takes away where there is another way, and the other ways for _PROBE.
_SCANS = ("enable_indexscan", "enable_indexonlyscan", "enable_bitmapscan", "enable_seqscan")
_JOINS = ("enable_nestloop", "enable_mergejoin", "enable_hashjoin")
NODES = {
    "enable_indexscan": ("Index Scan", _SCANS),
    "enable_indexonlyscan": ("Index Only Scan", _SCANS[2:]),
    "enable_bitmapscan": ("Bitmap Heap Scan", _SCANS),
    "enable_seqscan": ("Seq Scan", _SCANS),
    "enable_sort": ("Sort", _SCANS[:2]),
    "enable_nestloop": ("Nested Loop", _JOINS),
    "enable_mergejoin": ("Merge Join", _JOINS),
    "enable_hashjoin": ("Hash Join", _JOINS),
}
_PROBE = (
    "SELECT event.id FROM events_event AS event JOIN interactions_tally AS tally ON tally.event_id = event.id"
    " ORDER BY event.id"
)


def nodes_of(plan):
    """The kinds of all nodes of a plan."""
    return {plan["Node Type"]}.union(*map(nodes_of, plan.get("Plans", [])))


@contextmanager
def plans_executed():
    """A list of the plans that the server executes meanwhile, those that it keeps too."""
    plans = []

    def add(diagnostic):
        plans.append(json.loads(diagnostic.message_primary.partition("plan:\n")[2])["Plan"])

    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("LOAD 'auto_explain'")
        except ProgrammingError as error:
            pytest.skip(f"auto_explain cannot be loaded: {error}")
        cursor.execute("SET LOCAL auto_explain.log_min_duration = 0")
        cursor.execute("SET LOCAL auto_explain.log_format = 'json'")
        connection.connection.add_notice_handler(add)
        cursor.execute("SET LOCAL client_min_messages = 'log'")
        try:
            yield plans
        finally:
            cursor.execute("SET LOCAL client_min_messages = 'notice'")
            cursor.execute("SET LOCAL auto_explain.log_min_duration = -1")
            connection.connection.remove_notice_handler(add)


@pytest.fixture
def read_feed():
    """Read a feed and return the kinds of nodes in the plans that were executed."""
    EventFactory.create_batch(3, category="music")
    viewer = viewer_of(UserFactory(), NOW)

    def read():
        with plans_executed() as plans:
            assert len(list(whole_feed(Feed(viewer, HEURISTIC)))) == 3
        assert plans
        return set().union(*map(nodes_of, plans))

    return read


def nodes_of_probe():
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {_PROBE}")
        return nodes_of(cursor.fetchone()[0][0]["Plan"])


def test_planner_settings_are_in_force(planner_settings):
    with connection.cursor() as cursor:
        for name, value in planner_settings.values.items():
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (value,)

    nodes = nodes_of_probe()
    assert nodes.isdisjoint(NODES[name][0] for name in planner_settings.values if name in NODES)
    assert nodes.isdisjoint({"Gather", "Gather Merge"}) == (planner_settings.name != "parallel")


@pytest.mark.parametrize("setting", NODES)
def test_each_setting_takes_away_what_would_be_used_without_it(setting):
    node, ways = NODES[setting]
    with planning_with({name: "off" for name in ways if name != setting}):
        assert node in nodes_of_probe()


def test_plans_that_are_kept_follow_the_settings(read_feed):
    with planning_with({"enable_seqscan": "off", "enable_bitmapscan": "off"}):
        assert "Index Scan" in read_feed()
    with planning_with({"enable_indexscan": "off", "enable_indexonlyscan": "off", "enable_bitmapscan": "off"}):
        assert {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}.isdisjoint(read_feed())
    with planning_with({"enable_seqscan": "off", "enable_bitmapscan": "off"}):
        assert "Index Scan" in read_feed()


def test_a_parallel_worker_sees_what_moved_back_in_the_same_transaction():
    moved, other = EventFactory.create_batch(2)
    InteractionFactory(event=moved)
    ((seen_in, seen_at),) = rows_of("SELECT pg_current_snapshot()::text, statement_timestamp()::text", {})
    Interaction.objects.all().delete()

    with planning_with(PLANNER_SETTINGS["parallel"]), plans_executed() as plans:
        rows = rows_of(
            "SELECT event_id, demoted_since(demoted_xid, demoted_at, %(seen_in)s, %(seen_at)s::timestamptz)"
            " FROM interactions_tally ORDER BY event_id",
            {"seen_in": seen_in, "seen_at": seen_at},
        )

    assert rows == [(moved.pk, True), (other.pk, False)]
    assert not {"Gather", "Gather Merge"}.isdisjoint(*map(nodes_of, plans))


@pytest.mark.parametrize(("mode", "kept"), [("force_generic_plan", True), ("force_custom_plan", False)])
def test_statements_of_the_feed_are_planned_once_or_each_time(read_feed, mode, kept):
    counted = "SELECT sum(generic_plans), sum(custom_plans) FROM pg_prepared_statements WHERE statement LIKE %s"
    with planning_with({"plan_cache_mode": mode}), connection.cursor() as cursor:
        # Connections prepare what comes a second time.
        read_feed()
        read_feed()
        cursor.execute(counted, ["%asked AS NOT%"])
        before = cursor.fetchone()
        read_feed()
        cursor.execute(counted, ["%asked AS NOT%"])
        generic, custom = (now - then for now, then in zip(cursor.fetchone(), before, strict=True))

    assert (generic > 0, custom > 0) == (kept, not kept)

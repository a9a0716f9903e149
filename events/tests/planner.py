"""The planner settings under which every feed must be the same, because PostgreSQL may choose any plan at any time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection
from hypothesis import settings as profiles

ANALYZED = "analyzed"
_WAYS = ("indexscan", "indexonlyscan", "bitmapscan", "seqscan", "sort", "nestloop", "mergejoin", "hashjoin")
# Each takes one way of reading, sorting or joining away, or forces one.
PLANNER_SETTINGS: dict[str, dict[str, str]] = {
    "default": {},
    ANALYZED: {},
    **{f"enable_{way}=off": {f"enable_{way}": "off"} for way in _WAYS},
    "force_generic_plan": {"plan_cache_mode": "force_generic_plan"},
    "force_custom_plan": {"plan_cache_mode": "force_custom_plan"},
    # Wherever the statement allows it, with workers that read a part each: parallel plans seem to cost nothing.
    "parallel": {
        "debug_parallel_query": "on",
        "parallel_setup_cost": "0",
        "parallel_tuple_cost": "0",
        "min_parallel_table_scan_size": "0",
        "min_parallel_index_scan_size": "0",
    },
}


@dataclass(frozen=True)
class Planner:
    """The planner settings of a test, by their name in PLANNER_SETTINGS."""

    name: str

    @property
    def values(self) -> Mapping[str, str]:
        """The server's settings."""
        return PLANNER_SETTINGS[self.name]

    @property
    def is_supported(self) -> bool:
        """Whether this server has the settings: debug_parallel_query came with PostgreSQL 16."""
        return "debug_parallel_query" not in self.values or connection.pg_version >= 160000  # type: ignore[attr-defined]

    def rows_written(self) -> None:
        """Call this after a test has written its rows: under `analyzed`, the planner gets to know them."""
        if self.name == ANALYZED:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


@contextmanager
def planning_with(values: Mapping[str, str]) -> Iterator[None]:
    """Set the server's settings on this connection, for as long as it takes.

    A setting doesn't change a plan that a connection keeps, so the plans are discarded, and again afterwards.
    """
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        cursor.execute("DISCARD PLANS")
        try:
            yield
        finally:
            for name in values:
                cursor.execute(f"RESET {name}")
            cursor.execute("DISCARD PLANS")


def examples_each() -> int:
    """Return how many examples a test tries under each of the settings: an eighth of the profile."""
    return profiles().max_examples // 8

"""This file holds the paging of long lists without counting them: beyond a number, how many there are is estimated."""

from functools import cached_property
from typing import Any

import orjson
from django.core.paginator import Paginator
from django.db.models import QuerySet

# Up to so many rows are counted, and can be paged to: an OFFSET reads all that it skips.
COUNTED = 10_000


class Estimate(int):
    """A number that the planner estimates, and that says so wherever it is shown."""

    def __str__(self) -> str:
        return f"~{int(self):,} (estimated)"


class EstimatingPaginator(Paginator[Any]):
    """Pages of a queryset that is counted as far as pages reach; `count` is an Estimate beyond that.

    The estimate is the planner's own for the very statement, from the statistics that ANALYZE keeps. Pages end after
    COUNTED rows: who wants a later one narrows the list.
    """

    object_list: QuerySet[Any, Any]

    @cached_property
    def count(self) -> int:
        """How many rows there are, by one statement, or two if there are more than are counted."""
        rows = self.object_list.order_by()
        counted = rows[: COUNTED + 1].count()
        if counted <= COUNTED:
            return counted
        (plan,) = orjson.loads(rows.explain(format="json"))
        return Estimate(max(plan["Plan"]["Plan Rows"], counted))

    @cached_property
    def num_pages(self) -> int:
        """How many pages can be turned to."""
        return max(1, -(-min(self.count, COUNTED) // self.per_page))

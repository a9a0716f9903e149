"""This file holds what a statement costs in the server: planning plus execution, by EXPLAIN's own clock."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

# TIMING OFF: a clock read twice for each row would be a good part of what is measured here.
_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "

_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Statement:
    """A statement and its parameters, as they are sent."""

    sql: str
    parameters: Any


@dataclass(frozen=True)
class Cost:
    """Milliseconds of the server, and 8 kB pages that it looked at."""

    ms: float
    planning_ms: float
    buffers: int


def issued_by(work: Callable[[], object]) -> tuple[Statement, ...]:
    """Return the statements that a piece of work sends."""
    seen: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        seen.append(Statement(sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        work()
    return tuple(seen)


def cost_of(statements: Iterable[Statement]) -> Cost:
    """Run the statements and return what they cost together."""
    total, planning, buffers = 0.0, 0.0, 0
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(_EXPLAIN + statement.sql, statement.parameters)
            told = cursor.fetchone()[0][0]
            total += told["Planning Time"] + told["Execution Time"]
            planning += told["Planning Time"]
            buffers += told["Plan"]["Shared Hit Blocks"] + told["Plan"]["Shared Read Blocks"]
    return Cost(total, planning, buffers)


def plan_of(statement: Statement) -> dict[str, Any]:
    """Return the plan that serves every parameter, with what it took with these: the one that the product runs."""
    names = list(dict.fromkeys(_PARAMETER.findall(statement.sql)))
    text = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", statement.sql).replace("%%", "%")
    values = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE page AS {text}")
        try:
            cursor.execute(f"{_EXPLAIN}EXECUTE page ({values})", [statement.parameters[name] for name in names])
            plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
        finally:
            cursor.execute("DEALLOCATE page")
    return plan

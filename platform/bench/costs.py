"""What a statement costs in the server: planning plus execution, by EXPLAIN's own clock."""

import itertools
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import ClientCursor

# TIMING OFF: a clock read twice for each row would be a good part of what is measured here.
_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) "

_NAMED = re.compile(r"%\((\w+)\)s")


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


def cost_of(statements: Iterable[Statement], *, prepared: bool = True) -> Cost:
    """Run the statements and return what they cost together: as prepared statements, or each planned for this once."""
    total, planning, buffers = 0.0, 0.0, 0
    for statement in statements:
        explained = _explained(statement, prepared=prepared)
        total += explained["Planning Time"] + explained["Execution Time"]
        planning += explained["Planning Time"]
        buffers += explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"]
    return Cost(total, planning, buffers)


def plan_of(statement: Statement) -> dict[str, Any]:
    """Return the plan of a statement, with what it took."""
    plan: dict[str, Any] = _explained(statement, prepared=True)["Plan"]
    return plan


def _explained(statement: Statement, *, prepared: bool) -> dict[str, Any]:
    """Explain the execution of a statement.

    The product's connections prepare what they send again. As there, PostgreSQL decides after five executions whether
    it plans a prepared statement anew each time.
    """
    connection.ensure_connection()
    # Parameters are written into the text here: EXECUTE takes none.
    with ClientCursor(connection.connection) as cursor:
        if not prepared:
            row: Any = cursor.execute(_EXPLAIN + statement.sql, statement.parameters).fetchone()
            plan: dict[str, Any] = row[0][0]
            return plan
        text, values = _numbered(statement)
        name = f"bench_{zlib.crc32(text.encode())}"
        if not cursor.execute("SELECT 1 FROM pg_prepared_statements WHERE name = %s", [name]).fetchone():
            cursor.execute(f"PREPARE {name} AS {text}")
        arguments = f" ({', '.join(['%s'] * len(values))})" if values else ""
        row = cursor.execute(f"{_EXPLAIN}EXECUTE {name}{arguments}", values).fetchone()
    prepared_plan: dict[str, Any] = row[0][0]
    return prepared_plan


def _numbered(statement: Statement) -> tuple[str, list[Any]]:
    """Return a statement with $1 for its first parameter, and the values in that order."""
    if isinstance(statement.parameters, Mapping):
        names = list(dict.fromkeys(_NAMED.findall(statement.sql)))
        text = _NAMED.sub(lambda match: f"${names.index(match[1]) + 1}", statement.sql)
        return text.replace("%%", "%"), [statement.parameters[name] for name in names]
    numbers = itertools.count(1)
    text = re.sub("%s", lambda match: f"${next(numbers)}", statement.sql)
    return text.replace("%%", "%"), list(statement.parameters)

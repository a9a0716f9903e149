"""The benchmark's own statements, by the name of their file in sql/."""

from functools import cache
from pathlib import Path
from typing import Any

from bench.server import Connection

_SQL = Path(__file__).resolve().parent / "sql"


@cache
def statement(name: str) -> str:
    """Return the SQL of sql/<name>.sql."""
    return (_SQL / f"{name}.sql").read_text()


def changed(connection: Connection, name: str, values: dict[str, Any]) -> None:
    """Run the statements of sql/<name>.sql one after the other: with parameters, the protocol takes one at a time."""
    for command in statement(name).split(";\n"):
        if command.strip():
            connection.execute(command, values if "%(" in command else None)

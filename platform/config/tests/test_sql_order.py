"""Tests that no statement leaves it to the plan which rows come, or in which order."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[3]
APPS = ("events", "users", "interactions", "recommendations", "platform")

_IGNORED = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|%\(\w+\)s", re.DOTALL)
_ORDER_BY = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)
_BY_POSITION = (
    r"\b(?:row_number|rank|dense_rank|percent_rank|cume_dist|ntile|lag|lead|first_value|last_value|nth_value)"
)
_WINDOW = re.compile(rf"{_BY_POSITION}\s*\(\)\s*(?:FILTER\s*\(\)\s*)?OVER\s*$", re.IGNORECASE)
_NAMED_WINDOW = re.compile(rf"{_BY_POSITION}\s*\(\)\s*(?:FILTER\s*\(\)\s*)?OVER\s+(\w+)", re.IGNORECASE)
_AGGREGATE = re.compile(r"\b(?:array|string|jsonb?|jsonb?_object|xml)_?agg\s*$", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:LIMIT|FETCH\s+(?:FIRST|NEXT))\b", re.IGNORECASE)
_DISTINCT_ON = re.compile(r"\bDISTINCT\s+ON\b", re.IGNORECASE)
# Rows without columns are all the same.
_SELECTS_NOTHING = re.compile(r"^\s*SELECT\s+FROM\b", re.IGNORECASE)


def levels_of(sql):
    """Each statement and each pair of parentheses, as (what comes before it, what is in it), inner ones emptied."""
    result, stack = [], [["", ""]]
    for piece in re.split(r"([();])", _IGNORED.sub("''", sql)):
        if piece == "(":
            stack[-1][1] += "("
            stack.append([stack[-1][1][:-1], ""])
        elif piece == ")":
            result.append(stack.pop())
            stack[-1][1] += ")"
        elif piece == ";":
            result.append(stack.pop())
            stack.append(["", ""])
        else:
            stack[-1][1] += piece
    assert len(stack) == 1, "Parentheses don't match."
    return [*result, *stack]


def left_to_the_plan(sql):
    """What is wrong with a text of SQL, in words."""
    levels = levels_of(sql)
    ordered_windows = {
        before.split()[-2]
        for before, inside in levels
        if re.search(r"\w+\s+AS\s*$", before, re.IGNORECASE) and _ORDER_BY.search(inside)
    }
    wrong = []
    for before, inside in levels:
        is_ordered = _ORDER_BY.search(inside)
        if _WINDOW.search(before) and not is_ordered:
            wrong.append("a window function of the position in a window without ORDER BY")
        if any(name not in ordered_windows for name in _NAMED_WINDOW.findall(inside)):
            wrong.append("a window function of the position in a named window without ORDER BY")
        if _AGGREGATE.search(before) and not is_ordered:
            wrong.append("an aggregate of a list without ORDER BY")
        if _LIMIT.search(inside) and not is_ordered and not _SELECTS_NOTHING.search(inside):
            wrong.append("LIMIT without ORDER BY")
        if _DISTINCT_ON.search(inside) and not is_ordered:
            wrong.append("DISTINCT ON without ORDER BY")
    return wrong


def statements():
    """Every text of SQL in the project, by where it stands; tests' own are left out."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.sql")):
            yield str(path.relative_to(ROOT)), path.read_text()
        for path in sorted((ROOT / app).rglob("*.py")):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sql(node.value):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def _is_sql(text):
    return re.match(r"\s*(?:WITH\s+\w+|SELECT\s+\S+\s+\S+|INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET|COPY)\b", text)


def test_no_statement_leaves_rows_or_their_order_to_the_plan():
    texts = dict(statements())

    assert len(texts) > 50
    assert {where: wrong for where, sql in texts.items() if (wrong := left_to_the_plan(sql))} == {}


def test_no_model_has_an_order_of_its_own():
    # Meta.ordering orders queries that don't say so, and changes what DISTINCT and GROUP BY mean.
    own = [model for model in apps.get_models() if model.__module__.partition(".")[0] in APPS]

    assert len(own) > 10
    assert [model.__name__ for model in own if model._meta.ordering] == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT row_number() OVER () FROM event ORDER BY id LIMIT 3",
        "SELECT row_number() OVER (PARTITION BY type) FROM event",
        "SELECT nth_value(id, (SELECT 3)) OVER found FROM event WINDOW found AS (PARTITION BY type)",
        "SELECT * FROM (SELECT id FROM event LIMIT 3) AS few ORDER BY id",
        "SELECT id FROM event FETCH FIRST ROW ONLY; SELECT 1 ORDER BY 1",
        "SELECT DISTINCT ON (type) type, id FROM event -- ORDER BY id",
        "SELECT array_agg(id), 'ORDER BY' FROM event ORDER BY 1",
        "SELECT jsonb_agg(id) FROM event",
        "SELECT string_agg(title, ', ') FROM event",
    ],
)
def test_what_is_left_to_the_plan_is_reported(sql):
    assert len(left_to_the_plan(sql)) == 1


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT row_number() OVER (ORDER BY start_at, id) FROM event",
        "SELECT sum(size) OVER () FROM event",
        "SELECT lag(id) OVER found FROM event WINDOW found AS (ORDER BY start_at, id)",
        "SELECT count(*) FROM (SELECT FROM event LIMIT 50) AS few",
        "SELECT array_agg(id ORDER BY (SELECT 1), id) FROM event",
        "SELECT DISTINCT ON (type) type, id FROM event ORDER BY type, id LIMIT 2",
    ],
)
def test_what_is_ordered_is_let_pass(sql):
    assert left_to_the_plan(sql) == []

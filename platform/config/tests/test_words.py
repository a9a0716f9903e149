"""The words of the code are the field's own: identifiers and module docstrings hold none of a list of private words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Words that a reader who knows recommender systems, Django and PostgreSQL would have to learn here. Beside each, what
# to say.
PRIVATE = {
    "allowance": "rate limit",
    "allowances": "rate limits",
    "arranging": "diversification",
    "begun": "first_page, started",
    "beginning": "first_page, start",
    "chooser": "positive user",
    "choosers": "positive users",
    "deed": "interaction, history item",
    "deeds": "interactions",
    "doing": "interaction",
    "doings": "interactions",
    "errand": "job",
    "errands": "jobs",
    "found": "candidate, rows, result",
    "fusing": "rank fusion",
    "holding": "personal data",
    "holdings": "personal-data registry",
    "judging": "scoring",
    "keeping": "cache",
    "kindred": "similar organisers",
    "knowledge": "entity statistics",
    "narrowed": "filtered",
    "parted": "separated",
    "recede": "demote",
    "receded": "demoted",
    "recedes": "demotes",
    "scene": "feature context",
    "scenes": "feature contexts",
    "settled": "xmin, complete",
    "shortlist": "candidates",
    "sight": "snapshot",
    "sought": "search",
    "spend": "consume",
    "supposed": "assumed",
    "told": "shown, reported",
    "unhurried": "fair queue",
    "verdict": "eligibility",
}
# Tables that users hold.
KEPT = ("users_allowance",)
PHRASES = ("this file holds", "what is asked of", "for who ", "of somebody who")
# SQL of shipped migrations, which never changes.
SHIPPED = (
    "interactions/sql/receded_planned_apart.sql",
    "interactions/sql/tally",
)

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def sources(*patterns: str) -> list[Path]:
    """The files of the project, without migrations and what is installed or made."""
    found_in = ("events", "users", "interactions", "recommendations", "platform")
    files = [path for room in found_in for pattern in patterns for path in (ROOT / room).rglob(pattern)]
    files += [path for pattern in patterns for path in ROOT.glob(pattern)]
    return sorted(path for path in files if "migrations" not in path.parts and path != Path(__file__))


def words_of(identifier: str) -> set[str]:
    """The words that an identifier is made of, in lower case."""
    words = {part.lower() for part in _PARTS.findall(identifier)}
    # Not found is what HTTP, Python and Django call it.
    return words - {"found"} if "not" in words else words


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that a module gives or uses, with its line."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.alias(name=name):
                yield line, name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield line, name
            case ast.keyword(arg=str(name)):
                yield line, name


def faults_in_python(path: Path) -> list[str]:
    text = path.read_text()
    tree = ast.parse(text)
    where = path.relative_to(ROOT)
    faults = {
        f"{where}:{line}: {name}: say {PRIVATE[word]}"
        for line, name in identifiers(tree)
        for word in words_of(name) & PRIVATE.keys()
    }
    faults |= {
        f"{where}: the module is called {word}" for word in words_of(path.stem.removeprefix("test_")) & PRIVATE.keys()
    }
    docstring = (ast.get_docstring(tree) or "").lower()
    faults |= {f"{where}:1: “{phrase.strip()}”" for phrase in PHRASES if phrase in docstring}
    faults |= {
        f"{where}:1: “{word}”"
        for word in set(re.findall("[a-z]+", docstring)) & (PRIVATE.keys() - {"found", "holding"})
    }
    return sorted(faults)


def faults_in_sql(path: Path) -> list[str]:
    where = path.relative_to(ROOT)
    faults = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code = re.sub("|".join(KEPT), "", line.split("--")[0])
        faults += [f"{where}:{number}: {word}" for word in words_of(code) & PRIVATE.keys()]
    return sorted(faults)


def is_checked(path: Path) -> bool:
    return not str(path.relative_to(ROOT)).startswith(SHIPPED)


def test_words_of_python_are_the_fields_own():
    assert [fault for path in sources("*.py") if is_checked(path) for fault in faults_in_python(path)] == []


def test_words_of_sql_are_the_fields_own():
    assert [fault for path in sources("*.sql") if is_checked(path) for fault in faults_in_sql(path)] == []


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('"""This file holds deeds."""', 2),
        ("def deeds_of(user): pass", 1),
        ("class Found: pass", 1),
        ("x = row.receded_at", 1),
        ("foundation = indeed = 1", 0),
    ],
)
def test_private_words_are_seen(tmp_path, monkeypatch, text, faults):
    path = tmp_path / "module.py"
    path.write_text(text)
    monkeypatch.setattr("config.tests.test_words.ROOT", tmp_path)
    assert len(faults_in_python(path)) == faults

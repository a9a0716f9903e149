"""Tests that the commands and targets in the documents are there, with the options that are shown."""

import re
import shlex
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, get_commands, load_command_class

from config.tests.docs.reading import NAMES, ROOT, prose_of, shell_of

# What stands for a value in the documents.
_VALUES = {
    "EVENT_ID": "1", "N": "1", "WHEN": "2026-05-17", "NAME": "heuristic", "C": "music", "SOURCE.ics|.csv": "town.ics",
    "{EVENT_ID}": "1",
}  # fmt: skip
_TABLE = re.compile(r"^\| `([^`]+)` \|(.*)\|$", re.MULTILINE)


def manage_lines(name: str) -> Iterator[str]:
    """Yield the arguments of each manage.py in a document."""
    for line in shell_of(name):
        for command in re.split(r"&&|\|\||[;|]\s|>", line):
            if result := re.search(r"(?:^|[\s/])manage\.py\s+(\S.*)", command):
                yield result[1].strip()


def fault_of(line: str) -> str | None:
    """Say what is wrong with a command line."""
    name, *arguments = [word for word in shlex.split(line.replace("[", " ").replace("]", " ")) if word != "…"]
    if name in ("COMMAND", "help"):
        return None
    if name not in get_commands():
        return f"there is no command {name}"
    command = load_command_class(get_commands()[name], name)
    try:
        command.create_parser("manage.py", name).parse_args([_VALUES.get(word, word) for word in arguments])
    except CommandError as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", NAMES)
def test_commands_take_what_is_shown(name):
    faults = {line: fault_of(line) for line in manage_lines(name)}

    assert {line: fault for line, fault in faults.items() if fault} == {}


def test_commands_of_the_readme_are_there_with_their_options():
    section = prose_of("docs/commands.md")
    faults = {}
    for line, reported in _TABLE.findall(section):
        faults[line] = fault_of(line)
        name = line.split()[0]
        options = load_command_class(get_commands()[name], name).create_parser("manage.py", name)._option_string_actions
        for option in re.findall(r"`(--[a-z-]+)", reported):
            faults[f"{name} {option}"] = None if option in options else "there is no such option"

    assert {line: fault for line, fault in faults.items() if fault} == {}
    ours = {
        name
        for name, app in get_commands().items()
        if not str(app).startswith(("django", "drf", "knox", "whitenoise", "rest_framework", "allauth"))
    }
    # What make does by itself.
    assert sorted(ours - {"run_demo", "evaluate"} - {line.split()[0] for line, _ in _TABLE.findall(section)}) == []


@pytest.mark.parametrize("name", NAMES)
def test_targets_are_there(name):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    reported = {result for line in shell_of(name) for result in re.findall(r"^make ([a-z-]+)", line)}

    assert reported - targets == set()


def test_every_target_and_command_is_looked_at():
    reported = {result for name in NAMES for line in shell_of(name) for result in re.findall(r"^make ([a-z-]+)", line)}
    commands = {line.split()[0] for name in NAMES for line in manage_lines(name)}

    assert {"run", "test", "bench", "help"} <= reported
    assert {"show_feed", "migrate", "check_feed", "collectstatic"} <= commands
    assert fault_of("show_feed ana --limit 5") is None
    assert fault_of("show_food ana") == "there is no command show_food"
    assert fault_of("show_feed ana --depth 5") == "Error: unrecognized arguments: --depth 5"

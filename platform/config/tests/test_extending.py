"""Tests that the examples of docs/extending.md apply, touch as few files as it says, and work."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

from config.tests.docs.reading import ROOT, text_of

DOCUMENT = "docs/extending.md"
# Files that an example may touch, besides tests and generated documents.
AT_MOST = {
    "A field of events": 4,
    "A filter of the feed": 5,
    "A ranker": 2,
    "A feature of the model": 1,
    "An endpoint": 4,
}
_SOURCES = ("events", "users", "interactions", "recommendations", "platform", "docs")
_SETTINGS = 'from config.settings import *\nDATABASES["default"]["TEST"] = {"NAME": "test_extending"}\n'


def examples():
    """The examples by heading: their patches and commands."""
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text_of(DOCUMENT), re.DOTALL | re.MULTILINE))
    return {
        heading: (
            "".join(re.findall(r"^```diff\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)),
            re.findall(r"^\.venv/bin/python (.+)$", section, re.MULTILINE),
        )
        for heading, section in sections.items()
    }


def files_of(folder):
    """The contents of the files by path, without tests."""
    paths = (path for name in _SOURCES for path in (folder / name).rglob("*"))
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in paths
        if path.is_file() and not {"tests", "__pycache__"} & set(path.parts)
    }


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project, with a test database of its own on the same server."""
    folder = tmp_path_factory.mktemp("extending") / "project"
    for name in _SOURCES:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("manage.py", "conftest.py", "pytest.ini", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "extending_settings.py").write_text(_SETTINGS)
    return folder


@pytest.fixture(scope="module")
def run(copy):
    """Run a command in the copy; it must succeed."""
    server = {"LOCALDB_DIR": str(settings.DATABASES["default"].get("LOCALDB_DIR", ""))}
    environment = {**os.environ, **server, "PYTHONPATH": str(copy), "GIT_CEILING_DIRECTORIES": str(copy.parent)}

    def run(*command, text=None):
        done = subprocess.run(command, cwd=copy, env=environment, input=text, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    return run


@pytest.mark.slow
def test_examples_apply_within_their_numbers_and_work(copy, run):
    touched, tests = {}, []
    for heading, (patch, commands) in examples().items():
        before = files_of(copy)
        run("git", "apply", "-", text=patch)
        for command in commands:
            run(sys.executable, *command.split())
        after = files_of(copy)
        touched[heading] = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
        tests += re.findall(r"^\+\+\+ b/(\S+/tests/\S+)", patch, re.MULTILINE)

    assert touched.keys() == AT_MOST.keys()
    assert {heading: paths for heading, paths in touched.items() if not 1 <= len(paths) <= AT_MOST[heading]} == {}
    assert len(tests) == len(AT_MOST)
    run(sys.executable, "-m", "ruff", "check", *_SOURCES[:-1])
    run(sys.executable, "-m", "ruff", "format", "--check", *_SOURCES[:-1])
    run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ds", "extending_settings", *tests)

"""Tests of the settings in the documents, and of .env.example against the code."""

import json
import os
import re
import subprocess
import sys

import pytest

from config.tests.docs.reading import NAMES, ROOT, shell_of, spans_of
from config.tests.docs.test_commands import _TABLE

_CODE = (ROOT / "platform" / "config" / "settings.py").read_text()
_EXAMPLE = (ROOT / ".env.example").read_text()
_READ = re.findall(r'_setting\("(\w+)"', _CODE)
# Of make, of tests, of PostgreSQL's programs and of the example.
_OTHERS = {
    "SIZE",
    "WORKERS",
    "SEED",
    "FUZZ_CASES",
    "FUZZ_SEED",
    "PYTHON",
    "PYTHONPATH",
    "MARQUEE",
    "A",
    "H",
}
_PRINT = """
import json, sys
sys.path[:0] = ["platform", "."]
from config import settings
names = [name for name in dir(settings) if name.isupper() and name not in ("LOGGING", "SERVING_LOGGING")]
print(json.dumps({name: getattr(settings, name) for name in names}, default=str, sort_keys=True))
"""


def settings_with(**environment):
    """Return what the settings are, read anew, with nothing else in the environment."""
    kept = {name: value for name, value in os.environ.items() if name not in _READ}
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    # Folders are written from the top in the example.
    return json.loads(re.sub(rf'"{re.escape(str(ROOT))}/(\.localdb|static)"', r'"\1"', done.stdout))


def test_the_example_lists_every_setting_with_its_default():
    listed = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", _EXAMPLE, re.MULTILINE))

    assert sorted(listed) == sorted(set(_READ))
    assert len(re.findall(r"^# [A-Z_]+=", _EXAMPLE, re.MULTILINE)) == len(listed)
    assert settings_with(**{name: value for name, value in listed.items() if name in _CODE}) == settings_with()


def test_the_example_says_what_each_is_for():
    remark = None
    for line in _EXAMPLE.splitlines():
        is_setting = re.match(r"# [A-Z_]+=", line)
        assert not is_setting or remark, f"{line} stands without a remark"
        remark = (
            None if not line else (remark if is_setting else line.startswith("# ") and not line.startswith("# ---"))
        )


def test_defaults_in_the_readme_are_those_of_the_example():
    section = (ROOT / "docs" / "settings.md").read_text()
    rows = {name: reported.partition(" | ")[0].strip(" |`") for name, reported in _TABLE.findall(section)}
    listed = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", _EXAMPLE, re.MULTILINE))
    # In words, there.
    words = {"SECRET_KEY", "PUBLIC_BROWSING", "SIGN_UP", "HTTPS_ONLY", "EMBEDDER", "CACHE_URL", "LOG_LEVEL"}

    assert {name: value for name, value in rows.items() if name not in words} == {
        name: value for name, value in listed.items() if name not in words
    }


def test_an_update_publishes_nothing_by_itself():
    unset, production, chosen = {}, {"DEBUG": "false"}, {"DEBUG": "false", "PUBLIC_BROWSING": "true"}

    assert [settings_with(**each)["PUBLIC_BROWSING"] for each in (unset, production, chosen)] == [True, False, True]


@pytest.mark.parametrize("name", NAMES)
def test_settings_that_are_set_are_there(name):
    shown = {result for line in shell_of(name) for result in re.findall(r"(?:^|\s)([A-Z][A-Z_]*)=(?!\s|$)", line)}

    assert shown - set(_READ) - _OTHERS == set()


@pytest.mark.parametrize("name", NAMES)
def test_names_in_capitals_are_in_the_code(name):
    named = {span for span in spans_of(name) if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", span)} - set(_READ) - _OTHERS
    code = [path.read_text() for app in ("events", "users", "interactions", "recommendations", "platform") for path in (ROOT / app).rglob("*.py")]  # fmt: skip

    assert sorted(word for word in named if not any(re.search(rf"\b{word}\b", text) for text in code)) == []

"""Tests that ARCHITECTURE.md lists the notes of the code, which are written once."""

import re

from config.tests.docs.reading import ROOT

_NOTE = re.compile(r"^\s*# Note \[([^]]+)\]", re.MULTILINE)
_ROW = re.compile(r"^\| ([A-Z][^|]*) \| `([^`]+)` \|$", re.MULTILINE)


def test_architecture_lists_every_note():
    section = (ROOT / "ARCHITECTURE.md").read_text().split("\n## Notes\n")[1].split("\n## ")[0]
    listed = {(name.strip(), file) for names, file in _ROW.findall(section) for name in names.split(",")}
    places = [
        path
        for room in ("events", "users", "interactions", "recommendations", "platform")
        for path in (ROOT / room).rglob("*.py")
    ]
    written = {(name, path.relative_to(ROOT).as_posix()) for path in places for name in _NOTE.findall(path.read_text())}

    assert listed - {("Note", "File")} == written

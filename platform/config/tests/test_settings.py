"""This file holds the test that the README's table of settings is the one in the code."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_readme_lists_every_setting_once():
    code = (ROOT / "platform" / "config" / "settings.py").read_text()
    read = re.findall(r'_setting\("(\w+)"', code)
    told = re.findall(r"^\| `(\w+)` \|", (ROOT / "README.md").read_text(), flags=re.MULTILINE)

    assert len(read) == len(set(read))
    assert sorted(told) == sorted([*read, "PORT", "HOST", "WEB_CONCURRENCY", "WEB_THREADS"])

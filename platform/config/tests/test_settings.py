"""This file holds the test that the README's table of settings is the one in the code."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_readme_lists_every_setting_once():
    code = (ROOT / "platform" / "config" / "settings.py").read_text()
    read = re.findall(r'_setting\("(\w+)"', code)
    section = (ROOT / "README.md").read_text().split("\n## Settings\n")[1].split("\n## ")[0]
    told = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)

    assert len(read) == len(set(read))
    assert sorted(told) == sorted([*read, "PORT", "HOST", "WEB_CONCURRENCY", "WEB_THREADS"])

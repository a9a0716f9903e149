"""This file holds the test that the README's table of settings is the one in the code."""

import json
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


def test_committed_document_of_the_api_is_the_one_that_is_served(client):
    committed = json.loads((ROOT / "docs" / "openapi.json").read_text())

    assert committed == json.loads(
        client.get("/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).content
    )

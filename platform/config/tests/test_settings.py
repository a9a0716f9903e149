"""Tests that the documented settings are those of the code."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

ROOT = Path(__file__).resolve().parents[3]


def test_readme_lists_every_setting_once():
    code = (ROOT / "platform" / "config" / "settings.py").read_text()
    read = re.findall(r'_setting\("(\w+)"', code)
    section = (ROOT / "docs" / "settings.md").read_text()
    shown = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)

    assert len(read) == len(set(read))
    assert sorted(shown) == sorted(read)


def test_committed_document_of_the_api_is_what_the_code_says(client):
    generated = SchemaGenerator().get_schema(request=None, public=True)

    # `make openapi` writes it anew.
    assert json.loads((ROOT / "docs" / "openapi.json").read_text()) == json.loads(
        OpenApiJsonRenderer().render(generated)
    )


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "application/vnd.oai.openapi+json"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/vnd.oai.openapi+json"),
    ],
)
def test_the_document_is_served_as_it_is_committed(client, monkeypatch, accept, content_type):
    # Making it takes half a second of a processor, which anybody could ask for.
    monkeypatch.delattr("drf_spectacular.generators.SchemaGenerator.get_schema")

    answer = client.get("/schema", headers={"Accept": accept})

    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    assert answer.content == (ROOT / "docs" / "openapi.json").read_bytes()


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:5173", True), ("https://localhost", True), ("http://127.0.0.1:3000", True),
        ("http://[::1]:3000", True), ("http://localhost.evil.example", False), ("http://evil.example", False),
        ("http://notlocalhost:5173", False), ("null", False),
    ],
)  # fmt: skip
def test_pages_of_this_machine_may_call_the_api_while_developing(client, origin, allowed):
    answer = client.options("/events", headers={"Origin": origin, "Access-Control-Request-Method": "GET"})

    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)


@pytest.mark.parametrize(("debug", "allowed"), [("True", 1), ("False", 0)])
def test_no_origin_is_allowed_unasked_in_production(debug, allowed):
    code = "from config import settings; print(len(settings.CORS_ALLOWED_ORIGIN_REGEXES))"
    environment = {**os.environ, "DEBUG": debug, "PYTHONPATH": str(ROOT / "platform")}

    printed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True).stdout

    assert int(printed) == allowed


def test_the_document_takes_no_parameters(client):
    assert [client.get(f"/schema?{name}=json").status_code for name in ("format", "lang", "version")] == [400, 400, 400]

"""Tests that the addresses in the documents are there, and take the method that is shown."""

import json
import re

import pytest
from django.urls import resolve

from config.http.errors import not_found
from config.tests.docs.reading import NAMES, ROOT, spans_of, text_of
from config.tests.routes import methods_of

_SHOWN = re.compile(r"(?:(GET|POST|PUT|PATCH|DELETE) )?(/[A-Za-z0-9{}_/.-]*)(?:\?.*)?")
# Paths of a machine that is told of, not addresses.
_FILES = ("/etc/", "/srv/", "/dev/", "/tmp/", "/var/", "/usr/")


def shown(name):
    """Yield each address in a document with its method, None if there is none."""
    for span in spans_of(name):
        if (result := _SHOWN.fullmatch(span)) and not result[2].startswith(_FILES):
            yield result[1], result[2]


def fault_of(method, address):
    view = resolve(re.sub(r"{\w+}", "1", address)).func
    if getattr(view, "__wrapped__", view) is not_found or view is not_found:
        return "there is nothing at this address"
    return None if method in (None, *methods_of(view)) else f"it does not take {method}"


@pytest.mark.parametrize("name", NAMES)
def test_addresses_are_there(name):
    faults = {(method, address): fault_of(method, address) for method, address in shown(name)}

    assert {row: fault for row, fault in faults.items() if fault} == {}


def test_addresses_are_looked_at():
    result = {row for name in NAMES for row in shown(name)}

    assert {("GET", "/users/me/export"), ("DELETE", "/users/me"), (None, "/metrics")} <= result
    assert fault_of("DELETE", "/recommendations") == "it does not take DELETE"
    assert fault_of("GET", "/recommendation") == "there is nothing at this address"


def test_the_example_asks_for_what_is_there():
    paths = json.loads((ROOT / "docs" / "openapi.json").read_text())["paths"]
    asked = re.findall(r'api\.(GET|POST|PATCH|DELETE)\("([^"]+)"', text_of("docs/examples/client.ts"))

    assert [row for row in asked if row[0].lower() not in paths.get(row[1], {})] == []
    assert len(asked) >= 7

"""Tests that the links between the documents, and into the code, lead somewhere."""

import re

import pytest

from config.tests.docs.reading import NAMES, ROOT, prose_of, spans_of

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FILE = re.compile(r"(?:[\w.-]+/)+[\w.-]+\.(?:py|sql|md|toml|json|ts|html|css|js|conf|sh)")
# Places that programs make, and the one that a reader makes.
_MADE = ("client/", "out/")


def slug_of(heading):
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).strip().replace(" ", "-")


def fault_of(name, link):
    path, _, anchor = link.partition("#")
    here = (ROOT / name).parent
    target = (here / path).resolve() if path else ROOT / name
    if not target.exists():
        return "there is no such file"
    if not anchor:
        return None
    headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
    return None if anchor in map(slug_of, headings) else "there is no such heading"


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name):
    links = [link for link in _LINK.findall(prose_of(name)) if not re.match(r"[a-z]+:", link)]
    faults = {link: fault_of(name, link) for link in links}

    assert {link: fault for link, fault in faults.items() if fault} == {}


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_are_there(name):
    """From the top, from an app, or from the document's own folder."""
    places = [ROOT, ROOT / "platform", (ROOT / name).parent, *(path.parent for path in ROOT.glob("*/apps.py"))]
    named = {span for span in spans_of(name) if _FILE.fullmatch(span) and not span.startswith(_MADE)}

    assert sorted(path for path in named if not any((place / path).exists() for place in places)) == []


def test_links_are_looked_at():
    assert fault_of("README.md", "docs/operations.md#watch") is None
    assert fault_of("README.md", "docs/operations.md#nowhere") == "there is no such heading"
    assert fault_of("docs/api.md", "nowhere.md") == "there is no such file"

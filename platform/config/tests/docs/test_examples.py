"""Tests that the examples with curl in the documents do what they say, against a real server."""

import re
import shutil
import subprocess

import pytest
from knox.models import AuthToken

from config.tests.docs.reading import NAMES, blocks_of
from events.tests.factories import EventFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.slow


def examples_of(name):
    """Return each curl line of a document, and the status that its remark begins with; None for any success."""
    result = []
    for line in (line for block in blocks_of(name) if block.language == "sh" for line in block.lines):
        # What asks the production server is done by test_operations.
        if line.startswith("curl ") and "feed.example.org" not in line:
            command, _, remark = line.partition("  # ")
            status = re.match(r"\s*(\d{3})\b", remark)
            result.append((command.strip(), int(status[1]) if status else None))
    return result


WITH_EXAMPLES = [name for name in NAMES if examples_of(name)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_do_what_they_say(live_server, name):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    EventFactory(pk=1, title="Jazz night", category="music")
    ana = UserFactory(username="ana", password="demo", interests=["food"])
    token = AuthToken.objects.create(ana)[1]
    variables = {"A": live_server.url, "H": f"Authorization: Bearer {token}", "TOKEN": token}

    wrong = []
    for command, expected in examples_of(name):
        asked = command.replace("http://127.0.0.1:8000", live_server.url).replace("Bearer TOKEN", f"Bearer {token}")
        asked = asked.replace("curl ", "curl --silent --output /dev/null --write-out '%{http_code}' ", 1)
        done = subprocess.run(
            ["sh", "-c", asked], env={"PATH": "/usr/bin:/bin", **variables}, capture_output=True, text=True, timeout=60, check=False
        )  # fmt: skip
        status = int(done.stdout or 0)
        if status != expected if expected else not 200 <= status < 300:
            wrong.append(f"{command}: {status} {done.stderr}")

    assert wrong == []


def test_examples_are_looked_at():
    assert {"README.md", "docs/api.md"} <= set(WITH_EXAMPLES)
    assert len(examples_of("docs/api.md")) > 15

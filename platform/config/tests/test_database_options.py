"""Tests of PGOPTIONS: it reaches the server, in commands and in processes that serve, and wins over the settings."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from config.tests.served import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NAMES = ("enable_indexscan", "plan_cache_mode", "statement_timeout", "lock_timeout")
_SHOW = """
import json, sys
sys.path[:0] = ["platform", "."]
import django
django.setup()
from django.db import connection
database, serves, *names = sys.argv[1:]
connection.settings_dict["NAME"] = database
if serves == "serves":
    from config import serving
    serving.prepare()
with connection.cursor() as cursor:
    shown = {}
    for name in names:
        cursor.execute(f"SHOW {name}")
        (shown[name],) = cursor.fetchone()
print(json.dumps(shown))
"""


def shown(how, **environment):
    """What a process with this environment has in force on the tests' database."""
    kept = {name: value for name, value in os.environ.items() if name != "PGOPTIONS"}
    done = subprocess.run(
        [sys.executable, "-c", _SHOW, connection.settings_dict["NAME"], how, *NAMES],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("how", "statement", "lock"), [("commands", "0", "0"), ("serves", "2s", "1500ms")])
def test_pgoptions_win_over_the_settings(how, statement, lock):
    given = "-c enable_indexscan=off -c plan_cache_mode=force_custom_plan -c statement_timeout=7s"

    assert shown(how) == dict(zip(NAMES, ("on", "auto", statement, lock), strict=True))
    assert shown(how, PGOPTIONS=given) == dict(zip(NAMES, ("off", "force_custom_plan", "7s", lock), strict=True))

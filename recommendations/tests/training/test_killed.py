"""Test of a training that is killed while it writes its run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from recommendations.models import EntityFactors, TrainingRun
from recommendations.tests.taste import NOW, world_with_taste
from recommendations.training.pipeline import LOCK, train

ROOT = Path(__file__).resolve().parents[3]
_CODE = """
import os, sys
sys.path.insert(0, "platform")
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = os.environ["TEST_DATABASE"]
from django.core.management import call_command
call_command("train", "--now", os.environ["WHEN"], "--activate", "always")
"""
# A training that has written its run, and waits to write what was learnt.
_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO "recommendations_trait"%%'
"""


def wait_until_it_writes(training):
    until = time.monotonic() + 300
    with connection.cursor() as cursor:
        while True:
            assert training.poll() is None
            assert time.monotonic() < until
            cursor.execute(_WAITING)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_while_it_writes_it_leaves_nothing_and_the_active_run_serves_on(settings):
    settings.TRAINING_THREADS = 1
    world_with_taste(people=8)
    active = TrainingRun.objects.create(
        cutoff=NOW, began_at=NOW, seed=1, parameters={}, metrics={}, model="", activated_at="2026-01-01T00:00Z"
    )
    environment = {
        **os.environ,
        "TEST_DATABASE": connection.settings_dict["NAME"],
        "WHEN": NOW.isoformat(),
        "TRAINING_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    holder = connection.copy()
    training = None
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute("LOCK TABLE recommendations_trait IN EXCLUSIVE MODE")
        training = subprocess.Popen(
            [sys.executable, "-c", _CODE],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        wait_until_it_writes(training)
        training.send_signal(signal.SIGKILL)
        training.wait(timeout=60)
        during = list(TrainingRun.objects.all())
    finally:
        if training is not None and training.poll() is None:
            training.kill()
            training.wait(timeout=60)
        holder.close()

    with transaction.atomic(), connection.cursor() as cursor:
        # Given free by the server, when it finds that nobody is there any more.
        cursor.execute("SET LOCAL statement_timeout = '300s'; SET LOCAL lock_timeout = '300s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    assert during == list(TrainingRun.objects.all()) == [active]
    assert (TrainingRun.objects.active(), EntityFactors.objects.count()) == (active, 0)
    # What was not done is done again.
    train(NOW, seed=1, activate="always", say=lambda text: None)
    assert TrainingRun.objects.count() == 2
    assert TrainingRun.objects.active() == TrainingRun.objects.exclude(pk=active.pk).get()
    assert EntityFactors.objects.exists()

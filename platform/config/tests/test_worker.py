"""Tests of the worker's loop: what is due runs, and no task keeps another from running."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.utils import timezone

from config.worker import Job, Stop, Task, run_tasks
from events.models import Event
from events.tests.factories import EventFactory
from recommendations.models import EventEmbedding

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2027, 3, 1, tzinfo=UTC)


class Diary:
    """What was done, in order; asks to stop after so many entries."""

    def __init__(self, entries):
        self.stop, self.entries, self.done = Stop(), entries, []

    def task(self, name, seconds, *outcomes):
        """A task that has these outcomes, one after the other, then False."""
        left = list(outcomes)

        def run(now):
            self.done.append(name)
            if len(self.done) >= self.entries:
                self.stop.request()
            outcome = left.pop(0) if left else False
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return Task(name, seconds, run)

    def kept(self, *tasks):
        run_tasks(tasks, self.stop, clock=lambda: NOW)
        return self.done


@pytest.mark.django_db
def test_tasks_take_turns_and_more_is_done_at_once():
    diary = Diary(5)

    assert diary.kept(diary.task("a", 60, True, True), diary.task("b", 60, True)) == ["a", "b", "a", "b", "a"]


@pytest.mark.django_db
def test_a_task_of_zero_seconds_is_never_run():
    diary = Diary(1)

    assert diary.kept(diary.task("never", 0), diary.task("a", 60)) == ["a"]


@pytest.mark.django_db(transaction=True)
def test_a_task_that_fails_is_logged_and_keeps_nobody_from_working(caplog):
    caplog.set_level(logging.WARNING)
    diary = Diary(4)

    assert diary.kept(diary.task("bad", 60, ValueError("Broken.")), diary.task("b", 60, True, True)) == [
        "bad", "b", "b", "b",
    ]  # fmt: skip
    assert [(record.levelname, record.getMessage(), str(record.exc_info[1])) for record in caplog.records] == [
        ("ERROR", "The task “bad” failed; again in 60 s.", "Broken."),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_lost_database_is_one_line_in_the_log_and_waited_for(caplog):
    caplog.set_level(logging.WARNING)
    stop, answers = Stop(), []

    def ask(now):
        with connection.cursor() as cursor:
            if not answers:
                answers.append("lost")
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            cursor.execute("SELECT 1")
            answers.append(cursor.fetchone())
        stop.request()
        return False

    began = time.monotonic()
    run_tasks([Task("ask", 1, ask)], stop, clock=lambda: NOW)

    assert answers == ["lost", (1,)]
    assert time.monotonic() - began >= 1
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "The database failed the task “ask”; again in 1 s"
    ]
    assert caplog.records[0].exc_info is None


def test_who_waits_is_woken_and_asking_a_thousand_times_is_asking_once():
    stop = Stop()
    threading.Timer(0.1, stop.request).start()
    began = time.monotonic()

    stop.wait(60)

    assert (stop.is_requested, time.monotonic() - began < 50) == (True, True)
    for _ in range(100_000):
        stop.request()


def test_a_job_is_started_when_due_once_at_a_time_and_ended(caplog):
    caplog.set_level(logging.WARNING)
    asked = []
    job = Job("shell", "-c", "import time; time.sleep(60)", due=lambda now: asked.append(now) or True)

    assert (job(NOW), job(NOW), asked) == (False, False, [NOW])
    began = time.monotonic()
    job.terminate()
    job.terminate()
    assert time.monotonic() - began < 50

    failing = Job("no_such_command", due=lambda now: len(asked) < 2)
    failing(NOW)
    asked.append(NOW)
    failing._process.wait(timeout=60)
    failing(NOW)
    assert [record.getMessage() for record in caplog.records] == ["manage.py no_such_command ended with exit code 1."]


def environment_of_the_tests():
    """What a process needs to work on the tests' database."""
    where = connection.get_connection_params()
    parts = urlencode({"host": where["host"]})
    url = f"postgres://{where['user']}@:{where['port']}/{connection.settings_dict['NAME']}?{parts}"
    return {**os.environ, "DATABASE_URL": url, "WORKER_TRAIN_SECONDS": "0", "LOG_LEVEL": "INFO"}


def started():
    return subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=ROOT,
        env=environment_of_the_tests(),
        stdout=subprocess.PIPE,
        text=True,
    )


def eventually(true, seconds=30):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_embeds_what_is_new_completes_what_is_over_and_ends_when_asked():
    over = EventFactory(start_at=timezone.now() - timedelta(days=3))
    EventFactory()
    first, second = started(), started()
    try:
        eventually(lambda: EventEmbedding.objects.count() == 1)
        eventually(lambda: Event.objects.get(pk=over.pk).status == "COMPLETED")
        new, began = EventFactory(), time.monotonic()
        eventually(lambda: EventEmbedding.objects.filter(event=new).exists())
        took = time.monotonic() - began
    finally:
        for worker in (first, second):
            worker.send_signal(signal.SIGTERM)
        printed = [worker.communicate(timeout=60)[0] for worker in (first, second)]

    # Two seconds until it is looked for; the rest is for a machine that has other work.
    assert took < 20
    assert [worker.returncode for worker in (first, second)] == [0, 0]
    assert [line.partition(":")[0] for line in printed[0].splitlines()[:1]] == ["Working"]
    assert [word for text in printed for word in ("Traceback", "ERROR", "WARNING") if word in text] == []
    assert EventEmbedding.objects.count() == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_ends_with_the_process_that_started_it(tmp_path):
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, sys, time; child = subprocess.Popen([sys.executable, 'manage.py', 'worker', "
        f"'--while-parent-lives']); open({str(pid_file)!r}, 'w').write(str(child.pid)); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment_of_the_tests())
    EventFactory()
    eventually(lambda: EventEmbedding.objects.exists())
    worker = int(pid_file.read_text())

    parent.kill()
    parent.wait(timeout=10)

    eventually(lambda: not alive(worker))


def alive(pid):
    """Whether a process runs; one that has ended and that nobody asked for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False

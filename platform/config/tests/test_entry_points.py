"""Tests that everything starts with a folder named like the standard library's `platform`."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO", "COV"))},
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
}

pytestmark = pytest.mark.slow


def run(*command, **environment):
    return subprocess.run(
        command, cwd=ROOT, env={**ENVIRONMENT, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(
    "command",
    [
        [sys.executable, "manage.py", "check"],
        [BIN / "pytest", "--collect-only", "-q", "events/tests/test_keyset.py"],
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "2", "events/tests/test_keyset.py"],
        [sys.executable, "-c", "import platform, uuid; print(platform.system(), uuid.uuid4())"],
        [BIN / "mypy", "manage.py"],
    ],
    ids=lambda command: " ".join(str(Path(part).name) for part in command[:4]),
)
def test_starts(command):
    done = run(*command)

    assert (done.returncode, "has no attribute" in done.stdout + done.stderr) == (0, False), done.stdout + done.stderr


def test_serves():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env={**ENVIRONMENT, "PORT": str(port)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert _asked(f"http://127.0.0.1:{port}/healthz", until=time.monotonic() + 60) == b'{"status": "ok"}'
    finally:
        server.terminate()
        log, _ = server.communicate(timeout=60)
    assert ("Traceback" in log, server.returncode) == (False, 0)


def _asked(address, *, until):
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read()
        except OSError:
            assert time.monotonic() < until


def test_platform_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_no_file_holds_too_much():
    tracked = run("git", "ls-files", "*.py").stdout.split() or [
        str(path.relative_to(ROOT)) for app in ("events", "users", "interactions", "recommendations", "platform")
        for path in (ROOT / app).rglob("*.py")
    ]  # fmt: skip
    lengths = {name: len((ROOT / name).read_text().splitlines()) for name in tracked if (ROOT / name).exists()}

    assert len(lengths) > 50
    assert {name: length for name, length in lengths.items() if length > 400 and "/migrations/" not in name} == {}


def test_production_settings_pass_the_deployment_checks():
    done = run(
        sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        DEBUG="false", SECRET_KEY="k3y-" + "".join(chr(97 + place % 26) for place in range(60)), ALLOWED_HOSTS="example.org",
        EMAIL_URL="smtp+tls://marquee:secret@mail.example.org:587",
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr


def test_local_defaults_fail_the_checks_in_production():
    done = run(sys.executable, "manage.py", "check", DEBUG="false", DATABASE_URL="")

    assert done.returncode == 1
    assert [f"marquee.E00{number}" in done.stderr for number in (1, 2, 3)] == [True, True, True]


@pytest.mark.parametrize(
    "command", [["show_feed", "ana"], ["check_feed"], ["recount_interactions"], ["complete_past_events"], ["create_token", "ana"]]
)  # fmt: skip
def test_unreachable_database_is_one_line(command):
    done = run(sys.executable, "manage.py", *command)

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1), done.stderr
    assert done.stderr.startswith("The database cannot be reached: ")


def test_bad_setting_is_one_line():
    done = run(sys.executable, "manage.py", "check", TOKEN_TTL_HOURS="soon")

    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert "TOKEN_TTL_HOURS" in done.stderr

"""docs/operations.md followed line by line: tables, static files, the server and nginx, with the files of deploy/."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from psycopg import sql

from chaos.proxy import GROUP, group, proxy_folder
from config.tests.docs.reading import blocks_of
from config.tests.proxied import HOST, Proxy, skip_without_nginx
from config.tests.served import ROOT, Served

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# What needs the machine itself: packages, accounts, systemd.
_LEFT_OUT = ("adduser ", "apt-get install ", "python3 -m venv ", ".venv/bin/pip install ", "systemctl ", "rm -f ")


@pytest.fixture
def database():
    """The address of a new, empty database."""
    name = sql.Identifier(f"{connection.settings_dict['NAME']}_operations")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(name))
    where = connection.get_connection_params()
    password = f":{where['password']}" if where.get("password") else ""
    yield f"postgres://{where['user']}{password}@:{where['port']}/{name.as_string(None)[1:-1]}?host={where['host']}"
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def steps():
    """The environment and the lines of shell of the section "Run"."""
    section = [block for block in blocks_of("docs/operations.md") if block.language in ("ini", "sh")]
    first = next(place for place, block in enumerate(section) if block.lines[0] == "DEBUG=false")
    last = next(place for place, block in enumerate(section) if block.lines[0].startswith("cp deploy/nginx.conf"))
    return section[first].lines, [line for block in section[first + 1 : last + 1] for line in block.lines]


def unit(name, file="marquee.service"):
    """What a unit file says of something."""
    return re.search(rf"^{name}=(.*)$", (ROOT / "deploy" / file).read_text(), re.MULTILINE)[1]


@pytest.mark.parametrize(
    ("file", "command"),
    [
        ("marquee-worker.service", "worker"),
        ("marquee-embed.service", "embed"),
        ("marquee-train.service", "train"),
    ],
)
def test_other_services_run_as_the_web_server_does(file, command):
    assert unit("ExecStart", file) == f"/srv/marquee/.venv/bin/python manage.py {command}"
    same = ("User", "WorkingDirectory", "EnvironmentFile", "NoNewPrivileges", "PrivateTmp", "ProtectSystem")
    assert [unit(name, file) for name in same] == [unit(name) for name in same]


def test_units_are_valid_for_systemd(tmp_path):
    """With the paths of this checkout, since systemd looks whether the program is there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    units = [*(ROOT / "deploy").glob("*.service"), *(ROOT / "deploy").glob("*.timer")]
    for file in units:
        text = file.read_text().replace("/srv/marquee/.venv/bin/python", sys.executable).replace("User=marquee\n", "")
        (tmp_path / file.name).write_text(text)
    copies = sorted(tmp_path.iterdir())
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *copies], capture_output=True, text=True, check=False
    )

    assert len(copies) == 6
    assert [line for line in verified.stderr.splitlines() if "marquee" in line] == []


@pytest.mark.parametrize("name", ["embed", "train"])
def test_timers_start_their_service_at_a_time_that_systemd_knows(name):
    timer = ROOT / "deploy" / f"marquee-{name}.timer"
    # Without Unit=, a timer starts the service of its own name.
    assert "Unit=" not in timer.read_text()
    assert timer.with_suffix(".service").exists()
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    subprocess.run(["systemd-analyze", "calendar", unit("OnCalendar", timer.name)], check=True, capture_output=True)


def test_commands_of_the_services_work_in_production(database, tmp_path):
    """On an empty database: the worker works until it is stopped, and the others say what there is to do."""
    environment = {
        **os.environ, "DATABASE_URL": database, "DEBUG": "false", "SECRET_KEY": "k3y-" + "0123456789" * 6,
        "ALLOWED_HOSTS": HOST, "LOG_LEVEL": "WARNING",
    }  # fmt: skip

    def manage(*arguments):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert manage("migrate", "--verbosity=0").returncode == 0
    embedded, trained, checked = manage("embed"), manage("train"), manage("check_freshness")
    work = [sys.executable, "manage.py", "worker"]
    with subprocess.Popen(work, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        try:
            first = worker.stdout.readline()
        finally:
            worker.terminate()
    ended = worker.returncode

    assert (embedded.returncode, trained.returncode, checked.returncode, ended) == (0, 1, 1, 0)
    assert trained.stderr.splitlines() == [
        "CommandError: Nobody chose anything that lay ahead. Train again when people have applied to or saved some events."
    ]
    assert "No training has ever finished. Run manage.py train" in checked.stderr
    assert first.startswith("Working: embed every 2 s, ")


def test_operations_lead_to_a_server_behind_nginx(database, capfd):
    skip_without_nginx()
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    environment, lines = steps()
    with proxy_folder() as path:
        proxy = Proxy(path)
        values = {
            "SECRET_KEY": "k3y-" + "0123456789" * 6,
            "DATABASE_URL": database,
            "STATIC_ROOT": f"{path}/srv/static",
        }
        shown = dict(line.split("=", 1) for line in environment) | values
        settings = "".join(f"{name}={shlex.quote(value)}\n" for name, value in shown.items())
        (path / "etc/marquee/environment").write_text(settings)
        (path / ".curlrc").write_text(
            f'connect-to = "{HOST}:443:127.0.0.1:{proxy.ports[443]}"\ncacert = "{path}/etc/marquee/fullchain.pem"\n'
        )
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
        shell = Shell(proxy, {**kept, "CURL_HOME": str(path)})

        asked = [line for line in lines if line.startswith("curl ")]
        for line in lines:
            if line not in asked and not line.startswith((*_LEFT_OUT, "nginx -t")):
                shell.run(line)
        # What cp brought is as it was shipped; now its paths and ports are made the test's.
        places = (
            "nginx/conf.d/marquee.conf",
            "systemd/system/marquee.service",
            "systemd/system/marquee-worker.service",
        )
        for place in (f"etc/{name}" for name in places):
            assert (path / place).read_bytes() == (
                ROOT / "deploy" / Path(place).name.replace("marquee.conf", "nginx.conf")
            ).read_bytes()
        proxy.write((path / "etc/nginx/conf.d/marquee.conf").read_text(), "etc/nginx/conf.d/marquee.conf")

        assert unit("ExecStart") == "/srv/marquee/.venv/bin/python manage.py serve"
        name, host = unit("Environment").split("=")
        assert unit("Group") == GROUP
        with Served(None, group=group(), **{**shown, name: proxy.moved(host)}), proxy.running():
            answers = [shell.run(line) for line in asked]
            answer = proxy.answer("/static/admin/css/base.css")

    assert answers == ['{"status": "ready"}'] * 2
    assert (answer.status, b"Django" in answer.content or len(answer.content) > 1000) == (200, True)


class Shell:
    """One shell in which the lines are typed one after the other: a setting of one line is there in the next."""

    def __init__(self, proxy, environment):
        self.proxy, self.environment, self.before = proxy, environment, []

    def run(self, line):
        line = self.proxy.moved(line)
        # Setting the scene is repeated, work is not.
        script = "\n".join(["set -e", *self.before, line])
        done = subprocess.run(
            ["bash", "-c", script], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (line, done.stderr)
        if line.startswith(("cd ", "set -a")):
            self.before.append(line)
        return done.stdout

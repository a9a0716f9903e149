"""Secrets are sent through every door, and nothing that server, worker, commands and database write holds one."""

import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import DatabaseError, connection
from django.utils.http import int_to_base36
from knox.models import AuthToken

from config.localdb.place import place_of
from config.tests.served import PRODUCT, ROOT, Served
from events.models import Event
from events.tests.factories import EventFactory
from interactions.loading.rows import EVENT_COLUMNS, INTERACTION_COLUMNS, USER_COLUMNS
from users.models import User
from users.tests.factories import UserFactory
from users.tokens import new_calendar_token

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_SECONDS = 60
# PostgreSQL quotes the value of each of these: a row in DETAIL, a function's place in CONTEXT, all in STATEMENT.
_TRAPS = """
CREATE UNIQUE INDEX trap_names ON users_user (display_name) WHERE display_name <> '';
CREATE UNIQUE INDEX trap_titles ON events_event (title, status);
CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.display_name LIKE 'slow%' THEN PERFORM pg_sleep(30); END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER trap BEFORE UPDATE ON users_user FOR EACH ROW EXECUTE FUNCTION trap();
"""
_NO_TRAPS = "DROP INDEX trap_names, trap_titles; DROP FUNCTION trap CASCADE"


@dataclass
class Planted:
    """What must not be written anywhere, by what it is."""

    values: dict[str, str] = field(default_factory=dict)

    def add(self, name, value=None):
        """Remember a secret, of letters that nothing else holds if none is given, and return it."""
        return self.values.setdefault(name, value or f"Qz{secrets.token_hex(5)}")

    def leaks_in(self, text):
        return sorted({name for name, value in self.values.items() if value in text})


@pytest.fixture
def traps():
    """Constraints that no form or serializer knows of, so that requests run into them."""
    with connection.cursor() as cursor:
        cursor.execute(_TRAPS)
    yield
    with connection.cursor() as cursor:
        cursor.execute(_NO_TRAPS)


@pytest.fixture
def database_log():
    """What the embedded server has logged since the test began; None for another server, whose log is not ours."""
    if connection.settings_dict["ENGINE"] != "config.localdb":
        return lambda: None
    log = place_of(Path(connection.settings_dict["LOCALDB_DIR"])).log
    size = log.stat().st_size
    return lambda: log.read_bytes()[size:].decode(errors="replace")


@pytest.fixture
def database_url():
    where = connection.get_connection_params()
    parts = urlencode({"host": where["host"]})
    password = f":{where['password']}" if where.get("password") else ""
    return f"postgres://{where['user']}{password}@:{where['port']}/{connection.settings_dict['NAME']}?{parts}"


class Browser:
    """A client with cookies that remembers each of them as a secret."""

    def __init__(self, server, planted):
        self.server, self.planted, self.cookies = server, planted, {}

    def ask(self, method, path, body=None, **headers):
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), **headers}
        client = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=_SECONDS)
        try:
            client.request(method, path, body=body, headers={name: value for name, value in sent.items() if value})
            answer = client.getresponse()
            content = answer.read().decode(errors="replace")
            for header in answer.msg.get_all("Set-Cookie") or ():
                for name, morsel in SimpleCookie(header).items():
                    self.cookies[name] = morsel.value
                    if morsel.value:
                        self.planted.add(f"cookie {name} {morsel.value[:4]}", morsel.value)
            return answer.status, content
        finally:
            client.close()

    def json(self, method, path, value, **headers):
        return self.ask(method, path, json.dumps(value), **{"Content-Type": "application/json"}, **headers)

    def form(self, path, fields):
        """Send a form with the CSRF token of the page."""
        _, page = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        self.planted.add(f"csrf {token[:4]}", token)
        return self.post(path, {"csrfmiddlewaretoken": token, **fields})

    def post(self, path, fields, **headers):
        return self.ask(
            "POST", path, urlencode(fields), **{"Content-Type": "application/x-www-form-urlencoded"}, **headers
        )


def raw(server, data):
    """Send bytes as they are."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=_SECONDS) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


def knock_for_tokens(browser, plant):
    right = {"username": plant["username"], "password": plant["password"]}
    status, content = browser.json("POST", "/tokens", right)
    assert status == 201
    browser.planted.add("a new token", json.loads(content)["token"])
    wrong = browser.planted.add("wrong password")
    bodies = (
        json.dumps({**right, "password": wrong}),
        json.dumps({**right, "extra": wrong}),
        json.dumps({**right, wrong: wrong}),
        json.dumps({**right, "password": [wrong]}),
        f'{{"username": "x", "password": "{wrong}"',
        f'{{"password": "{wrong}", "password": "{wrong}"}}',
        f'{{"password": NaN, "x": "{wrong}\\ud800"}}',
        wrong * 8_000,
    )
    for body in bodies:
        status, _ = browser.ask("POST", "/tokens", body, **{"Content-Type": "application/json"})
        assert 400 <= status < 500
    browser.ask("POST", "/tokens", bodies[0], **{"Content-Type": f"text/{wrong}; charset={wrong}"})
    browser.json("POST", f"/tokens?password={wrong}", right)


def knock_at_the_pages(server, planted, plant):
    wrong = planted.add("wrong password of a form")
    credentials = {"username": plant["username"], "password": plant["password"]}
    for page in ("/sign-in", f"/admin/login/?next=/admin/%3F{wrong}"):
        browser = Browser(server, planted)
        browser.form(page, {**credentials, "password": wrong})
        # Without the CSRF token, and from elsewhere: Django warns of both.
        browser.post(page, credentials)
        browser.post(page, credentials, Origin=f"https://evil.example/{wrong}", Referer=f"https://x.example/{wrong}")
        status, _ = browser.form(page, credentials)
        assert status == 302
    browser.post("/admin/password_change/", {"old_password": plant["password"], "new_password1": wrong})
    for old, new in ((wrong, wrong), (plant["password"], plant["new password"])):
        fields = {"old_password": old, "new_password1": new, "new_password2": new}
        status, _ = browser.form("/admin/password_change/", fields)
    assert status == 302


def knock_with_mailed_links(browser, plant):
    browser.form("/password-reset", {"email": plant["e-mail"]})
    browser.form("/password-reset", {"email": browser.planted.add("a stranger's e-mail", "qzb.stranger@qz.example")})
    browser.post(plant["reset link"], {"password1": plant["new password"]})
    browser.form("/sign-up", {"email": plant["e-mail"], "password1": plant["password"]})
    browser.ask("GET", f"/confirm-email/{browser.planted.add('a verification', 'qz' * 20)}")
    browser.ask("GET", plant["reset link"])
    browser.ask("GET", plant["reset link"] + "x", Referer=f"http://127.0.0.1{plant['reset link']}")
    browser.ask("PATCH", plant["reset link"])


def knock_with_tokens(browser, plant):
    bearer = {"Authorization": f"Bearer {plant['token']}"}
    assert browser.ask("GET", "/users/me", **bearer)[0] == 200
    wrong = browser.planted.add("a bad token", "f" * 10 + secrets.token_hex(27))
    for header in (f"Bearer {wrong}", f"bearer  {wrong} {wrong}", f"Basic {wrong}", wrong):
        browser.ask("GET", "/users/me", Authorization=header)
    key = browser.planted.add("idempotency key", f"Qz{secrets.token_hex(12)}")
    interaction = {"eventId": plant["event"], "action": "SAVE"}
    for body in (interaction, interaction, {**interaction, "action": "APPLY"}):
        browser.json("POST", "/interactions", body, **{"Idempotency-Key": key}, **bearer)
    browser.json("POST", "/interactions", interaction, **{"Idempotency-Key": key * 20}, **bearer)
    browser.json("DELETE", "/users/me", {"password": browser.planted.add("wrong password of an erasure")}, **bearer)
    calendar = f"/recommendations.ics?token={plant['calendar']}"
    assert browser.ask("GET", calendar)[0] == 200
    for method, path in (("POST", calendar), ("GET", f"{calendar}&x=1"), ("GET", f"/nothing/{plant['calendar']}"),
                         ("GET", f"/recommendations.ics/{plant['calendar']}"), ("GET", f"{calendar}%C3%A9")):  # fmt: skip
        browser.ask(method, path)


def knock_with_values(browser, plant):
    """In every parameter of the feeds and lists, in paths and in headers."""
    value = browser.planted.add("a parameter")
    bearer = {"Authorization": f"Bearer {plant['token']}"}
    for path in ("/recommendations", "/events", "/interactions", "/events/search", "/users/me/export"):
        for name in ("limit", "cursor", "type", "category", "q", "ranker", "startsAfter", "near", value):
            browser.ask("GET", f"{path}?{name}={value}", **bearer)
    for path in (
        f"/{value}",
        f"/events/{value}",
        f"/e/{value}",
        f"/admin/{value}/",
        f"//{value}.example/",
        f"/%ff{value}",
    ):
        for method in ("GET", "POST", "DELETE"):
            browser.ask(method, path)
    for name in ("Referer", "User-Agent", "Cookie", "Accept", "X-Forwarded-For", "X-Request-ID", "Host", "Origin"):
        browser.ask("GET", "/events", **{name: f"{value} {value}"})
    browser.ask("GET", "/users/me", Cookie=f"sessionid={value}; csrftoken={value}")


def knock_with_broken_requests(server, planted):
    value = planted.add("a broken request").encode()
    head = b"Host: 127.0.0.1\r\n\r\n"
    for data in (
        value, value + b" /healthz HTTP/1.1\r\n" + head, b"GET /" + value + b"\r\n\r\n", b"GET /" + value + b" HTTP/9\r\n" + head,
        b"GET / HTTP/1.1\r\n" + value + b"\r\n" + head, b"GET / HTTP/1.1\r\n" + value + b" : x\r\n" + head,
        b"GET / HTTP/1.1\r\nX: \x00" + value + b"\r\n" + head, b"GET / HTTP/1.1\r\nX: " + value * 9_000 + b"\r\n" + head,
        b"POST /tokens HTTP/1.1\r\nContent-Length: " + value + b"\r\n" + head,
        b"POST /tokens HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + head + value,
        b"GET http://" + value + b".example/ HTTP/1.1\r\n" + head, b"GET / HTTP/1.1\r\nHost: " + value + b"\r\n\r\n",
    ):  # fmt: skip
        try:
            raw(server, data)
        except OSError:
            continue


def spring_the_traps(browser, plant):
    """Have the database refuse what the serializer takes: a name that is taken, one that takes too long."""
    bearer = {"Authorization": f"Bearer {plant['token']}"}
    assert browser.json("PATCH", "/users/me", {"displayName": plant["taken name"]}, **bearer)[0] == 500
    assert browser.json("PATCH", "/users/me", {"displayName": plant["slow name"]}, **bearer)[0] == 503


def run(environment, *command):
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip


def data_set(folder, title):
    """Write a data set with two events of one title, which a trap refuses, and return its folder."""
    event = f"{title},,music,,,,2030-01-01 10:00:00,,"
    for name, columns, rows in (
        ("users", USER_COLUMNS, ["u1,,,music"]),
        ("events", EVENT_COLUMNS, [f"e1,{event}", f"e2,{event}"]),
        ("interactions", INTERACTION_COLUMNS, ["u1,e1,SAVE,2029-01-01 10:00:00"]),
    ):
        (folder / f"{name}.csv").write_text("\n".join([",".join(columns), *rows]) + "\n")
    return str(folder)


def work(environment):
    """Return what a worker writes until a step has failed."""
    lines = []
    with subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as worker:  # fmt: skip
        for line in worker.stdout:
            lines.append(line)
            if "failed; again" in line:
                worker.terminate()
    return "".join(lines)


def test_planted_secrets_are_in_nothing_that_is_written(traps, database_log, database_url, settings, tmp_path):
    # The server's: the tests' own is not for passwords that are kept.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    planted = Planted()
    settings.SECRET_KEY = planted.add("secret key", secrets.token_urlsafe(50))
    plant = {name: planted.add(name) for name in ("password", "new password", "taken name")}
    plant["slow name"] = planted.add("slow name", f"slow {secrets.token_hex(8)}")
    plant["e-mail"] = planted.add("e-mail", f"qza.{secrets.token_hex(4)}@qz.example")
    plant["username"] = "staff"
    user = UserFactory(username="staff", email=plant["e-mail"], password=plant["password"], is_staff=True)
    other = UserFactory(
        display_name=plant["taken name"], email=planted.add("other e-mail", f"qzc.{secrets.token_hex(4)}@qz.example")
    )
    row, token = AuthToken.objects.create(user)
    plant["token"] = planted.add("token", token)
    planted.add("the token's digest", row.digest)
    planted.add("the password's hash", user.password)
    plant["calendar"] = planted.add("calendar token", new_calendar_token(other, now=datetime.now(UTC)))
    link = default_token_generator.make_token(other)
    planted.add("reset token", link)
    plant["reset link"] = f"/password-reset/{int_to_base36(other.pk)}-{link}"
    plant["event"] = EventFactory().pk
    # The first cannot be completed beside the second.
    title = planted.add("a title", f"Title {secrets.token_hex(8)}")
    now = datetime.now(UTC)
    EventFactory(title=title, start_at=now - timedelta(days=9), status="OPEN")
    EventFactory(title=title, start_at=now - timedelta(days=9), status="COMPLETED")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "EMAIL_URL"}, "DATABASE_URL": database_url, "DEBUG": "false", "LOG_LEVEL": "DEBUG", "HTTPS_ONLY": "false",
        "ALLOWED_HOSTS": "127.0.0.1", "SECRET_KEY": settings.SECRET_KEY, "WORKER_TRAIN_SECONDS": "0",
        "WORKER_EMBED_SECONDS": "0", "WORKER_COMPLETE_SECONDS": "1", "SIGN_INS_PER_MINUTE": "0", "SIGN_UP": "true",
        "DATABASE_STATEMENT_TIMEOUT_MS": "500", "ANONYMOUS_REQUESTS_PER_MINUTE": "0", "COLUMNS": "200",
    }  # fmt: skip

    with Served(PRODUCT, **environment) as server:
        browser = Browser(server, planted)
        knock_for_tokens(browser, plant)
        knock_with_tokens(browser, plant)
        spring_the_traps(browser, plant)
        knock_with_values(browser, plant)
        knock_with_mailed_links(browser, plant)
        knock_at_the_pages(server, planted, plant)
        knock_with_broken_requests(server, planted)
        server.process.terminate()
        server.process.wait(_SECONDS)
        served = server.lines()
    worked = work(environment)
    made = run({**environment, "DJANGO_SUPERUSER_PASSWORD": plant["password"]}, "createsuperuser", "--noinput",
               "--username", "another", "--email", plant["e-mail"])  # fmt: skip
    loaded = run(environment, "load_dataset", data_set(tmp_path, title))
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("INSERT INTO users_user SELECT * FROM users_user WHERE email = %s", [plant["e-mail"]])

    # The lines that would have held them are there.
    assert "Forbidden (" in served
    assert all(f"SQLSTATE {state}" in served for state in ("23505", "57014"))
    assert "SQLSTATE 23505" in worked
    for command in (made, loaded):
        assert (command.returncode, "SQLSTATE 23505" in command.stderr) == (1, True)
    written = {
        "server": served,
        "worker": worked,
        "made": made.stdout + made.stderr,
        "loaded": loaded.stdout + loaded.stderr,
    }
    if (logged := database_log()) is not None:
        assert 'duplicate key value violates unique constraint "trap_titles"' in logged
        assert "canceling statement due to statement timeout" in logged
        written["database"] = logged
    assert {source: planted.leaks_in(text) for source, text in written.items()} == {source: [] for source in written}
    assert Event.objects.filter(title=title, status="OPEN").exists()
    assert User.objects.count() == 2

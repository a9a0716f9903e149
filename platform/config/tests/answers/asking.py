"""Requests, cases made of them, and what is recorded of their answers."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.test import override_settings
from rest_framework.test import APIClient

Json = dict[str, Any]

# A row that a case makes has this id, whatever was made before it.
NEW_ID = 1_000_001
_HEADERS = (
    "Allow", "Cache-Control", "Content-Disposition", "Content-Type", "Idempotency-Replayed", "Location", "Retry-After",
    "WWW-Authenticate",
)  # fmt: skip
# Random by design: a token, wherever it stands; one for a new password depends on the salt of the old.
_TOKEN = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-z]{6}-[0-9a-f]{32})\b")
_BOUNDARY = "the-boundary"


@dataclass(frozen=True)
class Ask:
    """A request. `{name}` in path and body is a value of the world's.

    `{next}` is the address of the page after the answer before, and `{cursor}` its cursor.
    """

    caller: str
    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    # How many pages to read, from this one on.
    pages: int = 1
    # Of a whole list: record the ids alone.
    only_ids: bool = False
    # How often it is sent; the last answer is recorded.
    times: int = 1

    def __str__(self) -> str:
        sent = "" if self.body is None else f" {_shown(self.body)}"
        shown = "".join(f" {name}: {value}" for name, value in self.headers.items())
        kind = "" if self.content_type == "application/json" else f" as {self.content_type or 'nothing'}"
        return f"{self.caller}: {self.method} {self.path[:150]}{sent}{kind}{shown}"


@dataclass(frozen=True)
class Case:
    """Requests that belong together, under settings of their own. What they write is undone."""

    name: str
    steps: tuple[Ask | Callable[[], object], ...]
    settings: Mapping[str, object] = field(default_factory=dict)


def case(name: str, *steps: Ask | Callable[[], object], **settings: object) -> Case:
    return Case(name, steps, settings)


def alone(*asks: Ask) -> list[Case]:
    """Return each request as a case of its own."""
    return [Case(str(ask), (ask,)) for ask in asks]


@dataclass
class World:
    """Who may ask, and what they may ask about."""

    clients: Mapping[str, Callable[[], APIClient]]
    values: Mapping[str, object]

    def answers_to(self, one: Case) -> list[Json]:
        """Return what is recorded of a case."""
        values, clients, recorded = dict(self.values), {}, []
        with transaction.atomic(), override_settings(**one.settings):
            with connection.cursor() as cursor:
                cursor.execute("SELECT setval(oid::regclass, %s) FROM pg_class WHERE relkind = 'S'", [NEW_ID - 1])
            cache.clear()
            for step in one.steps:
                if not isinstance(step, Ask):
                    step()
                    continue
                client = clients.setdefault(step.caller, self.clients[step.caller]())
                for _ in range(step.times):
                    answer = self._answer(client, step, step.path, values)
                recorded.append({"asked": str(step)} | _recorded(answer, step))
                pages = [answer]
                while (following := next_of(answer)) and len(pages) < step.pages:
                    values["next"] = following
                    answer = self._answer(client, step, "{next}", values)
                    pages.append(answer)
                if following := next_of(answer):
                    values |= {"next": following, "cursor": following.partition("cursor=")[2]}
                if step.only_ids:
                    ids = [str(_id_of(result)) for page in pages for result in page.json()["results"]]
                    recorded[-1]["body"] = {"pages": len(pages), "ids": " ".join(ids)}
                elif len(pages) > 1:
                    recorded[-1]["body"] = {"pages": [_recorded(page, step)["body"] for page in pages]}
            transaction.set_rollback(True)
        return recorded

    def _answer(self, client: APIClient, ask: Ask, path: str, values: Mapping[str, object]) -> Any:
        address = path.format(**values)
        body = _filled(ask.body, values)
        if isinstance(body, dict) and ask.content_type.startswith("multipart"):
            lines = (
                f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in body.items()
            )
            body = ("".join(lines) + f"--{_BOUNDARY}--\r\n").encode()
        elif not isinstance(body, bytes | None):
            body = json.dumps(body).encode()
        headers = {name: value.format(**values) for name, value in ask.headers.items()}
        content_type = ask.content_type.replace("multipart/form-data", f"multipart/form-data; boundary={_BOUNDARY}")
        answer = client.generic(ask.method, address, body or b"", content_type, headers=headers)
        # Read to its end, which closes it.
        setattr(answer, "bytes", answer.getvalue() if answer.streaming else answer.content)
        return answer


def get(caller: str, path: str, **more: Any) -> Ask:
    return Ask(caller, "GET", path, **more)


def post(caller: str, path: str, body: Any = None, **more: Any) -> Ask:
    return Ask(caller, "POST", path, body, **more)


def patch(caller: str, path: str, body: Any = None, **more: Any) -> Ask:
    return Ask(caller, "PATCH", path, body, **more)


def put(caller: str, path: str, body: Any = None, **more: Any) -> Ask:
    return Ask(caller, "PUT", path, body, **more)


def delete(caller: str, path: str, body: Any = None, **more: Any) -> Ask:
    return Ask(caller, "DELETE", path, body, **more)


def form(caller: str, path: str, body: Json) -> Ask:
    return Ask(caller, "POST", path, body, content_type="multipart/form-data")


def next_of(answer: Any) -> str | None:
    """Return the path of the page that follows an answer."""
    if "json" not in answer.get("Content-Type", "") or answer.streaming:
        return None
    body = answer.json()
    following = body.get("next") if isinstance(body, dict) else None
    return None if following is None else re.sub("^https?://[^/]+", "", following)


def _recorded(answer: Any, ask: Ask) -> Json:
    headers = {name: _TOKEN.sub("(token)", answer[name]) for name in _HEADERS if name in answer}
    if "Retry-After" in headers:
        # The limit of a process goes by another clock, which does not stand.
        headers["Retry-After"] = "(seconds)"
    return {"status": answer.status_code, "headers": headers, "body": _body_of(answer)}


def _body_of(answer: Any) -> Any:
    content = answer.bytes
    kind = answer.get("Content-Type", "").partition(";")[0]
    if not content:
        return None
    text = _TOKEN.sub("(token)", content.decode())
    if kind in ("application/json", "application/problem+json"):
        return json.loads(text, object_hook=_without_cursor)
    if kind == "text/html":
        return _Forms.of(text)
    if kind == "text/calendar":
        return text.replace("\r\n ", "").splitlines()
    if answer.resolver_match.view_name == "metrics":
        # When a count began is told only once it has: it depends on what the process answered before.
        return sorted(set(re.findall("^# HELP (marquee_[a-z_]+?)(?<!_created) ", text, re.MULTILINE)))
    # The OpenAPI document, which docs/openapi.json has, and a test compares.
    return None


def _without_cursor(one: Json) -> Json:
    """Replace the address of the next page: it is followed, not compared."""
    return one | {"next": "(followed)"} if isinstance(one.get("next"), str) else one


def _filled(body: Any, values: Mapping[str, object]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, values) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, values) for value in body]
    return values[body[1:-1]] if isinstance(body, str) and body[:1] == "{" and body[1:-1] in values else body


def _id_of(result: Json) -> int:
    matches: int = result.get("event", result)["id"]
    return matches


def _shown(body: Any) -> str:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False)
    return text if len(text) < 150 else f"{text[:60]}… ({len(text):,} characters)"


class _Forms(HTMLParser):
    """What a page asks for: its forms with the names of their fields. How it looks is free."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Json] = []

    @classmethod
    def of(cls, text: str) -> Json:
        reader = cls()
        reader.feed(text)
        return {"forms": reader.forms}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = dict(attrs)
        if tag == "form":
            self.forms.append({"method": shown.get("method"), "action": shown.get("action"), "fields": []})
        elif tag in ("input", "select", "textarea") and self.forms and (name := shown.get("name")):
            self.forms[-1]["fields"].append(name)

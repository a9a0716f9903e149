"""A page over HTTP by release 0.1 and by today's tree: each whole, on its own database of the same world."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection
from knox.models import AuthToken

from bench.client import Target, asked, get
from bench.figures import Figure, Part, Run, at_most
from bench.servers import NoReference, extract, gunicorn_command
from bench.serving import python_path, serving
from bench.world import prepare, world_of
from users.models import User

SIZE = "10k"
LIMIT, USERS = 20, 20
ROUNDS, REQUESTS, WARM_UP = 6, 150, 300
MEDIAN_LIMIT = 2.0
_WAIT_SECONDS = 300
# Run in release 0.1's tree: builds its world on an embedded server of its own, which runs until standard input ends.
_PROGRAM = """
import json, os, sys
from bench.__main__ import _ENVIRONMENT
from bench.server import Server, folder_of_the_server
server = Server(folder_of_the_server())
os.environ.update(_ENVIRONMENT | {"DATABASE_URL": server.url("postgres")})
import django
django.setup()
from bench.world import prepare, world_of
world = world_of(sys.argv[1])
prepare(server, world, lambda text: None)
from knox.models import AuthToken
from users.models import User
tokens = [AuthToken.objects.create(user)[1] for user in User.objects.order_by("pk")[:int(sys.argv[2])]]
print(json.dumps({"url": server.url(world.database), "tokens": tokens}), flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class _Release:
    root: Path
    url: str
    tokens: list[str]


def release(run: Run) -> Part:
    """Ask both for the feed, one request after the other, in turns."""
    path = f"/recommendations?limit={LIMIT}"
    how = (
        f"`GET {path}` with a token, {USERS} users in turn, one worker process each: release 0.1 by its own web server "
        f"and today's by `manage.py serve`, each on a database of its own with {SIZE} events. {ROUNDS} rounds in turns "
        f"of {REQUESTS} requests one after the other; medians of the rounds' medians."
    )
    figures: tuple[Figure, ...]
    world = world_of(SIZE)
    prepare(run.server, world, run.say)
    run.say(f"{SIZE}: the feed over HTTP by release 0.1 and today's tree, {ROUNDS} rounds")
    one_worker = {"WEB_CONCURRENCY": "1"}
    try:
        with run.server.copied(world.database), _release_0_1(run.server.folder / "release-0.1") as before:
            tokens = [AuthToken.objects.create(user)[1] for user in User.objects.order_by("pk")[:USERS]]
            connection.close()
            environment = {**one_worker, "DATABASE_URL": before.url}
            command = gunicorn_command(before.root / "gunicorn.conf.py")
            with (
                serving(*command, environment=environment, root=before.root) as old,
                serving(environment=one_worker) as new,
            ):
                targets = (
                    Target(old, tuple(get(path, token) for token in before.tokens)),
                    Target(new, tuple(get(path, token) for token in tokens)),
                )
                for target in targets:
                    asked(target, connections=1, number=WARM_UP)
                rounds: tuple[list[float], list[float]] = ([], [])
                for _ in range(ROUNDS):
                    for target, medians in zip(targets, rounds, strict=True):
                        seconds = asked(target, connections=1, number=REQUESTS).seconds
                        medians.append(median(seconds) * 1_000)
        figures = (at_most(SIZE, "the feed over HTTP, beside release 0.1", rounds[1], rounds[0], MEDIAN_LIMIT),)
    except NoReference as reason:
        figures = (Figure(SIZE, "not measured", str(reason)),)
    return Part("Over HTTP beside release 0.1", how, figures)


@contextmanager
def _release_0_1(folder: Path) -> Iterator[_Release]:
    """Yield release 0.1's tree and a running database with its world."""
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as name:
        root = Path(name)
        extract(root)
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-c", _PROGRAM, SIZE, str(USERS)],
            cwd=root,
            env={**os.environ, "PYTHONPATH": python_path(root), "BENCH_DIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise NoReference("release 0.1 did not build its world: its own words stand above")
            ready: dict[str, Any] = json.loads(line)
            yield _Release(root, ready["url"], ready["tokens"])
        finally:
            process.stdin.close()
            process.wait(_WAIT_SECONDS)

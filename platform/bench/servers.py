"""The same application by the web server of release 0.1 and by today's: throughput and latency in turns."""

import importlib.util
import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from django.db import connection
from knox.models import AuthToken

from bench.client import Target, asked, get
from bench.figures import Figure, Part, Run, at_most, times
from bench.server import ROOT
from bench.serving import serving
from users.models import User

# The last commit with the worker class that release 0.1 served with.
COMMIT = "8f721d0"
LIMIT, USERS = 20, 20
ROUNDS, SECONDS, CONNECTIONS, ALONE = 4, 4.0, 8, 400
# What opens connections to the database and plans statements in every thread.
WARM_UP = 4_000
RATE_LIMIT, MEDIAN_LIMIT = 1.1, 1.0
# The modules of the worker class beside today's, which come first.
_CONFIGURATION = "from config import http\nhttp.__path__.append({folder!r})\n"


class NoReference(Exception):
    """The reason why there is no server of release 0.1."""


def servers(run: Run) -> Part:
    """Ask both servers the same of the largest world, in turns."""
    size = run.largest.size
    how = (
        f"Today's application, two worker processes each, by 0.1's worker class for gunicorn (commit {COMMIT}) and by "
        f"`manage.py serve`; {ROUNDS} rounds in turns of {ALONE} requests one after the other and {SECONDS:.0f} s of "
        f"{CONNECTIONS} connections that ask again as soon as they are answered; refusals do not count. Medians. "
        "`GET /categories` reads the token and nothing else."
    )
    figures: list[Figure] = []
    with run.server.copied(run.largest.database):
        tokens = [AuthToken.objects.create(user)[1] for user in User.objects.order_by("pk")[:USERS]]
        connection.close()
        try:
            with _of_0_1() as old, serving() as new:
                for path in ("/categories", f"/recommendations?limit={LIMIT}"):
                    run.say(f"{size}: {path} by 0.1's server and today's, {ROUNDS} rounds")
                    requests = tuple(get(path, token) for token in tokens)
                    figures += _compared(size, path, Target(old, requests), Target(new, requests))
        except NoReference as reason:
            figures.append(Figure(size, "not measured", str(reason)))
    return Part("The web server", how, tuple(figures))


def _compared(size: str, path: str, *targets: Target) -> tuple[Figure, Figure]:
    """Return the figures of a path, asked of the old server and of the new one."""
    rates: list[list[float]] = [[] for _ in targets]
    alone: list[list[float]] = [[] for _ in targets]
    for target in targets:
        asked(target, connections=2 * CONNECTIONS, number=WARM_UP)
    for _ in range(ROUNDS):
        for place, target in enumerate(targets):
            alone[place].append(median(asked(target, connections=1, number=ALONE).seconds) * 1_000)
            rates[place].append(asked(target, connections=CONNECTIONS, seconds=SECONDS).per_second)
    before, now = (median(each) for each in rates)
    rate = Figure(
        size, f"{path}: rate at saturation", f"{now:,.0f}/s", "", f"{before:,.0f}/s", times(now / before),
        f"≥ {times(RATE_LIMIT)}", now >= RATE_LIMIT * before,
    )  # fmt: skip
    return rate, at_most(size, f"{path}: one after the other", alone[1], alone[0], MEDIAN_LIMIT)


@contextmanager
def _of_0_1() -> Iterator[int]:
    """Serve today's application by the worker class and the configuration of release 0.1; yield the port."""
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as name:
        folder = Path(name)
        extract(folder, "gunicorn.conf.py", "platform/config/http")
        configuration = folder / "gunicorn.conf.py"
        added = _CONFIGURATION.format(folder=str(folder / "platform" / "config" / "http"))
        configuration.write_text(configuration.read_text() + added)
        with serving(*gunicorn_command(configuration)) as old:
            yield old


def gunicorn_command(configuration: Path) -> tuple[str, ...]:
    """Return the arguments of the interpreter that serve with gunicorn; NoReference if it is not installed."""
    if importlib.util.find_spec("gunicorn") is None:
        raise NoReference("gunicorn is not installed: it comes with `make lint`")
    return ("-m", "gunicorn", "--config", str(configuration))


def extract(folder: Path, *paths: str) -> None:
    """Write the tree of release 0.1, or some paths of it, to a folder; NoReference where git does not have it."""
    git = shutil.which("git") or "false"
    done = subprocess.run([git, "archive", COMMIT, *paths], cwd=ROOT, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise NoReference(f"git has no commit {COMMIT} here")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")

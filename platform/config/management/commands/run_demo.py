"""The main job of a fresh checkout: demo data, a feed in the terminal, a server to talk to."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone

from api.commands import TerminalCommand
from recommendations.demo.loading import DEMO_PASSWORD, DEMO_USER, STAFF_USER
from recommendations.explain.counterfactual import FIRST_PAGE
from recommendations.feed.pagination import page_for
from recommendations.feed.ranking import HEURISTIC, POPULAR, Feed
from recommendations.feed.viewer import viewer_of
from users.finding import user_named
from users.tokens import new_token


class Command(TerminalCommand):
    """Set up the database, load the demo data, print a demo user's feed, then serve, with a worker beside."""

    help = "Sets up the database, loads the demo data, prints a demo user's feed and serves on 127.0.0.1:$PORT (8000)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it all; serves until interrupted."""
        port = settings.PORT
        _refuse_taken(port)
        call_command("migrate", verbosity=0)
        call_command("load_demo")
        self._embed()
        self.stdout.write("")
        self._show()
        _, token = new_token(user_named(DEMO_USER))
        self._tell(f"http://127.0.0.1:{port}", token)
        # It ends with the server, which takes the place of this process.
        manage = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py")]
        # A training would keep a machine busy on which somebody has a first look; `manage.py train` does one.
        environment = {"WORKER_TRAIN_SECONDS": "0", **os.environ}
        subprocess.Popen([*manage, "worker", "--while-parent-lives"], env=environment)  # noqa: S603 (our own command)
        # Anew, without the memory that loading and embedding took.
        connections.close_all()
        os.execve(sys.executable, [*manage, "serve"], {**os.environ, "HOST": "127.0.0.1"})  # noqa: S606 (no shell)

    def _show(self) -> None:
        """Print a feed, an explanation, and the comparison of feeds with their definition."""
        call_command("show_feed", DEMO_USER, limit=8)
        viewer = viewer_of(user_named(DEMO_USER), timezone.now())
        first_page = {event.pk for event in page_for(Feed(viewer, HEURISTIC), limit=FIRST_PAGE).events}
        popular = page_for(Feed(viewer, POPULAR), limit=FIRST_PAGE + 1).events
        absent = next((event for event in popular if event.pk not in first_page), None)
        if absent is not None:
            self.stdout.write(f"Why not {absent.title}?")
            call_command("show_feed", DEMO_USER, why_not=absent.pk)
            self.stdout.write("")
        call_command("check_feed")

    def _embed(self) -> None:
        try:
            call_command("embed")
        except CommandError as error:
            self.stdout.write(f"No vectors, so search goes by words: {error}")

    def _tell(self, address: str, token: str) -> None:
        lines = (
            f"Marquee serves on {address}   (Ctrl-C stops it)",
            f"  API document   {address}/docs",
            f"  Admin          {address}/admin/   sign in as {STAFF_USER}, password {DEMO_PASSWORD}",
            f"  A demo user    {DEMO_USER}, password {DEMO_PASSWORD}",
            f'  Her feed       curl -H "Authorization: Bearer {token}" "{address}/recommendations?limit=3"',
        )
        for line in ("", *lines, ""):
            self.stdout.write(line)
        self.stdout.flush()


def _refuse_taken(port: int) -> None:
    if not 0 < port < 65_536:
        raise CommandError(f"PORT is {port}, not a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Try another: make run PORT=8001"
            ) from error

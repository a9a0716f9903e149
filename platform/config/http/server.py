"""The web server: granian's worker processes with Marquee's settings."""

import multiprocessing
import os
import signal
import tempfile
import threading
from functools import partial
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from config.http.in_flight import InFlightLimit

# Threads beyond the requests that are worked on: they answer probes, and refuse.
_SPARE_THREADS = 2
# Connections of a worker process, well below the 1,024 files that a process may usually have open.
_CONNECTIONS = 500
_HEADER_SECONDS = 10
# For requests in hand when a worker is to stop.
_GRACEFUL_SECONDS = 10
# At a reload, between the start of a worker and the end of the one that it replaces: so long may starting take.
_RELOAD_SECONDS = 5.0


def serve(application: str = "config.wsgi.application") -> None:
    """Serve a WSGI application (a dotted path) until SIGTERM or SIGINT; SIGHUP replaces the workers one by one."""
    # A reload then means the code as it is now, and no threads are forked; macOS and Python 3.14 do the same unasked.
    multiprocessing.set_start_method("spawn", force=True)
    is_socket = "/" in settings.HOST
    if is_socket:
        # Left by a server that was killed.
        Path(settings.HOST).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="marquee-metrics-") as folder:
        # Workers write their metrics to files, so that whichever is asked can add them up (config/http/metrics.py).
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        server = Granian(
            application,
            address="127.0.0.1" if is_socket else settings.HOST,
            port=settings.PORT,
            uds=Path(settings.HOST) if is_socket else None,
            uds_permissions=0o660 if is_socket else None,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,
            websockets=False,
            workers=settings.WEB_CONCURRENCY,
            blocking_threads=settings.WEB_THREADS + _SPARE_THREADS,
            # The longest that granian allows: each thread keeps a connection to the database.
            blocking_threads_idle_timeout=600,
            backpressure=_CONNECTIONS,
            http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1_000),
            respawn_failed_workers=True,
            respawn_interval=_RELOAD_SECONDS,
            workers_kill_timeout=_GRACEFUL_SECONDS,
            log_dictconfig=settings.SERVING_LOGGING,
            # Its warnings are of more threads than processors; they are meant, for threads wait for the database.
            log_level=LogLevels.info if settings.LOG_LEVEL in ("DEBUG", "INFO") else LogLevels.error,
        )
        server.serve(target_loader=partial(_load, application, settings.WEB_THREADS), wrap_loader=False)


def _load(application: str, limit: int) -> InFlightLimit:
    """Return the application of a worker process."""
    # Out of the terminal's group: the main process tells a worker to stop, and one that gets Ctrl-C as well hangs until
    # it is killed (granian 2.8.9).
    os.setpgrp()
    threading.Thread(target=_stop_with_parent, name="parent-watch", daemon=True).start()
    return InFlightLimit(import_string(application), limit)


def _stop_with_parent() -> None:
    """End this worker when the server's main process was killed: it would share the port with the next server."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)

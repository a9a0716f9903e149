"""This file holds the web server's settings: threads, because the views are synchronous and wait for the database."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

# Not `platform.config…`: platform/ is a folder on the path, never a package (see manage.py).
pythonpath = "platform"
wsgi_app = "config.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "config.http.admission.AdmittingWorker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Requests in flight in a worker, and two threads for the probes: see config/http/admission.py.
threads = int(os.environ.get("WEB_THREADS", "2")) + 2
# Of each worker: well below the 1,024 files that a process may usually have open.
worker_connections = 500
timeout = 30
graceful_timeout = 10
# The heartbeat file must not lie on a disk that may stall.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True

# The workers write their metrics to files, so that whichever is asked can add them up. Before prometheus_client is
# imported anywhere: it looks for this once.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="marquee-metrics-")


def child_exit(server: Any, worker: Any) -> None:
    """Forget what a worker that ended had in flight, and its connections."""
    from config.http.shares import SHARES
    from prometheus_client import multiprocess

    SHARES.forget(worker.age)
    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Remove the files of the metrics."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)

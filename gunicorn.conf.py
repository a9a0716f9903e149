"""This file holds the web server's settings: threads, because the views are synchronous and wait for the database."""

import os
from pathlib import Path

# Not `platform.config…`: platform/ is a folder on the path, never a package (see manage.py).
pythonpath = "platform"
wsgi_app = "config.wsgi"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 10
# The heartbeat file must not lie on a disk that may stall.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True

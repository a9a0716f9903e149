"""The command: every part, its table, docs/results.md, exit code 1 if a bar is missed."""

import argparse
import os
import sys
import time
from datetime import UTC, datetime

from bench.server import ROOT, Server, folder_of_the_server
from config.localdb.errors import LocalDatabaseError

PARTS = ("order", "pages", "filters", "busy", "servers", "release", "writes", "loading", "similar")
_SIZES = {"10k": ("10k",), "100k": ("100k",), "1m": ("1m",), "small": ("10k", "100k"), "full": ("10k", "100k", "1m")}
# Nobody is limited, nothing is debugged: what is measured is what production would do.
_ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "DEBUG": "false",
    "LOG_LEVEL": "WARNING",
    "SECRET_KEY": "of-the-benchmark-alone-0123456789-0123456789-0123456789",
    "ALLOWED_HOSTS": "127.0.0.1",
    "HTTPS_ONLY": "false",
    "REQUESTS_PER_MINUTE": "0",
    "ANONYMOUS_REQUESTS_PER_MINUTE": "0",
    "INTERACTIONS_PER_MINUTE": "0",
    "EXPLANATIONS_PER_MINUTE": "0",
}


def main() -> int:
    """Run the parts that were asked for and return the exit code."""
    asked = _arguments()
    size = os.environ.get("SIZE") or "small"
    if size not in _SIZES:
        sys.stderr.write(f"SIZE must be one of {', '.join(_SIZES)}.\n")
        return 2
    sys.path.insert(0, str(ROOT))
    try:
        server = Server(folder_of_the_server())
    except LocalDatabaseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    # Before the settings are read: the product's own database is never touched.
    os.environ.update(_ENVIRONMENT | {"DATABASE_URL": server.url("postgres")})
    import django

    django.setup()
    # What follows needs the settings.
    from bench.running import Work, run_parts

    began = time.monotonic()
    work = Work(
        sizes=_SIZES[size],
        parts=(asked.only,) if asked.only else PARTS,
        command=_command(size, asked.only),
        at=datetime.now(UTC),
        write=asked.only is None or asked.write,
    )
    try:
        return run_parts(server, work, lambda text: _say(began, text))
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
        return 130


def _command(size: str, only: str | None) -> str:
    named = "" if size == "small" else f"SIZE={size} "
    return f"{named}PYTHONPATH=platform .venv/bin/python -m bench --only {only}" if only else f"{named}make bench"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measures the product in databases of its own. SIZE: small (10k and 100k events), full (1m as "
        "well), or one of 10k, 100k, 1m. BENCH_DIR: where its server keeps them; .bench if unset.",
    )
    parser.add_argument("--only", choices=PARTS, help="run one part")
    parser.add_argument("--write", action="store_true", help="with --only: write its section of docs/results.md")
    return parser.parse_args()


def _say(began: float, text: str) -> None:
    sys.stderr.write(f"{time.monotonic() - began:6.0f} s  {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())

"""The command: every scenario, one table, exit code 1 if a bar is missed."""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from subprocess import SubprocessError
from types import FrameType

import psycopg
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chaos.database import ServerStays
from chaos.findings import Finding
from chaos.flood import NoFlood, as_many_clients, load
from chaos.harness import Harness, Stage, harness
from chaos.outages import ConnectionsLeft, connections, lock, outage
from chaos.product import CommandFailed, NotServing
from chaos.proxy import ROOT, NoProxy, Proxy, proxy_folder
from chaos.shares import NoCurl, shares
from chaos.sockets import sockets
from chaos.writes import writes
from config.localdb.errors import LocalDatabaseError

# Of the product alone.
DIRECT: Mapping[str, Callable[[Stage], list[Finding]]] = {
    "writes": writes,
    "outage": outage,
    "lock": lock,
    "connections": connections,
}
# Of the product behind nginx.
PROXIED: Mapping[str, Callable[[Stage, Proxy], list[Finding]]] = {"shares": shares, "sockets": sockets, "load": load}
SCENARIOS = (*DIRECT, *PROXIED)
_SECONDS = 60.0
_BROKEN = (ConnectionsLeft, ServerStays, NotServing, SubprocessError, LocalDatabaseError, psycopg.Error, OSError)
_MISSING = (NoProxy, NoFlood, NoCurl)
_VERDICTS = {True: "[green]met[/]", False: "[bold red]missed[/]", None: ""}


def main() -> int:
    """Play the scenarios that were asked for and return the exit code."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    progress = Console(stderr=True)
    findings: dict[str, list[Finding]] = {}
    began_at = time.monotonic()
    try:
        with harness() as ready:
            for name in [asked.only] if asked.only else SCENARIOS:
                progress.print(f"{time.monotonic() - began_at:4.0f} s  {name} …")
                try:
                    findings[name] = _played(ready, name, asked.seconds)
                except _MISSING as reason:
                    findings[name] = [Finding(f"not played: {reason}")]
                except _BROKEN as error:
                    findings[name] = [Finding(f"broken off: {error}", "to the end", met=False)]
    except KeyboardInterrupt:
        progress.print("Interrupted; nothing is left behind.")
        return 130
    except (CommandFailed, LocalDatabaseError) as error:
        progress.print(str(error), markup=False)
        return 1
    _print(findings, time.monotonic() - began_at)
    return 0 if all(finding.met is not False for each in findings.values() for finding in each) else 1


def _played(ready: Harness, name: str, seconds: float) -> list[Finding]:
    with ExitStack() as stack:
        if name in DIRECT:
            return DIRECT[name](stack.enter_context(ready.stage(seconds)))
        proxy = Proxy(stack.enter_context(proxy_folder()))
        shipped = (ROOT / "deploy" / "nginx.conf").read_text()
        proxy.write(as_many_clients(shipped) if name == "load" else shipped, "etc/nginx/conf.d/marquee.conf")
        stage = stack.enter_context(ready.stage(seconds, listens=proxy.socket))
        stack.enter_context(proxy.running())
        return PROXIED[name](stage, proxy)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--only", choices=SCENARIOS, metavar="NAME", help=f"one scenario: {', '.join(SCENARIOS)}")
    parser.add_argument("--seconds", type=float, default=_SECONDS, help="how long the long phases last (%(default)s)")
    return parser.parse_args()


def _interrupt(number: int, frame: FrameType | None) -> None:
    # From here on things are only put away; a second Ctrl-C would leave some of them behind.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _print(findings: Mapping[str, list[Finding]], seconds: float) -> None:
    table = Table("scenario", "measured", "bar", "verdict", title=f"Chaos, {seconds / 60:.1f} minutes")
    for name, each in findings.items():
        for place, finding in enumerate(each):
            table.add_row(name if place == 0 else "", escape(finding.measured), finding.bar, _VERDICTS[finding.met])
        table.add_section()
    # Into a file as wide as it needs to be.
    console = Console() if sys.stdout.isatty() else Console(width=160)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())

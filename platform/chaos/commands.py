"""The running of the product's commands and of our own programs beside it."""

import subprocess
import sys
from collections.abc import Mapping
from typing import IO

from chaos.proxy import ROOT

_SECONDS = 300


class CommandFailed(Exception):
    """A command of the product failed."""


def run(
    variables: Mapping[str, str], *arguments: str, output: IO[bytes] | int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run the interpreter with arguments, in the project's folder, and return how it ended."""
    return subprocess.run(  # noqa: S603 -- our own programs
        [sys.executable, *arguments],
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


def checked(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a program wrote; CommandFailed if it failed."""
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(done.args[1:])} failed: {done.stderr[-600:]}")
    return done.stdout

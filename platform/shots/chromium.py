"""The browser: a Chromium that is installed, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Root has no sandbox in a container; the rest asks other hosts for things that no page asked for.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoChromium(Exception):
    """No Chromium is installed: `apt install chromium`, or name one in the variable CHROMIUM."""

    def __init__(self) -> None:
        """Take the docstring for the message."""
        super().__init__(self.__doc__)


def installed() -> str:
    """Return the path of the Chromium that is used; NoChromium if there is none."""
    named = os.environ.get("CHROMIUM")
    path = next(filter(None, map(shutil.which, [named] if named else _NAMES)), None)
    if path is None:
        raise NoChromium
    return path


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a running browser without a window."""
    path = installed()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield browser
        browser.close()

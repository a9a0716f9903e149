"""The picture of the terminal: what `show_feed` prints there, as SVG."""

import io
import os
import pty
import re
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from shots.served import Served

_COLUMNS = 100
_COMMAND = ("show_feed", "ana", "--limit", "6")
# rich lets the picture load a font from another host; the reader's own will do.
_FONT_FACES = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def terminal_picture(product: Served, images: Path) -> Path:
    """Write terminal.svg and return its path."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    console.print(Text(f"$ manage.py {' '.join(_COMMAND)}", style="bold"))
    console.print(Text.from_ansi(_at_a_terminal(product)))
    svg = _FONT_FACES.sub("", console.export_svg(title="Marquee", unique_id="marquee"))
    path = images / "terminal.svg"
    path.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n")
    return path


def _at_a_terminal(product: Served) -> str:
    """Return what the command prints to somebody who looks: in colours, as wide as the picture."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb") as screen:
        with os.fdopen(theirs, "wb") as terminal:
            product.manage(*_COMMAND, output=terminal, TERM="xterm-256color", COLUMNS=str(_COLUMNS))
        printed = b""
        # Linux ends the reading of a terminal that nobody writes to any more with an error.
        with suppress(OSError):
            while block := screen.read1():
                printed += block
    return printed.decode().replace("\r\n", "\n").rstrip()

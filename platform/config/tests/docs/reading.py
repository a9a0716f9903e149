"""The reading of the documents: their code, by the kind of place that it stands in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, and its lines, each whole even if it is written in several."""

    language: str
    lines: tuple[str, ...]


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


def blocks_of(name: str) -> list[Block]:
    return [
        Block(
            result[2], tuple(line.strip() for line in re.sub(r"\\\n\s*", " ", result[3]).splitlines() if line.strip())
        )
        for result in _FENCE.finditer(text_of(name))
    ]


def prose_of(name: str) -> str:
    """Return a document without its fenced blocks."""
    return _FENCE.sub("", text_of(name))


def spans_of(name: str) -> list[str]:
    """Return the code within lines of text."""
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", prose_of(name))]


def shell_of(name: str) -> Iterator[str]:
    """Yield whatever could be typed: lines of shell blocks without their remarks, and code within lines of text."""
    for block in blocks_of(name):
        # Of a terminal's record, only what was typed.
        if block.language in ("sh", "ini"):
            yield from (re.sub(r"(^|\s)#.*", "", line) for line in block.lines)
        else:
            yield from (line.removeprefix("$ ") for line in block.lines if line.startswith("$ "))
    yield from spans_of(name)

"""What an import did, and what it could not take."""

from collections import Counter
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Bad:
    """Something of a source that was not taken: where it stands, and why."""

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


@dataclass(frozen=True)
class Written:
    """How many events became what; no event is counted twice.

    `older`: what the source has is older than what is known here. `outside`: of the window, and not known here.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    cancelled: int = 0
    older: int = 0
    outside: int = 0


@dataclass
class Findings:
    """What is found while a source is read: what is bad, how many series are not in the window, notes with counts."""

    bad: list[Bad] = field(default_factory=list)
    outside: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    def refuse(self, where: str, why: str) -> None:
        """Tell of something that is not taken."""
        self.bad.append(Bad(where, why))

    def counted(self, written: Written) -> Written:
        """Return what was written, with what never came so far because it is outside the window."""
        return replace(written, outside=written.outside + self.outside)

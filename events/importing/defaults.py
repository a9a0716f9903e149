"""What an operator says of all that a source has."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any


@dataclass(frozen=True)
class Defaults:
    """What the command line says: the type and, where the source names none, category, organiser and zone."""

    type: str | None = None
    category: str | None = None
    organiser: str = ""
    zone: tzinfo | None = None

    def filled(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values of an event with what the source did not say."""
        filled = dict(values)
        if self.type is not None:
            filled["type"] = self.type
        if self.category is not None and filled.get("category") is None:
            filled["category"] = self.category
        return filled

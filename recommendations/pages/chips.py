"""Chips: the links that change what a page selects, each with how many events it leads to."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from recommendations.feed.ranking import counted
from recommendations.feed.viewer import Viewer
from recommendations.pages.sections import HOME, WHEN, Selection

RADII_KM = (1, 3, 10)
_COUNTED = 100
# What one can take part in from home.
_ONLINE = "ONLINE,MIXED"
# How a filter that may be dropped is called.
_NAMES = {"type": "the kind", "category": "the category", "free": "Free", "attendance": "Online", "near": "Near me"}


@dataclass(frozen=True)
class Chip:
    """A link to another selection. `count`: "7", or "100+"; `is_on`: whether it is what the page shows."""

    text: str
    address: str
    count: str
    is_on: bool = False


class Chips:
    """The chips of a selection."""

    def __init__(self, selection: Selection, viewer: Viewer, zone: ZoneInfo) -> None:
        """Take what the page selects, for whom."""
        self._selection, self._viewer, self._zone = selection, viewer, zone

    @property
    def when(self) -> list[Chip]:
        """The periods."""
        chosen = self._selection.period
        off = "" if not self._selection.section.period else chosen
        return [
            self._chip(text, chosen == name, {"when": off if chosen == name else name, "on": ""})
            for name, text in WHEN.items()
        ]

    @property
    def what(self) -> list[Chip]:
        """What it costs, and where it is."""
        sent = self._selection.sent
        return [
            self._chip(text, sent.get(name) == value, {name: "" if sent.get(name) == value else value})
            for text, name, value in (("Free", "free", "true"), ("Online", "attendance", _ONLINE))
        ]

    @property
    def near(self) -> list[Chip]:
        """How far away, from the place of the address or from the viewer's home; none without either."""
        user, sent = self._viewer.user, self._selection.sent
        at = sent.get("near") or (HOME if user and user.latitude is not None else "")
        if not at:
            return []
        chosen = sent.get("radiusKm") if "near" in sent else None
        return [
            self._chip(
                f"{radius} km",
                chosen == str(radius),
                {"near": "", "radiusKm": ""} if chosen == str(radius) else {"near": at, "radiusKm": str(radius)},
            )
            for radius in RADII_KM
        ]

    @property
    def ways_on(self) -> list[Chip]:
        """What leads to events where a selection has none: a wider period, or a filter less."""
        return [chip for chip in self._wider() if chip.count != "0"]

    def _wider(self) -> Iterator[Chip]:
        for name in self._selection.filters:
            if name in _NAMES:
                changes = {name: "", "radiusKm": ""} if name == "near" else {name: ""}
                yield self._chip(f"Without {_NAMES[name]}", False, changes)
        if self._selection.period:
            yield self._chip("Next 7 days", False, {"when": "week", "on": ""})
            yield self._chip("Any time", False, {"view": "upcoming", "when": "", "on": ""})

    def _chip(self, text: str, is_on: bool, changes: dict[str, str]) -> Chip:
        """Return a chip; one that is on counts what the page shows, and leads to the page without it."""
        selection = self._selection if is_on else self._selection.changed(self._viewer, **changes)
        return Chip(text, self._selection.address(**changes), self._count(selection), is_on)

    def _count(self, selection: Selection) -> str:
        filters = selection.feed_filters(self._viewer.now, self._zone)
        number = counted(self._viewer, filters, limit=_COUNTED + 1)
        return f"{_COUNTED}+" if number > _COUNTED else str(number)

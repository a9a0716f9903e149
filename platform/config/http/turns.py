"""This file holds the line in which requests wait for a thread: short, and fair to addresses."""

import time
from collections import OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class Turns(Generic[Item]):
    """Items that wait, each under a key; keys take turns, so that one with many items delays its own alone.

    (Round robin, as in J. Nagle, "On Packet Switches with Infinite Storage", RFC 970.)
    """

    def __init__(self, limit: int, seconds: float, *, late: float | None = None) -> None:
        """Let at most `limit` items wait, each for at most this long.

        A key whose first item has waited for `late` seconds gets no further one in: it would leave too late as well.
        """
        self.limit = limit
        self.seconds = seconds
        self.late = seconds if late is None else late
        self._items: OrderedDict[Hashable, deque[Item]] = OrderedDict()
        # In the order in which they came, with their deadlines.
        self._waiting: OrderedDict[Item, tuple[Hashable, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def add(self, key: Hashable, item: Item) -> Item | None:
        """Let an item wait; return the one that must leave for it, if there is no room: perhaps itself."""
        leaving, now = None, time.monotonic()
        ahead = self._items.get(key)
        if ahead and self._waiting[ahead[0]][1] - self.seconds + self.late <= now:
            return item
        if len(self._waiting) >= self.limit:
            longest = max(self._items, key=lambda each: len(self._items[each]), default=key)
            if len(self._items.get(longest, ())) <= len(self._items.get(key, ())) + 1:
                return item
            leaving = self._items[longest][-1]
            self._remove(leaving)
        self._items.setdefault(key, deque()).append(item)
        self._waiting[item] = (key, now + self.seconds)
        return leaving

    def take(self) -> Item | None:
        """Remove and return the item whose turn it is; None if nothing waits."""
        if not self._items:
            return None
        key, items = next(iter(self._items.items()))
        item = items[0]
        self._remove(item)
        if key in self._items:
            self._items.move_to_end(key)
        return item

    def overdue(self) -> list[Item]:
        """Remove and return what has waited for longer than it may."""
        now = time.monotonic()
        found = []
        for item, (_, deadline) in self._waiting.items():
            if deadline > now:
                break
            found.append(item)
        for item in found:
            self._remove(item)
        return found

    def _remove(self, item: Item) -> None:
        key, _ = self._waiting.pop(item)
        items = self._items[key]
        items.remove(item)
        if not items:
            del self._items[key]

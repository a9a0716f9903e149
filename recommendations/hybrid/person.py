"""This file holds the signals of a person's own past: how much of it is with an event's organiser, venue and so on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

from recommendations.hybrid.past import Deed, Past
from recommendations.hybrid.scene import DAY_SECONDS, NAN, Scene
from recommendations.hybrid.shortlist import Found

# Added to the total of which a share is taken, so that one deed is not the whole of a past (additive smoothing).
_PRIOR = 1.0


class Affinity:
    """Sums of weights, numbers of positive deeds, and the newest such, for each key that deeds have."""

    def __init__(self, past: Past, keys_of: Callable[[Deed], Sequence[Hashable | None]]) -> None:
        """Add up a past; None and the empty text are no keys."""
        self.sums: dict[Hashable, float] = defaultdict(float)
        self.numbers: dict[Hashable, int] = defaultdict(int)
        self.newest: dict[Hashable, float] = {}
        self.total = _PRIOR + sum(weight for weight in past.weights if weight > 0)
        for deed, weight in zip(past.deeds, past.weights, strict=True):
            for key in keys_of(deed):
                if key is None or key == "":
                    continue
                self.sums[key] += weight
                if weight > 0:
                    self.numbers[key] += 1
                    self.newest.setdefault(key, deed.done_at)

    def sum(self, key: Hashable | None) -> float:
        """Return the sum of the weights; negative if dismissals prevail."""
        return self.sums.get(key, 0.0)

    def share(self, key: Hashable | None) -> float:
        """Return the part of the past that is with the key, in (-inf, 1)."""
        return self.sums.get(key, 0.0) / self.total


def columns(scene: Scene) -> list[list[float]]:
    """Return the columns from organiser_affinity to days_since."""
    past, found, now = scene.past, scene.found, scene.past.now
    organisers = Affinity(past, lambda deed: (deed.organiser_id,))
    venues = Affinity(past, lambda deed: (deed.venue,))
    categories = Affinity(past, lambda deed: (deed.category,))
    tags = Affinity(past, lambda deed: deed.tags)
    titles = Affinity(past, lambda deed: (deed.title,))
    taken = _taken(past)
    liked = past.liked
    since = (now - liked[0][0].done_at) / DAY_SECONDS if liked else NAN
    tag_shares = [[tags.share(tag) for tag in event.tags] or [0.0] for event in found]
    return [
        [organisers.sum(event.organiser_id) for event in found],
        [organisers.share(event.organiser_id) for event in found],
        [float(organisers.numbers.get(event.organiser_id, 0)) for event in found],
        [_days(organisers.newest.get(event.organiser_id), now) for event in found],
        [float(event.ahead) for event in found],
        [float(event.ahead - taken(event)) for event in found],
        [venues.sum(event.venue) for event in found],
        [venues.share(event.venue) for event in found],
        [categories.sum(event.category) for event in found],
        [categories.share(event.category) for event in found],
        [float(event.category in scene.person.interests) for event in found],
        [float(len(scene.person.interests))] * len(found),
        [sum(shares) / len(shares) for shares in tag_shares],
        [max(shares) for shares in tag_shares],
        [float(titles.numbers.get(event.title, 0)) for event in found],
        [float(len(liked))] * len(found),
        [since] * len(found),
    ]


def _taken(past: Past) -> Callable[[Found], int]:
    """Return what tells how many events that the organiser has before this one the person has touched."""
    starts: dict[int | None, dict[int, float]] = defaultdict(dict)
    for deed in past.deeds:
        if deed.start_at > past.now:
            starts[deed.organiser_id][deed.event_id] = deed.start_at
    return lambda event: sum(start_at < event.start_at for start_at in starts.get(event.organiser_id, {}).values())


def _days(done_at: float | None, now: float) -> float:
    return NAN if done_at is None else (now - done_at) / DAY_SECONDS

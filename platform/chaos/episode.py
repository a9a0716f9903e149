"""The judgement of an episode: a time during which the product could not reach its database."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaos.crowd import Sample
from chaos.finding import Finding, at_most

RECOVERY_BAR_SECONDS = 2.0
# How long clients go on asking afterwards, so that a relapse is seen.
WATCHED_SECONDS = 6.0


@dataclass(frozen=True)
class Episode:
    """From `cut_at`, when the harness began to cut, over `began_at`, when nothing was reached any more, to `ended_at`.

    `back_at` is when the database could be reached again; moments of the monotonic clock.
    """

    name: str
    cut_at: float
    began_at: float
    ended_at: float
    back_at: float

    def within(self, samples: Sequence[Sample]) -> tuple[Sample, ...]:
        """Return the requests that were sent and answered while nothing was reached."""
        return tuple(sample for sample in samples if self.began_at <= sample.started and sample.ended < self.ended_at)

    def touching(self, samples: Sequence[Sample]) -> tuple[Sample, ...]:
        """Return the requests that ran for some time in it or while it began or ended."""
        return tuple(sample for sample in samples if sample.ended > self.cut_at and sample.started < self.back_at)


def refusals(episode: Episode, samples: Sequence[Sample]) -> list[Finding]:
    """Return whether each answer was a problem 503; at the edges an ordinary answer is right too."""
    inside = frozenset(episode.within(samples))
    refused = sum(_is_refusal(sample) for sample in inside)
    others = _statuses(sample for sample in inside if not _is_refusal(sample))
    edges = [sample for sample in episode.touching(samples) if sample not in inside]
    wrong = _statuses(sample for sample in edges if not sample.good and not _is_refusal(sample))
    return [
        Finding(
            f"{episode.name}: {refused:,} of {len(inside):,} answers a 503 problem{others}",
            "all, and some",
            met=refused == len(inside) > 0,
        ),
        Finding(
            f"{episode.name}: at its edges {len(edges):,} requests{wrong or ', all 2xx or a 503 problem'}",
            "2xx or a 503 problem",
            met=not wrong,
        ),
    ]


def slowest(samples: Iterable[Sample]) -> float:
    """Return how long the slowest answer took, in seconds; NaN without any."""
    return max((sample.seconds for sample in samples), default=math.nan)


def recovery(episode: Episode, samples: Sequence[Sample]) -> Finding:
    """Return when every client had an ordinary answer, and nobody anything else any more, after the way was free."""
    after = [sample for sample in samples if sample.ended > episode.back_at]
    last_bad = max((sample.ended for sample in after if not sample.good), default=episode.back_at)
    firsts = [
        min((sample.ended for sample in after if sample.client == client and sample.good), default=math.nan)
        for client in {sample.client for sample in samples}
    ]
    never = any(math.isnan(first) for first in firsts)
    good_at = math.nan if never else max(last_bad, *firsts)
    return at_most(f"{episode.name}: all clients well again after", good_at - episode.back_at, RECOVERY_BAR_SECONDS)


def _is_refusal(sample: Sample) -> bool:
    return sample.status == 503 and sample.problem


def _statuses(samples: Iterable[Sample]) -> str:
    counted = Counter(
        "no answer" if sample.status == 0 else f"{sample.status}{' problem' if sample.problem else ''}"
        for sample in samples
    )
    return "".join(f", {number:,} × {status}" for status, number in sorted(counted.items()))

"""This file holds a training from beginning to end: windows, examples, a trial, the re-ranker and the traits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from events.sql import rows_of
from recommendations.hybrid.shortlist import EVER
from recommendations.hybrid.signals import SIGNALS
from recommendations.training import boosting, learning, windows
from recommendations.training.boosting import NothingToLearn, boosted
from recommendations.training.examples import Example, examples_of
from recommendations.training.learning import learn
from recommendations.training.trial import Result, result_of, result_of_heuristic
from recommendations.training.windows import Window, windows_before

if TYPE_CHECKING:
    from recommendations.hybrid.knowledge import Knowledge
    from recommendations.hybrid.reranker import Reranker

_FIRST = (Path(__file__).resolve().parents[1] / "sql" / "first_deed.sql").read_text()
Say = Callable[[str], None]


@dataclass(frozen=True)
class Trained:
    """What a training made, whole: storing it is another step."""

    cutoff: datetime
    seed: int
    parameters: dict[str, Any]
    fingerprint: str
    metrics: dict[str, Any]
    reranker: Reranker
    knowledge: Knowledge


def trained(cutoff: datetime, *, seed: int, active: Reranker | None, say: Say) -> Trained:
    """Return what is to be learnt of everything before a cutoff; NothingToLearn if nobody chose anything.

    The latest window is held back for a trial: a re-ranker of the windows before it, the heuristic and the active
    re-ranker are asked for the same people. Then the re-ranker is trained again on all.
    """
    found = windows_before(cutoff)
    examples = examples_in(found, seed=seed, say=say)
    metrics = _trial(found, examples, seed=seed, active=active)
    say(f"trial: {metrics}")
    reranker = boosted([each for group in examples for each in group], seed=seed, threads=settings.TRAINING_THREADS)
    say("learning of everything until now")
    return Trained(
        cutoff=cutoff,
        seed=seed,
        parameters=_parameters(found),
        fingerprint=_fingerprint(cutoff),
        metrics=metrics,
        reranker=reranker,
        knowledge=learn(cutoff, seed),
    )


def examples_in(found: list[Window], *, seed: int, say: Say) -> list[list[Example]]:
    """Return the examples of each window, from what was to be learnt before it; NothingToLearn if there is none."""
    examples: list[list[Example]] = []
    for window in found:
        knowledge = learn(window.since, seed)
        examples.append(list(examples_of(window, knowledge, most=windows.MOST, seed=seed)))
        say(f"{window.since:%Y-%m-%d} to {window.until:%Y-%m-%d}: {len(examples[-1]):,} people")
    if not examples:
        raise NothingToLearn
    return examples


def _trial(found: list[Window], examples: list[list[Example]], *, seed: int, active: Reranker | None) -> dict[str, Any]:
    window, held = found[0], examples[0]
    # The window before it overlaps it.
    rest = [each for other, group in zip(found, examples, strict=True) if other.until <= window.since for each in group]
    results: dict[str, Result] = {"heuristic": result_of_heuristic(window, held)}
    # With one window only there is nothing to compare with, and nothing is activated for it.
    with suppress(NothingToLearn):
        results["hybrid"] = result_of(boosted(rest, seed=seed, threads=settings.TRAINING_THREADS), held)
    if active is not None:
        results["active"] = result_of(active, held)
    return {
        "since": window.since.isoformat(),
        "until": window.until.isoformat(),
        "ndcg_at_10": {name: _without_nan(asdict(result)) for name, result in results.items()},
    }


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value != value else value for name, value in values.items()}


def _parameters(found: list[Window]) -> dict[str, Any]:
    return {
        "signals": [signal.name for signal in SIGNALS],
        "windows": [[window.since.isoformat(), window.until.isoformat(), window.choosers] for window in found],
        "window_lengths_days": list(windows.LENGTHS_DAYS),
        "reach_days": None if found[0].reach == EVER else (found[0].reach - found[0].since) / timedelta(days=1),
        "boosting": {**boosting.PARAMETERS, "rounds": boosting.ROUNDS},
        "learning": {
            "rank": learning.RANK,
            "iterations": learning.ITERATIONS,
            "regularisation": learning.REGULARISATION,
            "confidence": learning.CONFIDENCE,
        },
    }


def _fingerprint(cutoff: datetime) -> str:
    first, number, newest = rows_of(_FIRST, {"cutoff": cutoff})[0]
    return hashlib.sha256(f"{cutoff.isoformat()} {first} {number} {newest}".encode()).hexdigest()

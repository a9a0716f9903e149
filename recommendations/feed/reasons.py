"""Reasons: the values that ordered an event, in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from events.categories import title_of
from events.models import Event
from events.times import moment_in_words
from recommendations.feed.ranked_list import RankedItem
from recommendations.feed.ranking import Ranker

Reason = dict[str, Any]

_SHOWN = 3


def _personal(event: Event, item: RankedItem | None) -> list[Reason]:
    if item is None:
        return []
    # Imported here, as the hybrid is by its ranker.
    from recommendations.hybrid.features import text_of

    features = [
        {
            "signal": attribution.feature,
            "text": text,
            "value": attribution.value,
            "contribution": attribution.contribution,
        }
        for attribution in item.attributions
        if (text := text_of(event, attribution)) is not None
    ]
    return [*features, {"signal": "score", "text": f"A score of {item.score:.2f} for you", "score": item.score}]


def _interest(event: Event, interest_boost: int) -> list[Reason]:
    if not interest_boost:
        return []
    text = f"{title_of(str(event.category))} is one of your interests"
    return [{"signal": "interest", "text": text, "category": event.category}]


def _popularity(event: Event, interaction_count: int) -> list[Reason]:
    if interaction_count == 0:
        text = "New: nobody has interacted with it yet"
    else:
        text = f"{interaction_count:,} interaction{'' if interaction_count == 1 else 's'} so far"
    return [{"signal": "popularity", "text": text, "interactionCount": interaction_count}]


def _start(event: Event, start_at: datetime) -> list[Reason]:
    text = f"Starts {moment_in_words(start_at, event)}"
    return [{"signal": "start", "text": text, "startAt": start_at}]


@dataclass(frozen=True)
class Criterion:
    """A value that events are ordered by, which each event of a page carries under this name, and its reasons."""

    name: str
    help: str
    reasons: Callable[[Event, Any], list[Reason]]


_LISTED = Criterion("ranked_item", "Score on the ranked list, and the features that contributed most.", _personal)
# In the order in which ranked() compares them. The id, which decides between equals, is no reason.
_RANKED = (
    Criterion("interest_boost", "1 if the category is one of the viewer's interests, else 0.", _interest),
    Criterion("interaction_count", "Interactions of every action by everybody.", _popularity),
    Criterion("start_at", "When it starts.", _start),
)


@cache
def criteria_of(ranker: Ranker) -> tuple[Criterion, ...]:
    """Return what a ranker orders events by, what decides first in front."""
    fields = [field.removeprefix("-") for field in ranker.order]
    criteria = tuple(criterion for criterion in _RANKED if criterion.name in fields)
    return (_LISTED, *criteria) if ranker.list_for else criteria


def reasons_for(event: Event, ranker: Ranker) -> list[Reason]:
    """Return why an event of a page stands where it does, from the values that ordered it; never empty."""
    return [
        reason
        for criterion in criteria_of(ranker)
        for reason in criterion.reasons(event, getattr(event, criterion.name))
    ]


def reason_texts(reasons: Iterable[Reason]) -> list[str]:
    """Return what people read of an event's reasons: the first three, none twice, without the score."""
    texts = dict.fromkeys(reason["text"] for reason in reasons if reason["signal"] != "score")
    return list(texts)[:_SHOWN]

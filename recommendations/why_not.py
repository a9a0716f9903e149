"""This file holds the whole answer to "why not this event?": the verdict, the reasons, the smallest change."""

from dataclasses import dataclass

from events.models import Event
from interactions.recording import UnknownEvent
from recommendations.candidates import Filters
from recommendations.changes import Case, Change
from recommendations.explanations import Reason, reasons_for
from recommendations.places import row_of
from recommendations.rankers.base import Ranker
from recommendations.smallest import smallest_change
from recommendations.verdict import Verdict, verdict_on
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Explanation:
    """Why an event is where it is in a feed, or why not in it.

    `reasons` are those of the feed, none for an event that is not in it. `change` is the smallest that would bring it
    onto the first page; None if it is there, or if there is none.
    """

    case: Case
    ranker: Ranker
    verdict: Verdict
    reasons: tuple[Reason, ...]
    change: Change | None


def explanation_of(event_id: int, viewer: Viewer, ranker: Ranker, filters: Filters) -> Explanation:
    """Return the explanation of an event; UnknownEvent if there is none. Reads only; call it within one_snapshot()."""
    event = Event.objects.with_count().select_related("organiser").filter(pk=event_id).first()
    if event is None:
        raise UnknownEvent
    case = Case(event, viewer, filters)
    verdict = verdict_on(event, viewer, ranker, filters)
    reasons = () if verdict.broken else tuple(reasons_for(row_of(event, viewer, ranker, filters), ranker))
    return Explanation(case, ranker, verdict, reasons, smallest_change(case, ranker, verdict))

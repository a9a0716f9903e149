"""This file holds the whole answer to "why not this event?": the verdict, the reasons, the smallest change."""

from dataclasses import dataclass

from events.models import Event
from interactions.recording import UnknownEvent
from recommendations.beginning import begun
from recommendations.candidates import Filters
from recommendations.changes import Case, Change
from recommendations.checking import one_snapshot
from recommendations.explanations import Reason, reasons_for
from recommendations.places import row_of
from recommendations.rankers.base import Ranker
from recommendations.smallest import smallest_change
from recommendations.verdict import Verdict, verdict_on
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Explanation:
    """Why an event is where it is in a feed, or why not in it.

    `ranker` is the one that answers for what was asked for. `reasons` are those of the feed, none for an event that is
    not in it. `change` is the smallest that would bring it onto the first page; None if it is there, or if none does.
    """

    case: Case
    ranker: Ranker
    verdict: Verdict
    reasons: tuple[Reason, ...]
    change: Change | None


def explanation_of(event_id: int, viewer: Viewer, asked: Ranker, filters: Filters) -> Explanation:
    """Return the explanation of an event in the feed that the viewer begins now; UnknownEvent if there is none.

    Reads only, from one snapshot; but a listing, which a ranker may make for the viewer, is kept in the cache.
    """
    beginning, ranker = begun(viewer, asked, filters)
    with one_snapshot():
        event = Event.objects.with_count().select_related("organiser").filter(pk=event_id).first()
        if event is None:
            raise UnknownEvent
        case = Case(event, viewer, filters)
        verdict = verdict_on(event, beginning, ranker, filters)
        reasons = () if verdict.broken else tuple(reasons_for(row_of(event, beginning, ranker, filters), ranker))
        change = None if ranker.listing else smallest_change(case, ranker, verdict)
    if ranker.listing:
        # Here, because the cache may be in this database.
        change = smallest_change(case, ranker, verdict)
    return Explanation(case, ranker, verdict, reasons, change)

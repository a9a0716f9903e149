"""The answer to "why this event?" and "why not this event?"."""

from dataclasses import dataclass

from events.models import Event
from interactions.recording import UnknownEvent
from recommendations.checking import one_snapshot
from recommendations.explain.counterfactual import FIRST_PAGE, Change, smallest_change
from recommendations.explain.eligibility import FailedRule, failed_rules
from recommendations.explain.position import position_of
from recommendations.feed.pagination import event_in
from recommendations.feed.ranking import Ranker, feed_for
from recommendations.feed.reasons import Reason, reasons_for
from recommendations.feed.viewer import Filters, Viewer


@dataclass(frozen=True)
class Explanation:
    """Why an event is where it is in a feed, or why it is not in it.

    `ranker` is the one that answers for what was asked for. `position`, from 1, is None and `reasons` are empty for an
    event that fails a rule. `change` is the smallest that would bring it onto the first page; None if it is there, or
    if there is none.
    """

    event: Event
    viewer: Viewer
    ranker: Ranker
    failed: tuple[FailedRule, ...]
    position: int | None
    reasons: tuple[Reason, ...]
    change: Change | None


def explanation_of(event_id: int, viewer: Viewer, asked: Ranker, filters: Filters) -> Explanation:
    """Return the explanation of an event in the feed that the viewer begins now; UnknownEvent if there is none.

    Writes nothing, except that a ranked list that has to be made is cached.
    """
    feed = feed_for(viewer, asked, filters)
    with one_snapshot():
        event = event_in(feed, event_id)
        if event is None:
            raise UnknownEvent
        failed = failed_rules(event, viewer, filters)
        position = None if failed else position_of(event, feed)
        reasons = () if failed else tuple(reasons_for(event, feed.ranker))
    change = None
    if position is None or position > FIRST_PAGE:
        # Outside: the lists of assumed viewers go into the cache, which may be in this database.
        change = smallest_change(event, viewer, feed.ranker, filters, failed=tuple(rule.name for rule in failed))
    return Explanation(event, viewer, feed.ranker, failed, position, reasons, change)

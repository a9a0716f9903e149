"""The cards of what somebody saved: what lies ahead, and what is over."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from api.keyset import BY_START
from events.models import Event
from interactions.saved import LATEST_FIRST, saved_by
from recommendations.feed.viewer import Viewer
from recommendations.pages.cards import Card, cards_for

CHANGED = "Changed since you saved it"
# How many are shown of each.
_SHOWN = 100


def saved_cards(viewer: Viewer, zone: ZoneInfo) -> tuple[list[Card], list[Card]]:
    """Return the saved events that are not over, the next first, and those that are, the latest first.

    A card says what changed since its event was saved.
    """
    events = saved_by(viewer.known_user, viewer.now).select_related("organiser")
    ahead = BY_START.sorted(events.not_over_by(viewer.now))[:_SHOWN]
    past = LATEST_FIRST.sorted(events.finished_by(viewer.now))[:_SHOWN]
    marked = [_marked(card) for card in cards_for(list(ahead), viewer, zone)]
    over = [
        replace(card, status=card.event.get_status_display() if _is_cancelled(card) else "Over")
        for card in cards_for(list(past), viewer, zone)
    ]
    return marked, over


def _marked(card: Card) -> Card:
    """Return the card with a mark if its event is another than the one that was saved; a cancelled one has a mark."""
    if not vars(card.event)["is_changed"] or _is_cancelled(card):
        return card
    return replace(card, status=" · ".join(filter(None, (card.status, CHANGED))))


def _is_cancelled(card: Card) -> bool:
    return card.event.status == Event.Status.CANCELLED

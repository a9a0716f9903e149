"""The template tag that draws what was done with an event."""

from dataclasses import dataclass
from typing import Any

from django import template

from events.models import Event
from interactions.activity import Activity, Period, activity_of
from interactions.models import Interaction

register = template.Library()

WIDTH, HEIGHT = 720, 120
# By action; each stands out from white and from near black by 3 to 1 or more (WCAG 2.2, 1.4.11).
COLOURS = ("#5b7fc7", "#c77a1e", "#238a82", "#4f8a3a", "#c2504d")


@dataclass(frozen=True)
class Block:
    """A rectangle of the plot: one action in one period."""

    x: float
    y: float
    width: float
    height: float
    colour: str
    title: str


@register.inclusion_tag("admin/interactions/activity.html")
def activity(event: Event) -> dict[str, Any]:
    """Draw what was done with an event that carries `interaction_count`."""
    found = activity_of(event.pk, event.interaction_count)
    labels = [action.label for action in Interaction.Action]
    told = zip(labels, COLOURS, found.numbers, strict=True)
    return {
        "event": event,
        "found": found,
        "total": f"{found.total:,}",
        "people": f"{found.people:,}",
        "legend": [(label, colour, f"{number:,}") for label, colour, number in told],
        "blocks": blocks_of(found),
        "highest": f"{max((sum(period.numbers) for period in found.periods), default=0):,}",
        "first": found.periods[0].first if found.periods else None,
        "last": found.periods[-1].last if found.periods else None,
        "period_days": (found.periods[0].last - found.periods[0].first).days + 1 if found.periods else 0,
        "width": WIDTH,
        "height": HEIGHT,
    }


def blocks_of(found: Activity) -> list[Block]:
    """Return the rectangles: a column for each period, the actions upon each other, the highest as high as the plot."""
    if not found.periods:
        return []
    highest = max(sum(period.numbers) for period in found.periods) or 1
    step = WIDTH / len(found.periods)
    blocks = []
    for place, period in enumerate(found.periods):
        floor = float(HEIGHT)
        for label, colour, number in zip(Interaction.Action.labels, COLOURS, period.numbers, strict=True):
            if number:
                height = HEIGHT * number / highest
                floor -= height
                title = f"{_days(period)}: {label} {number:,}"
                blocks.append(Block(place * step, floor, max(step - 1, step / 2), height, colour, title))
    return blocks


def _days(period: Period) -> str:
    return f"{period.first}" if period.first == period.last else f"{period.first} to {period.last}"

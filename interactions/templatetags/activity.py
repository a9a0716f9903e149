"""The template tag that plots the interactions of an event."""

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
    summary = activity_of(event.pk, event.interaction_count)
    labels = [action.label for action in Interaction.Action]
    series = zip(labels, COLOURS, summary.numbers, strict=True)
    return {
        "event": event,
        "activity": summary,
        "total": f"{summary.total:,}",
        "people": f"{summary.people:,}",
        "legend": [(label, colour, f"{number:,}") for label, colour, number in series],
        "blocks": blocks_of(summary),
        "highest": f"{max((sum(period.numbers) for period in summary.periods), default=0):,}",
        "first": summary.periods[0].first if summary.periods else None,
        "last": summary.periods[-1].last if summary.periods else None,
        "period_days": (summary.periods[0].last - summary.periods[0].first).days + 1 if summary.periods else 0,
        "width": WIDTH,
        "height": HEIGHT,
    }


def blocks_of(summary: Activity) -> list[Block]:
    """Return the rectangles: a column for each period, the actions upon each other, the highest as high as the plot."""
    if not summary.periods:
        return []
    highest = max(sum(period.numbers) for period in summary.periods) or 1
    step = WIDTH / len(summary.periods)
    blocks = []
    for place, period in enumerate(summary.periods):
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

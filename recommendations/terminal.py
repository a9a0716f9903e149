"""The feed, and the explanation of an event, as a terminal shows them."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.commands import visible
from events.models import Event
from events.times import moment_and_place
from recommendations.explain.counterfactual import FIRST_PAGE
from recommendations.explain.explanation import Explanation
from recommendations.feed.ranking import Ranker
from recommendations.feed.reasons import reason_texts, reasons_for


def more_dates_in_words(number: int) -> str:
    """Return how many dates of a series follow: "and 5 more dates"."""
    return f"and {number:,} more date{'' if number == 1 else 's'}"


def print_feed(console: Console, events: Iterable[Event], ranker: Ranker, title: str) -> None:
    """Print a feed as a table, with reasons."""
    table = Table(title=_visible(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("#", justify="right", style="dim")
    table.add_column("Event", ratio=5)
    table.add_column("Starts", no_wrap=True)
    table.add_column("Because", ratio=5, style="green")
    for place, event in enumerate(events, start=1):
        where = f"{event.location_name}" if event.location_name else ""
        name = _visible(event.title, style="bold")
        name.append(f"  #{event.pk}", style="dim")
        if where:
            name.append(_visible(f"\n{where}", style="dim"))
        # The start stands in a column of its own.
        reasons = [reason for reason in reasons_for(event, ranker) if reason["signal"] != "start"]
        because = "\n".join(reason_texts(reasons)) or "The soonest first"
        starts = "\n".join(moment_and_place(event.start_at, event))
        if event.more_dates:
            starts += f"\n{more_dates_in_words(event.more_dates)}"
        table.add_row(str(place), name, starts, _visible(because))
    console.print(table)


def _visible(text: str, *, style: str = "") -> Text:
    return Text(visible(text), style)


def plain_lines(events: Iterable[Event], ranker: Ranker) -> Iterable[str]:
    """Yield a feed as lines for other programs: place, id, start, category, title, reasons, parted by tabs."""
    for place, event in enumerate(events, start=1):
        texts = [reason["text"] for reason in reasons_for(event, ranker)]
        if event.more_dates:
            texts.append(more_dates_in_words(event.more_dates))
        title = " ".join(event.title.split())
        yield "\t".join(
            (
                str(place),
                str(event.pk),
                f"{event.start_at:%Y-%m-%dT%H:%M:%SZ}",
                event.category or "-",
                title,
                "; ".join(texts),
            )
        )


def explanation_lines(explanation: Explanation) -> Iterable[str]:
    """Yield an explanation as sentences."""
    event, position, change = explanation.event, explanation.position, explanation.change
    feed = f"the {explanation.ranker.name} feed of {explanation.viewer.known_user.username}"
    if position is not None:
        yield f"{event} is in {feed}, at place {position:,}."
    else:
        yield f"{event} is not in {feed}:"
        yield from (f"- {rule.text} ({rule.name})" for rule in explanation.failed)
    if change is not None:
        yield f"{change.text[0].upper()}{change.text[1:]}: place {change.position}."
    elif position is None or position > FIRST_PAGE:
        yield f"No change of one kind or two brings it onto the first page of {FIRST_PAGE}."

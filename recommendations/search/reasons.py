"""Why an event is a result: where its texts have the words, and what else it was picked for."""

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from events.models import Event
from events.names import PREFIX_MIN_LENGTH
from recommendations.search.understanding import WORD

# By signal, as people read them, in the order in which they are given.
TEXTS = {
    "title": "title",
    "organiser": "organiser",
    "venue": "venue",
    "tag": "tag",
    "category": "category",
    "description": "description",
    "spelling": "spelt similarly",
    "meaning": "like what you wrote",
    "filter": "what you asked for",
}


class Reason(NamedTuple):
    """A reason: its signal, a key of TEXTS, and how people read it."""

    signal: str
    text: str


def reasons_of(
    event: Event, words: Collection[str], corrections: Mapping[str, str], *, is_near: bool
) -> tuple[Reason, ...]:
    """Return why an event is a result for these folded words, some of which may be corrections of others.

    Expects the event's names folded. One that no word and no likeness explains passes the filters of the query.
    """
    signals = {signal for signal, text in names_of(event) if any(has_word(text, word) for word in words)}
    if not signals and any(has_word(event.description.lower(), word) for word in words):
        signals = {"description"}
    if signals and any(has_word(text, word) for _, text in names_of(event) for word in corrections.values() if word):
        signals.add("spelling")
    if is_near:
        signals.add("meaning")
    return tuple(Reason(signal, text) for signal, text in TEXTS.items() if signal in (signals or {"filter"}))


def names_of(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the folded names of an event by signal: see event_names() in events/sql/folded.sql."""
    title, *others = event.folded_names.split("\n")
    number = max(len(event.tags), 1)
    yield "title", title
    yield from (("tag", tag) for tag in others[:number])
    yield from zip(("venue", "category"), others[number:], strict=False)
    if event.folded_organiser is not None:
        yield "organiser", event.folded_organiser


def has_word(text: str, word: str) -> bool:
    """Return whether a word of the text is this one or, if it is not too short, begins with it."""
    if word not in text:
        return False
    parts = WORD.findall(text)
    return word in parts if len(word) < PREFIX_MIN_LENGTH else any(part.startswith(word) for part in parts)

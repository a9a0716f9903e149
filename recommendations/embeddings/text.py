"""This file holds what the text of an event is, as far as its vector is concerned."""

import hashlib

from events.models import Event

# More characters make it worse, not only slower, for the vector is near a mean over the words: see
# docs/decisions/0013-vectors.md.
TEXT_MAX_LENGTH = 256


def text_of(event: Event) -> str:
    """Return what an event says of itself, the telling parts first. Expects the organiser loaded."""
    organiser = event.organiser
    parts = (
        event.title,
        event.category_name,
        ", ".join(event.tags),
        None if organiser is None else organiser.name,
        event.description,
    )
    return ". ".join(part for part in parts if part)[:TEXT_MAX_LENGTH]


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()

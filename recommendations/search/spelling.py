"""Words that are spelt similarly to those of a query."""

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import chain

from django.db import connections, transaction

from api.databases import read_alias
from events.models import Event, Organiser
from recommendations.search.understanding import STOP_WORDS, WORD

# Shorter words have too few trigrams to be told from others.
_MIN_LENGTH = 4
# Of the trigrams of a word, the share that a similar one has; and of its letters, in order.
_TRIGRAMS, _LETTERS = 0.4, 0.8
# How many events and organisers are read for similar words.
_ROWS = 200


def corrected(words: Sequence[str]) -> dict[str, str]:
    """Return, by folded word, what it may have been meant to be: a word of names, or "" for one that says nothing.

    A word that is in a name, or begins one, is left out, and so is one to which nothing is similar.
    """
    corrections = {}
    with transaction.atomic(using=read_alias()):
        with connections[read_alias()].cursor() as cursor:
            cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(_TRIGRAMS)])
        for word in words:
            if len(word) < _MIN_LENGTH:
                continue
            if get_close_matches(word, STOP_WORDS, n=1, cutoff=0.9):
                corrections[word] = ""
                continue
            if _is_in_a_name(word):
                continue
            names = _names_like(word)
            if similar := get_close_matches(word, names, n=1, cutoff=_LETTERS):
                corrections[word] = similar[0]
    return corrections


def _is_in_a_name(word: str) -> bool:
    return Event.objects.called([word], {}).exists() or Organiser.objects.called([word]).exists()


def _names_like(word: str) -> list[str]:
    """Return the words of names that are like a word."""
    # Of more, any will do: all that match a common word would have to be compared to find the most similar.
    events = Event.objects.called_similarly(word).with_folded_names()[:_ROWS]
    organisers = Organiser.objects.called_similarly(word).with_folded_name()[:_ROWS]
    names = chain((event.folded_names for event in events), (organiser.folded_name for organiser in organisers))
    return sorted(set(chain.from_iterable(map(WORD.findall, names))))

"""What events and organisers are called by, as the database compares it: folded, that is without accents and case."""

from collections.abc import Collection
from typing import Any, TypeVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Func, QuerySet, TextField

Rows = TypeVar("Rows", bound=QuerySet[Any])

# The indexes and the queries must say exactly this, or the indexes are not used. "simple": names come in any language.
CONFIG = "simple"
# A shorter word is compared whole: most others begin with it.
PREFIX_MIN_LENGTH = 3


def folded(field: str) -> Func:
    """Return a field in lower case and without accents: see sql/folded.sql."""
    return Func(F(field), function="folded", output_field=TextField())


# Title, tags, place and category.
NAMES = Func(F("title"), F("tags"), F("location_name"), F("category"), function="event_names", output_field=TextField())
WORDS_OF_NAMES = SearchVector(NAMES, config=CONFIG)
WORDS_OF_TITLE = SearchVector(folded("title"), config=CONFIG)
WORDS_OF_ORGANISER = SearchVector(folded("name"), config=CONFIG)

EVENT_INDEXES = (
    GinIndex(WORDS_OF_NAMES, name="event_name_words"),
    GinIndex(WORDS_OF_TITLE, name="event_title_words"),
    # Words that are spelt similarly.
    GinIndex(OpClass(NAMES, name="gin_trgm_ops"), name="event_name_trigrams"),
)
ORGANISER_INDEXES = (
    GinIndex(WORDS_OF_ORGANISER, name="organiser_name_words"),
    GinIndex(OpClass(folded("name"), name="gin_trgm_ops"), name="organiser_name_trigrams"),
)


def words_query(words: Collection[str], *, whole: bool = False) -> SearchQuery:
    """Return the query for all of these words, and unless they are to be `whole`, for what they begin."""
    return _query(" & ", words, whole=whole)


def any_prefix(words: Collection[str]) -> SearchQuery:
    """Return the query for what any of these words begins."""
    return _query(" | ", words, whole=False)


def quoted(word: str) -> str:
    """Return a word as a raw query takes it as it is, whatever is in it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def spelt_similarly(rows: Rows, names: Any, word: str) -> Rows:
    """Keep the rows whose names have a word that is spelt similarly, by its trigrams."""
    return rows.filter(TrigramWordSimilar(names, word))


def _query(operator: str, words: Collection[str], *, whole: bool) -> SearchQuery:
    lexemes = (quoted(word) if whole or len(word) < PREFIX_MIN_LENGTH else f"{quoted(word)}:*" for word in words)
    return SearchQuery(operator.join(lexemes), config=CONFIG, search_type="raw")

"""Serializers of semantic search and similar events."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from api.fields import WholeNumberField
from events.serializers import EventSerializer, FilterParameters
from recommendations.semantic_search.search import Match

_DIGITS = 4


class SimilarParameters(FilterParameters):
    limit = WholeNumberField(min_value=1, max_value=100, default=20, help_text="The maximum number of results.")


class SearchParameters(SimilarParameters):
    q = serializers.CharField(max_length=200, help_text="What to look for, in any words, in 16 languages.")


class MatchSerializer(serializers.Serializer[dict[str, Any]]):
    event = EventSerializer()
    similarity = serializers.FloatField(
        min_value=-1,
        max_value=1,
        allow_null=True,
        help_text="Cosine of the texts' vectors; null for one found by words.",
    )
    moreDates = serializers.IntegerField(
        min_value=0, help_text="Of a series, only the next date is in the results; this many follow it."
    )


class SimilarSerializer(serializers.Serializer[dict[str, Any]]):
    next = serializers.URLField(allow_null=True, help_text="Always null: this is one page.")
    results = MatchSerializer(many=True)


class SearchSerializer(SimilarSerializer):
    by = serializers.ChoiceField(
        choices=["meaning", "words"],
        help_text="By words if no candidate has a vector to compare with, or while the encoder is loading.",
    )


def matches_as_json(matches: Sequence[Match]) -> dict[str, Any]:
    """Return the matches in the form of SimilarSerializer."""
    results = [
        {
            "event": EventSerializer(match.event).data,
            "similarity": None if match.similarity is None else round(match.similarity, _DIGITS),
            "moreDates": match.more_dates,
        }
        for match in matches
    ]
    return {"next": None, "results": results}

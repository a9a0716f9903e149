"""Serializers of similar events."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from api.fields import WholeNumberField
from events.serializers import EventSerializer, FilterParameters
from recommendations.semantic_search.search import Match

DIGITS = 4


class SimilarParameters(FilterParameters):
    limit = WholeNumberField(min_value=1, max_value=100, default=20, help_text="The maximum number of results.")


class MatchSerializer(serializers.Serializer[dict[str, Any]]):
    event = EventSerializer()
    similarity = serializers.FloatField(min_value=-1, max_value=1, help_text="Cosine of the texts' vectors.")
    moreDates = serializers.IntegerField(
        min_value=0, help_text="Of a series, only the next date is in the results; this many follow it."
    )


class SimilarSerializer(serializers.Serializer[dict[str, Any]]):
    next = serializers.URLField(allow_null=True, help_text="Always null: this is one page.")
    results = MatchSerializer(many=True)


def matches_as_json(matches: Sequence[Match]) -> dict[str, Any]:
    """Return the matches in the form of SimilarSerializer."""
    results = [
        {
            "event": EventSerializer(match.event).data,
            "similarity": round(match.similarity, DIGITS),
            "moreDates": match.more_dates,
        }
        for match in matches
    ]
    return {"next": None, "results": results}

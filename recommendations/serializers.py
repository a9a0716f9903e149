"""This file holds the feed as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from events.models import Event
from events.serializers import EventSerializer, event_as_json
from events.strict import CategoryChoiceField, PageParameters
from recommendations.explanations import reasons_for
from recommendations.rankers import DEFAULT, RANKERS
from recommendations.rankers.base import Ranker


class SectionParameters(PageParameters):
    type = serializers.ChoiceField(choices=Event.Type.choices, required=False)
    category = CategoryChoiceField(required=False)


class FeedParameters(SectionParameters):
    ranker = serializers.ChoiceField(choices=list(RANKERS), default=DEFAULT.name)


class ReasonSerializer(serializers.Serializer[dict[str, Any]]):
    signal = serializers.CharField(help_text="interest, popularity, start, score, or a signal of the hybrid")
    text = serializers.CharField(help_text="The reason in words.")
    category = serializers.CharField(required=False, help_text="With interest: the category that matched.")
    interactionCount = serializers.IntegerField(required=False, help_text="With popularity.")
    startAt = serializers.DateTimeField(required=False, help_text="With start.")
    score = serializers.FloatField(required=False, help_text="With score: the hybrid's listing is in its order.")
    value = serializers.FloatField(required=False, help_text="With a signal of the hybrid: its value.")
    contribution = serializers.FloatField(required=False, help_text="With the same: what it gave to the score.")


class RecommendationSerializer(serializers.Serializer[dict[str, Any]]):
    event = EventSerializer()
    reasons = ReasonSerializer(many=True)


# One page: the view's name `list` would make the OpenAPI document say an array of them.
@extend_schema_serializer(many=False)
class FeedSerializer(serializers.Serializer[dict[str, Any]]):
    ranker = serializers.CharField(
        help_text="Who answered; popular for a personal ranker while personalRanking is false."
    )
    personalRanking = serializers.BooleanField(help_text="The profile's, when the feed's first page was read.")
    next = serializers.URLField(allow_null=True)
    results = RecommendationSerializer(many=True)


def feed_as_json(events: tuple[Event, ...], ranker: Ranker, following: str | None, *, personal: bool) -> dict[str, Any]:
    """Return a page of a feed in the form of FeedSerializer; `following` is the address of the next page."""
    results = [{"event": event_as_json(event), "reasons": reasons_for(event, ranker)} for event in events]
    return {"ranker": ranker.name, "personalRanking": personal, "next": following, "results": results}

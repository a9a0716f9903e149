"""A feed, and the explanation of an event in it, as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from api.fields import ChoiceField
from api.serializers import PageParameters
from events.serializers import EventSerializer, FilterParameters
from recommendations.explain.counterfactual import Step
from recommendations.explain.eligibility import RULES
from recommendations.explain.explanation import Explanation
from recommendations.feed.pagination import FeedPage
from recommendations.feed.ranking import RANKERS
from recommendations.feed.reasons import reasons_for

# One for all requests: making a serializer copies its fields.
_EVENTS = EventSerializer()
# Under which name a step's value stands.
VALUE_NAMES = {
    "filter": "parameter",
    "clock": "at",
    "dismissal": "dismissals",
    "mute": "muteId",
    "interest": "category",
    "interactions": "interactions",
    "status": "status",
}


class SectionParameters(FilterParameters, PageParameters):
    """The parameters of a section: filters and pages."""


class RankerField(ChoiceField):
    """The ranker that is asked for; DEFAULT_RANKER if none is.

    That is no default of the document: programs made from it would send today's for ever, and then not fit a cursor.
    """

    def __init__(self) -> None:
        super().__init__(
            choices=list(RANKERS), required=False, help_text="The server's setting decides if it is left out."
        )


class FeedParameters(SectionParameters):
    ranker = RankerField()


class ExplanationParameters(FilterParameters):
    ranker = RankerField()


class ReasonSerializer(serializers.Serializer[dict[str, Any]]):
    signal = serializers.CharField(help_text="interest, popularity, start, score, or a signal of the hybrid")
    text = serializers.CharField(help_text="The reason in words.")
    category = serializers.CharField(required=False, help_text="With interest: the category that matched.")
    interactionCount = serializers.IntegerField(required=False, help_text="With popularity.")
    startAt = serializers.DateTimeField(required=False, help_text="With start.")
    score = serializers.FloatField(required=False, help_text="With score: the hybrid's listing is in its order.")
    value = serializers.FloatField(required=False, help_text="With a signal of the hybrid: its value.")
    contribution = serializers.FloatField(required=False, help_text="With the same: what it gave to the score.")


class RuleSerializer(serializers.Serializer[dict[str, Any]]):
    rule = serializers.ChoiceField(choices=list(RULES))
    text = serializers.CharField(help_text="The fact in words.")


class StepSerializer(serializers.Serializer[dict[str, Any]]):
    kind = serializers.ChoiceField(choices=list(VALUE_NAMES))
    text = serializers.CharField(help_text="The step in words.")
    parameter = serializers.CharField(required=False, help_text="With filter: the one that is left out.")
    at = serializers.DateTimeField(required=False, help_text="With clock: the moment.")
    dismissals = serializers.IntegerField(required=False, help_text="With dismissal: how many there are.")
    muteId = serializers.IntegerField(required=False, help_text="With mute: the one to delete.")
    category = serializers.CharField(required=False, help_text="With interest.")
    interactions = serializers.IntegerField(required=False, help_text="With interactions: how many more.")
    status = serializers.CharField(required=False, help_text="With status.")


class ChangeSerializer(serializers.Serializer[dict[str, Any]]):
    text = serializers.CharField(help_text="The steps in words.")
    place = serializers.IntegerField(help_text="The event's place when all of them are made, 1 to 20.")
    steps = StepSerializer(many=True)


class ExplanationSerializer(serializers.Serializer[dict[str, Any]]):
    event = EventSerializer()
    ranker = serializers.CharField()
    excludedBy = RuleSerializer(many=True, help_text="The rules that keep it out; none if it is in the feed.")
    place = serializers.IntegerField(allow_null=True, help_text="From 1; null if a rule keeps it out.")
    reasons = ReasonSerializer(many=True, help_text="As in the feed; none if it is not in it.")
    change = ChangeSerializer(
        allow_null=True,
        help_text="The smallest that would bring it onto the first page of 20; null if it is there, or if none does. "
        "With the hybrid only filters, the clock, interests and mutes are considered.",
    )


class RecommendationSerializer(serializers.Serializer[dict[str, Any]]):
    event = EventSerializer()
    reasons = ReasonSerializer(many=True)
    moreDates = serializers.IntegerField(
        required=False,
        min_value=1,
        help_text="With the hybrid, if any follow: how many dates of its series start later and are in the feed, too.",
    )


# One page: the view's name `list` would make the OpenAPI document say an array of them.
@extend_schema_serializer(many=False)
class FeedSerializer(serializers.Serializer[dict[str, Any]]):
    ranker = serializers.CharField(
        help_text="Who answered; popular for a personal ranker while personalRanking is false."
    )
    personalRanking = serializers.BooleanField(help_text="The profile's, when the feed's first page was read.")
    next = serializers.URLField(allow_null=True)
    results = RecommendationSerializer(many=True)


def explanation_as_json(explanation: Explanation) -> dict[str, Any]:
    """Return why an event is where it is, or not at all, in the form of ExplanationSerializer."""
    change = explanation.change
    return {
        "event": EventSerializer(explanation.event).data,
        "ranker": explanation.ranker.name,
        "excludedBy": [{"rule": rule.name, "text": rule.text} for rule in explanation.failed],
        "place": explanation.position,
        "reasons": list(explanation.reasons),
        "change": None
        if change is None
        else {"text": change.text, "place": change.position, "steps": [_step_as_json(step) for step in change.steps]},
    }


def _step_as_json(step: Step) -> dict[str, Any]:
    return {"kind": step.kind, "text": step.text, VALUE_NAMES[step.kind]: step.value}


def feed_as_json(page: FeedPage) -> dict[str, Any]:
    """Return a page of a feed in the form of FeedSerializer."""
    ranker = page.feed.ranker
    return {
        "ranker": ranker.name,
        "personalRanking": page.is_personal,
        "next": page.next,
        "results": [
            {"event": _EVENTS.to_representation(event), "reasons": reasons_for(event, ranker)}
            | ({"moreDates": event.more_dates} if event.more_dates else {})
            for event in page.events
        ],
    }

"""Serializers of interactions."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from api.fields import ChoiceField, IdField, MomentField, ShortListField
from api.serializers import PageParameters, StrictSerializer
from interactions.models import Interaction

BATCH_MAX = 100


class InteractionSerializer(StrictSerializer):
    id = serializers.IntegerField(read_only=True)
    eventId = IdField(source="event_id")
    action = ChoiceField(choices=Interaction.Action.choices)
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)


class PastInteractionSerializer(StrictSerializer):
    """An interaction that a client kept while it was offline."""

    eventId = IdField(source="event_id")
    action = ChoiceField(choices=Interaction.Action.choices)
    createdAt = MomentField(
        source="at", required=False, help_text="When it happened, in the last 30 days; now if it is left out."
    )


class BatchSerializer(StrictSerializer):
    interactions = ShortListField(
        child=PastInteractionSerializer(), min_length=1, max_length=BATCH_MAX, help_text="In the order they happened."
    )


class RecordedBatchSerializer(serializers.Serializer[dict[str, object]]):
    results = InteractionSerializer(many=True, read_only=True)
    unknownEventIds = serializers.ListField(
        child=serializers.IntegerField(), read_only=True, help_text="Events that are not there; nothing was recorded."
    )


# One page: the view's name `list` would make the OpenAPI document say an array of them.
@extend_schema_serializer(many=False)
class InteractionPageSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.URLField(read_only=True, allow_null=True)
    results = InteractionSerializer(many=True, read_only=True)


class InteractionParameters(PageParameters):
    action = ChoiceField(choices=Interaction.Action.choices, required=False)

"""This file holds the interactions as JSON."""

from rest_framework import serializers

from events.strict import IdField, PageParameters, StrictSerializer
from interactions.models import Interaction


class InteractionSerializer(StrictSerializer):
    id = serializers.IntegerField(read_only=True)
    eventId = IdField(source="event_id")
    action = serializers.ChoiceField(choices=Interaction.Action.choices)
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)


class InteractionPageSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.URLField(read_only=True, allow_null=True)
    results = InteractionSerializer(many=True, read_only=True)


class InteractionParameters(PageParameters):
    action = serializers.ChoiceField(choices=Interaction.Action.choices, required=False)

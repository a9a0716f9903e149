"""Serializers of interactions and mutes."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from api.fields import ChoiceField, IdField, MomentField, ShortListField, TextLineField
from api.serializers import PageParameters, StrictSerializer
from events.models import Event
from events.serializers import CategoryChoiceField, EventSerializer
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


class MuteSerializer(StrictSerializer):
    """What is muted: exactly one of organiserId, series and category is not null."""

    id = serializers.IntegerField(read_only=True)
    organiserId = IdField(source="organiser_id", required=False)
    series = TextLineField(max_length=200, required=False, help_text="What events of the series have in `series`.")
    category = CategoryChoiceField(required=False)
    name = serializers.CharField(
        read_only=True, help_text="The organiser's name, the title of the last event of the series, or the category's."
    )
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for one target."""
        if len(attrs) != 1:
            names = self.initial_data or ("organiserId", "series", "category")
            raise serializers.ValidationError({
                name: ["Send exactly one of organiserId, series and category."] for name in names
            })  # fmt: skip
        return attrs


@extend_schema_serializer(many=False)
class MutePageSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.URLField(read_only=True, allow_null=True)
    results = MuteSerializer(many=True, read_only=True)


class SavedParameters(PageParameters):
    when = ChoiceField(
        choices=["upcoming", "past"],
        required=False,
        help_text="upcoming: what is not over, the next first; past: what is, the latest first. Else all, by start.",
    )


class SavedEventSerializer(serializers.Serializer[Event]):
    """An event that was saved, and what became of it."""

    event = EventSerializer(source="*", read_only=True)
    savedAt = serializers.DateTimeField(source="saved_at", read_only=True, help_text="The last time it was saved.")
    past = serializers.BooleanField(source="is_over", read_only=True, help_text="Whether it is over.")
    cancelled = serializers.SerializerMethodField(help_text="Whether it is cancelled.")
    changed = serializers.BooleanField(
        source="is_changed",
        read_only=True,
        help_text="Whether its time, place, status or something else that people notice changed since it was saved.",
    )

    def get_cancelled(self, event: Event) -> bool:
        return event.status == Event.Status.CANCELLED


@extend_schema_serializer(many=False)
class SavedPageSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.URLField(read_only=True, allow_null=True)
    results = SavedEventSerializer(many=True, read_only=True)

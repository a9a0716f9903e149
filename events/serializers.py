"""This file holds the events as JSON."""

from rest_framework import serializers

from events.categories import Category
from events.models import Event, Organiser
from events.strict import CategoryChoiceField, PageParameters


class OrganiserSerializer(serializers.ModelSerializer[Organiser]):
    class Meta:
        model = Organiser
        fields = ("id", "name")


class EventSerializer(serializers.Serializer[Event]):
    """An event, the same everywhere. Expects the organiser loaded and `interaction_count` annotated."""

    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    type = serializers.ChoiceField(choices=Event.Type.choices, read_only=True)
    status = serializers.ChoiceField(choices=Event.Status.choices, read_only=True)
    category = serializers.ChoiceField(choices=Category.choices, read_only=True, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    organiser = OrganiserSerializer(read_only=True, allow_null=True)
    locationName = serializers.CharField(source="location_name", read_only=True)
    latitude = serializers.FloatField(read_only=True, allow_null=True)
    longitude = serializers.FloatField(read_only=True, allow_null=True)
    url = serializers.CharField(read_only=True, allow_null=True)
    startAt = serializers.DateTimeField(source="start_at", read_only=True)
    endAt = serializers.DateTimeField(source="end_at", read_only=True, allow_null=True)
    interactionCount = serializers.IntegerField(source="interaction_count", read_only=True)


class EventPageSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.URLField(read_only=True, allow_null=True)
    results = EventSerializer(many=True, read_only=True)


class CategoryEntrySerializer(serializers.Serializer[dict[str, str]]):
    name = serializers.ChoiceField(choices=Category.choices, read_only=True)
    title = serializers.CharField(read_only=True)


class CategoryListSerializer(serializers.Serializer[dict[str, object]]):
    results = CategoryEntrySerializer(many=True, read_only=True)


class EventParameters(PageParameters):
    type = serializers.ChoiceField(choices=Event.Type.choices, required=False)
    category = CategoryChoiceField(required=False)
    status = serializers.ChoiceField(choices=Event.Status.choices, required=False)
    q = serializers.CharField(
        required=False, max_length=200, help_text="Words that title or description have, all of them."
    )

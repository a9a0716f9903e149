"""Events as JSON, and what is sent to make or change one."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from api.fields import ChoiceField, DegreesField, IdField, IdsField, MomentField, ShortListField, TextLineField
from api.serializers import PageParameters, PlainSerializer, StrictSerializer
from api.text_rules import validate_web_address
from events.categories import Category, canonical
from events.models import DESCRIPTION_MAX_LENGTH, TAGS_MAX, Event


class CategoryChoiceField(ChoiceField):
    """A category of the vocabulary, in any case."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what a serializer field takes."""
        super().__init__(choices=Category.choices, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the canonical category; ValidationError for one that is not in the vocabulary."""
        return str(super().to_internal_value(canonical(data) if isinstance(data, str) else data))

    def to_representation(self, value: Any) -> Any:
        """Return the category, also one that has left the vocabulary."""
        return value


class OrganiserSerializer(PlainSerializer):
    """Who puts on an event."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True, max_length=200)


class EventSerializer(PlainSerializer):
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
    series = serializers.CharField(
        read_only=True, allow_null=True, help_text="Events of one series have the same text here."
    )
    interactionCount = serializers.IntegerField(source="interaction_count", read_only=True)


# One page: the view's name `list` would make the OpenAPI document say an array of them.
@extend_schema_serializer(many=False)
class EventPageSerializer(serializers.Serializer[dict[str, object]]):
    next = serializers.URLField(read_only=True, allow_null=True)
    results = EventSerializer(many=True, read_only=True)


class CategoryEntrySerializer(serializers.Serializer[dict[str, str]]):
    name = serializers.ChoiceField(choices=Category.choices, read_only=True)
    title = serializers.CharField(read_only=True)


@extend_schema_serializer(many=False)
class CategoryListSerializer(serializers.Serializer[dict[str, object]]):
    results = CategoryEntrySerializer(many=True, read_only=True)


class EventParameters(PageParameters):
    type = ChoiceField(choices=Event.Type.choices, required=False)
    category = CategoryChoiceField(required=False)
    status = ChoiceField(choices=Event.Status.choices, required=False)
    ids = IdsField(required=False, help_text="Ids parted by commas, at most 100; unknown ones are left out.")
    startsAfter = MomentField(required=False, help_text="Events that start after this moment.")
    q = serializers.CharField(
        required=False, max_length=200, help_text="Words that title or description have, all of them."
    )


class EventWriteSerializer(StrictSerializer):
    """What is sent to make or change an event; `instance` is the event that is changed."""

    title = TextLineField(max_length=200)
    description = TextLineField(lines=True, max_length=DESCRIPTION_MAX_LENGTH, allow_blank=True, required=False)
    type = ChoiceField(choices=Event.Type.choices, required=False)
    status = ChoiceField(choices=Event.Status.choices, required=False)
    category = CategoryChoiceField(allow_null=True, required=False)
    tags = ShortListField(
        child=TextLineField(max_length=100), max_length=TAGS_MAX, required=False, help_text="At most 30."
    )
    organiserId = IdField(source="organiser_id", allow_null=True, required=False)
    locationName = TextLineField(source="location_name", max_length=200, allow_blank=True, required=False)
    latitude = DegreesField(min_value=-90, max_value=90, allow_null=True, required=False)
    longitude = DegreesField(min_value=-180, max_value=180, allow_null=True, required=False)
    url = serializers.URLField(
        max_length=500, allow_null=True, required=False, help_text="http or https, without user name and password."
    )
    startAt = MomentField(source="start_at")
    endAt = MomentField(source="end_at", allow_null=True, required=False)
    series = TextLineField(max_length=200, allow_null=True, required=False)

    def validate_url(self, value: str | None) -> str | None:
        # The field itself allows ftp and credentials.
        if value is not None:
            validate_web_address(value)
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        def after(name: str) -> Any:
            return attrs.get(name, getattr(self.instance, name, None))

        if (after("latitude") is None) != (after("longitude") is None):
            missing = "latitude" if after("latitude") is None else "longitude"
            raise serializers.ValidationError({missing: ["Give latitude and longitude, or null for both."]})
        if after("end_at") is not None and after("end_at") <= after("start_at"):
            raise serializers.ValidationError({"endAt": ["The end must be after the start."]})
        return attrs

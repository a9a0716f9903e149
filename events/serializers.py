"""Events as JSON, and what is sent to make or change one."""

import re
from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from api.fields import (
    ChoiceField,
    ChoicesField,
    DecimalTextField,
    DegreesField,
    IdField,
    IdsField,
    JSONStringField,
    MomentField,
    ShortListField,
    TextLineField,
    TrueField,
    WholeNumberField,
)
from api.serializers import PageParameters, ParameterSerializer, PlainSerializer, StrictSerializer
from api.text_rules import validate_web_address
from events.categories import Category, canonical
from events.codes import (
    LANGUAGE_MAX_LENGTH,
    TIME_ZONE_MAX_LENGTH,
    canonical_currency,
    canonical_language,
    canonical_time_zone,
)
from events.geo import RADIUS_LIMIT_KM, Circle, Place
from events.models import (
    ADDRESS_MAX_LENGTH,
    AGE_MAX,
    DESCRIPTION_MAX_LENGTH,
    PRICE_DECIMALS,
    PRICE_DIGITS,
    TAGS_MAX,
    Event,
)

# Of a place without a radius: what is reached within a city.
RADIUS_KM = 10.0
_DEGREES = r"(-?(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,15})?)"
_PLACE = re.compile(f"{_DEGREES},{_DEGREES}", re.ASCII)


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


class CodeField(JSONStringField):
    """A standard code, in any case; `canonical` returns how it is stored, or raises what is wrong with it."""

    def __init__(self, canonical: Callable[[str], str], **kwargs: Any) -> None:
        """Take what a character field takes."""
        super().__init__(**kwargs)
        self.canonical = canonical

    def to_internal_value(self, data: Any) -> str:
        """Return the code as it is stored; ValidationError for one that does not exist."""
        return self.canonical(super().to_internal_value(data))


@extend_schema_field({"type": "number", "minimum": 0, "exclusiveMaximum": 10 ** (PRICE_DIGITS - PRICE_DECIMALS)})
class AmountField(serializers.DecimalField):
    """A price as a JSON number; neither true nor a number in a string."""

    default_error_messages = {
        "invalid": "Write a price as a JSON number, like 12.5.",
        "min_value": "A price is never negative. Write 0 if it is free.",
    }

    def __init__(self, **kwargs: Any) -> None:
        """Take what a decimal field takes."""
        super().__init__(max_digits=PRICE_DIGITS, decimal_places=PRICE_DECIMALS, min_value=0, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the price; ValidationError for anything else."""
        if type(data) not in (int, float):
            self.fail("invalid")
        return super().to_internal_value(data)


class PriceSerializer(PlainSerializer):
    """What an event costs."""

    min = serializers.FloatField(read_only=True, allow_null=True, help_text="The lowest price; null if unknown.")
    max = serializers.FloatField(read_only=True, allow_null=True, help_text="The highest price; null if unknown.")
    currency = serializers.CharField(
        read_only=True, allow_null=True, help_text="ISO 4217; null only if the price is 0 or unknown."
    )


class CategoriesField(ChoicesField):
    """Categories of the vocabulary, in any case."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what a serializer field takes."""
        super().__init__(Category.values, **kwargs)

    def canonical(self, text: str) -> str:
        """Return the form in which a category is stored."""
        return canonical(text)


class PlaceField(serializers.CharField):
    """A place in a parameter: latitude and longitude in degrees, separated by a comma."""

    default_error_messages = {
        "format": "Write latitude and longitude in degrees, separated by a comma, such as 38.71,-9.13.",
        "range": "Latitudes are from -90 to 90, longitudes from -180 to 180, such as 38.71,-9.13.",
    }

    def to_internal_value(self, data: Any) -> Any:
        """Return the place; ValidationError for anything else."""
        match = _PLACE.fullmatch(str(data))
        if match is None:
            self.fail("format")
        latitude, longitude = (float(number) for number in match.groups())
        if abs(latitude) > 90 or abs(longitude) > 180:
            self.fail("range")
        return Place(latitude, longitude)


class OrganiserSerializer(PlainSerializer):
    """Who puts on an event."""

    id = serializers.IntegerField(read_only=True)
    name = serializers.CharField(read_only=True, max_length=200)


class ViewerSerializer(PlainSerializer):
    """What the signed-in user did with an event."""

    saved = serializers.BooleanField(read_only=True)
    applied = serializers.BooleanField(read_only=True)
    dismissed = serializers.BooleanField(read_only=True)


class EventSerializer(PlainSerializer):
    """An event, the same everywhere. Expects the organiser loaded, and with_count() and with_viewer()."""

    id = serializers.IntegerField(read_only=True)
    title = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    type = serializers.ChoiceField(choices=Event.Type.choices, read_only=True)
    status = serializers.ChoiceField(choices=Event.Status.choices, read_only=True)
    category = serializers.ChoiceField(choices=Category.choices, read_only=True, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(), read_only=True)
    organiser = OrganiserSerializer(read_only=True, allow_null=True)
    locationName = serializers.CharField(source="location_name", read_only=True)
    address = serializers.CharField(read_only=True)
    latitude = serializers.FloatField(read_only=True, allow_null=True)
    longitude = serializers.FloatField(read_only=True, allow_null=True)
    url = serializers.CharField(read_only=True, allow_null=True)
    startAt = serializers.DateTimeField(source="start_at", read_only=True)
    endAt = serializers.DateTimeField(source="end_at", read_only=True, allow_null=True)
    timeZone = serializers.CharField(
        source="time_zone", read_only=True, allow_null=True, help_text="The zone of the place (IANA)."
    )
    attendance = serializers.ChoiceField(choices=Event.Attendance.choices, read_only=True, allow_null=True)
    price = PriceSerializer(read_only=True, allow_null=True)
    isFree = serializers.BooleanField(
        source="is_free", read_only=True, allow_null=True, help_text="Whether the highest price is 0; null if unknown."
    )
    language = serializers.CharField(read_only=True, allow_null=True, help_text="A language tag (BCP 47).")
    minimumAge = serializers.IntegerField(
        source="minimum_age", read_only=True, allow_null=True, help_text="In years; 0: all ages."
    )
    series = serializers.CharField(
        read_only=True, allow_null=True, help_text="Events of one series have the same text here."
    )
    interactionCount = serializers.IntegerField(source="interaction_count", read_only=True)
    distanceKm = serializers.FloatField(
        source="distance_km",
        read_only=True,
        allow_null=True,
        help_text="From `near`, else from the home of the signed-in user; null without either.",
    )
    viewer = ViewerSerializer(read_only=True, allow_null=True, help_text="Null for a visitor.")


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


class FilterParameters(ParameterSerializer):
    """The filters that every list of events takes."""

    type = ChoiceField(choices=Event.Type.choices, required=False)
    category = CategoriesField(required=False, help_text="One or more categories, separated by commas.")
    startsAfter = MomentField(required=False, help_text="Events that start after this moment.")
    startsBefore = MomentField(required=False, help_text="Events that start before this moment.")
    free = TrueField(required=False, help_text="true: events that are known to be free.")
    attendance = ChoicesField(
        Event.Attendance.values,
        required=False,
        help_text="One or more of IN_PERSON, ONLINE, MIXED, separated by commas.",
    )
    near = PlaceField(required=False, help_text="Latitude and longitude in degrees: events around this place.")
    radiusKm = DecimalTextField(
        below=RADIUS_LIMIT_KM, required=False, help_text=f"With near: the distance; {RADIUS_KM:g} if it is left out."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put place and radius together; refuse a window that ends before it starts, and a radius without a place."""
        errors = {}
        if "startsAfter" in attrs and "startsBefore" in attrs and attrs["startsBefore"] <= attrs["startsAfter"]:
            errors["startsBefore"] = ["Give a moment after startsAfter."]
        if "near" in attrs:
            attrs["near"] = Circle(attrs["near"], attrs.get("radiusKm", RADIUS_KM))
        elif "radiusKm" in attrs:
            errors["radiusKm"] = ["Give the place, too, such as near=38.71,-9.13, or leave out the radius."]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class EventParameters(FilterParameters, PageParameters):
    status = ChoiceField(choices=Event.Status.choices, required=False)
    ids = IdsField(required=False, help_text="Ids parted by commas, at most 100; unknown ones are left out.")
    q = serializers.CharField(
        required=False, max_length=200, help_text="Words that title or description have, all of them."
    )


class PriceWriteSerializer(StrictSerializer):
    """What is sent as the price of an event: it takes the place of all that was known of it."""

    min = AmountField(allow_null=True, required=False)
    max = AmountField(allow_null=True, required=False)
    currency = CodeField(canonical_currency, max_length=10, allow_null=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        lowest, highest, currency = (attrs.get(name) for name in ("min", "max", "currency"))
        if lowest is None and highest is None:
            raise serializers.ValidationError({"max": ["Give min, max or both; null as price if nothing is known."]})
        if lowest is not None and highest is not None and lowest > highest:
            raise serializers.ValidationError({"max": ["The highest price must not be below the lowest."]})
        if currency is None and (lowest or highest):
            raise serializers.ValidationError({"currency": ["Give the currency of a price above 0, like EUR."]})
        return {"price_min": lowest, "price_max": highest, "currency": currency}


_NO_PRICE = {"price_min": None, "price_max": None, "currency": None}


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
    address = TextLineField(max_length=ADDRESS_MAX_LENGTH, allow_blank=True, required=False)
    latitude = DegreesField(min_value=-90, max_value=90, allow_null=True, required=False)
    longitude = DegreesField(min_value=-180, max_value=180, allow_null=True, required=False)
    url = serializers.URLField(
        max_length=500, allow_null=True, required=False, help_text="http or https, without user name and password."
    )
    startAt = MomentField(source="start_at")
    endAt = MomentField(source="end_at", allow_null=True, required=False)
    timeZone = CodeField(
        canonical_time_zone, source="time_zone", max_length=TIME_ZONE_MAX_LENGTH, allow_null=True, required=False
    )
    attendance = ChoiceField(choices=Event.Attendance.choices, allow_null=True, required=False)
    price = PriceWriteSerializer(allow_null=True, required=False)
    language = CodeField(canonical_language, max_length=LANGUAGE_MAX_LENGTH, allow_null=True, required=False)
    minimumAge = WholeNumberField(source="minimum_age", min_value=0, max_value=AGE_MAX, allow_null=True, required=False)
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
        if "price" in attrs:
            attrs |= attrs.pop("price") or _NO_PRICE
        return attrs

"""This file holds the subscription to the feed as a calendar, as JSON, and the parameters of its address."""

from typing import Any

from rest_framework import serializers

from events.strict import ParameterSerializer, StrictSerializer
from users.calendar_tokens import FORM


class NothingSerializer(StrictSerializer):
    """A body without fields."""


class CalendarParameters(ParameterSerializer):
    token = serializers.RegexField(FORM, max_length=64, help_text="POST /users/me/calendar gives an address with one.")


class SubscriptionSerializer(serializers.Serializer[dict[str, Any]]):
    url = serializers.URLField(
        read_only=True, allow_null=True, help_text="The calendar's address. Told once, when it is made."
    )
    createdAt = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Since when there is an address; null if there is none."
    )

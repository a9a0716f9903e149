"""Serializers of the calendar feed and of the subscription to it."""

from typing import Any

from rest_framework import serializers

from api.serializers import ParameterSerializer, StrictSerializer
from users.tokens import CALENDAR_TOKEN


class NothingSerializer(StrictSerializer):
    """A body without fields."""


class CalendarParameters(ParameterSerializer):
    token = serializers.RegexField(
        CALENDAR_TOKEN, max_length=64, help_text="Of the URL that POST /users/me/calendar returns."
    )


class SubscriptionSerializer(serializers.Serializer[dict[str, Any]]):
    url = serializers.URLField(
        read_only=True, allow_null=True, help_text="The calendar's URL. Only the answer to POST has it."
    )
    savedUrl = serializers.URLField(
        read_only=True, allow_null=True, help_text="The URL of a calendar of what is saved, with the same token."
    )
    createdAt = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When the URL was made; null without one."
    )

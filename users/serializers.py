"""Serializers of users and tokens."""

from typing import Any

from rest_framework import serializers

from api.fields import DegreesField, JSONStringField, ShortListField, TextLineField
from api.serializers import StrictSerializer
from events.categories import canonical_set
from events.serializers import CategoryChoiceField
from users.models import User
from users.sign_in import EMAIL_MAX_LENGTH


class TruthField(serializers.BooleanField):
    """JSON's true or false; not 1, not "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        """Return it; ValidationError for anything else."""
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:50])
        return data


class ProfileSerializer(StrictSerializer):
    id = serializers.IntegerField(read_only=True)
    username = serializers.CharField(read_only=True)
    email = serializers.CharField(read_only=True, help_text="Empty if there is none.")
    displayName = TextLineField(source="display_name", max_length=150, allow_blank=True)
    interests = ShortListField(child=CategoryChoiceField(), max_length=100)
    latitude = DegreesField(min_value=-90, max_value=90, allow_null=True)
    longitude = DegreesField(min_value=-180, max_value=180, allow_null=True)
    personalRanking = TruthField(
        source="personal_ranking", help_text="false: the feed is by popularity, in the order that everybody has."
    )

    def validate_interests(self, value: list[str]) -> list[str]:
        return canonical_set(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        user = self.instance
        latitude = attrs.get("latitude", getattr(user, "latitude", None))
        longitude = attrs.get("longitude", getattr(user, "longitude", None))
        if (latitude is None) != (longitude is None):
            missing = "latitude" if latitude is None else "longitude"
            raise serializers.ValidationError({missing: ["Give latitude and longitude, or null for both."]})
        return attrs

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        # Only what was sent: two clients that change different fields must not undo each other.
        User.objects.filter(pk=instance.pk).update(**validated_data)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return instance


class ErasureSerializer(StrictSerializer):
    """The confirmation that an erasure needs."""

    password = JSONStringField(max_length=1_000, trim_whitespace=False, help_text="The own one, to be sure.")


class ExportSerializer(serializers.Serializer[dict[str, Any]]):
    """All that is known about a user: a list for each table that has rows about them, of the table's columns."""

    exportedAt = serializers.DateTimeField(read_only=True)
    profile = serializers.DictField(read_only=True, help_text="The user's own row.")
    interactions = serializers.ListField(child=serializers.DictField(), read_only=True)


class CredentialsSerializer(StrictSerializer):
    username = JSONStringField(max_length=EMAIL_MAX_LENGTH, help_text="Or the e-mail address.")
    password = JSONStringField(max_length=1_000, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[dict[str, Any]]):
    token = serializers.CharField(read_only=True)
    expiresAt = serializers.DateTimeField(read_only=True)

"""This file holds the people who use the platform."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from events import constraints
from events.categories import MAX_LENGTH, CategoriesField


class User(AbstractUser):
    """A person: Django's user with what the feed asks of them."""

    display_name = models.CharField(max_length=150, blank=True, default="")
    interests = CategoriesField(
        models.CharField(max_length=MAX_LENGTH), default=list, blank=True, help_text="Categories that come first."
    )
    latitude = models.FloatField(null=True, blank=True, help_text="Home, degrees north, -90 to 90.")
    longitude = models.FloatField(null=True, blank=True, help_text="Home, degrees east, -180 to 180.")

    class Meta(AbstractUser.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_unique",
                violation_error_message="A user with this e-mail address exists already.",
            ),
            constraints.canonical_categories("interests", name="user_interests_canonical"),
            constraints.coordinates(name="user_coordinates_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.username} (#{self.pk})"

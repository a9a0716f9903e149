"""The Django app."""

from django.apps import AppConfig


class RecommendationsConfig(AppConfig):
    """The app `recommendations`."""

    name = "recommendations"

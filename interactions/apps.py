"""The app's configuration."""

from django.apps import AppConfig


class InteractionsConfig(AppConfig):
    """The app `interactions`."""

    name = "interactions"

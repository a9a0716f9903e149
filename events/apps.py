"""The Django app."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The app `events`."""

    name = "events"

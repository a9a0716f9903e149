"""The app's configuration."""

from django.apps import AppConfig


class UsersConfig(AppConfig):
    """The app `users`."""

    name = "users"

"""This file holds the store of browsers' sessions: Django's own, with the user in a column of the row."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession


# The name is Django's: it looks for it in the module of SESSION_ENGINE.
class SessionStore(db.SessionStore):
    """Sessions in the database that end with their user."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Return the model of the rows."""
        # Here, because models cannot be imported before the apps are ready.
        from users.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of a session, with whose it is; nobody's before they sign in."""
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row

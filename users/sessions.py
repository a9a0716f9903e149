"""The session store: Django's, with a column for the user and with hashed keys."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import IntegrityError
from django.utils import timezone

_BACKEND_OF_0_1 = "django.contrib.auth.backends.ModelBackend"


def digest_of(session_key: str) -> str:
    """Return what is stored for a session key: its SHA-256 in hexadecimal."""
    # Unsalted, because a key is 32 random characters, which nobody can guess from its digest.
    return hashlib.sha256(session_key.encode()).hexdigest()


# The name is Django's: it looks for it in the module of SESSION_ENGINE.
class SessionStore(db.SessionStore):
    """Sessions in the database that end with their user. Whoever reads the table cannot sign in with what it holds."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Return the model of the rows."""
        # Here, because models cannot be imported before the apps are ready.
        from users.models import Session

        return Session

    def load(self) -> dict[str, Any]:
        """Return the data of a session that has not expired; no data, and no key from then on, if there is none."""
        rows = self.model.objects.filter(session_key=digest_of(self.session_key or ""), expire_date__gt=timezone.now())
        return self._data_of(list(rows))

    async def aload(self) -> dict[str, Any]:
        """See load()."""
        rows = self.model.objects.filter(session_key=digest_of(self.session_key or ""), expire_date__gt=timezone.now())
        return self._data_of([row async for row in rows])

    def _data_of(self, rows: list[Any]) -> dict[str, Any]:
        if not rows:
            self._session_key = None
            return {}
        data = self.decode(rows[0].session_data)
        if data.get(BACKEND_SESSION_KEY) == _BACKEND_OF_0_1:
            # Or everybody would have to sign in again after an update from 0.1.
            data[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        return data

    def exists(self, session_key: str) -> bool:
        """Return whether there is a session with this key."""
        return super().exists(digest_of(session_key))

    async def aexists(self, session_key: str) -> bool:
        """See exists()."""
        return await super().aexists(digest_of(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row of the session with its user, who is None before they sign in."""
        return _stored(super().create_model_instance(data), data)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Any:
        """See create_model_instance()."""
        return _stored(await super().acreate_model_instance(data), data)

    def save(self, must_create: bool = False) -> None:
        """Save the session; UpdateError if its user has been deleted, as Django has it for a session that is gone.

        Django takes the reference to a user who is gone for a key that is taken, and would try new keys without end.
        """
        try:
            super().save(must_create)
        except (CreateError, IntegrityError) as error:
            user_id = self.get(SESSION_KEY)
            if user_id is None or get_user_model()._default_manager.filter(pk=user_id).exists():
                raise
            raise UpdateError from error

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session with this key, else this session."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(digest_of(key))

    async def adelete(self, session_key: str | None = None) -> None:
        """See delete()."""
        key = session_key or self.session_key
        if key is not None:
            await super().adelete(digest_of(key))


def _stored(row: Any, data: dict[str, Any]) -> Any:
    row.session_key = digest_of(row.session_key)
    row.user_id = data.get(SESSION_KEY)
    return row

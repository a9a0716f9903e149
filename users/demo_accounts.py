"""Accounts of the demo data: everybody knows their password, so they cannot sign in while DEBUG is off."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import Q


def may_sign_in(prefix: str = "") -> Q:
    """Return the condition that a user may sign in; `prefix` is the path to the user, "user__" for example."""
    may = Q(**{f"{prefix}is_active": True})
    return may if settings.DEBUG else may & Q(**{f"{prefix}is_demo": False})


class AccountBackend(ModelBackend):
    """Django's own backend, which demo accounts pass only while DEBUG is on; their sessions neither."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Return whether a user, if any, may sign in and stay signed in."""
        return user is not None and super().user_can_authenticate(user) and (settings.DEBUG or not user.is_demo)

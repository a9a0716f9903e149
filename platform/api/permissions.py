"""Who may read what visitors may see."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request


class ReadableByVisitors(IsAuthenticated):
    """Everybody who is signed in and, while PUBLIC_BROWSING is on, visitors who read."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the request may be made."""
        is_read = request.method in ("GET", "HEAD")
        return (is_read and settings.PUBLIC_BROWSING) or super().has_permission(request, view)

"""Who may change events: holders of Django's permissions for it."""

from typing import Any

from rest_framework.request import Request

from api.permissions import ReadableByVisitors

_NEEDED = {"create": "events.add_event", "partial_update": "events.change_event", "destroy": "events.delete_event"}


class EventPermission(ReadableByVisitors):
    """Who may read what visitors may see reads; who holds add_event, change_event or delete_event writes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the request may be made; asks the database only for writes."""
        if not super().has_permission(request, view):
            return False
        # None for a method that the address has not: that is answered with 405, whoever asks.
        needed = _NEEDED.get(view.action)
        return needed is None or request.user.has_perm(needed)

"""This file holds what the admin's pages of records have in common: these are looked at, and made elsewhere."""

from typing import Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest

from events.model_admin import ModelAdmin

Row = TypeVar("Row", bound=Model)


class ReadOnlyAdmin(ModelAdmin[Row]):
    """Rows that nobody adds, changes or deletes by hand, whatever permission they hold."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

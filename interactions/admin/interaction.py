"""This file holds the admin of interactions, which are looked at and never changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern, path

from interactions.admin.concentration import ConcentrationView
from interactions.models import Interaction


@admin.register(Interaction)
class InteractionAdmin(admin.ModelAdmin[Interaction]):
    """Interactions, newest first."""

    list_display = ("created_at", "user", "action", "event")
    list_display_links = ("created_at",)
    list_filter = ("action", "created_at")
    list_select_related = ("user", "event")
    search_fields = ("user__username", "event__title")
    search_help_text = "Username or title"
    ordering = ("-created_at", "-id")

    def get_urls(self) -> list[URLPattern]:
        """Return the pages, with the one of events that few people are behind."""
        page = self.admin_site.admin_view(ConcentrationView.as_view(model_admin=self))
        return [path("concentration/", page, name="interactions_interaction_concentration"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: interactions come from people."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: the database would, too."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse on these pages, but not where a user or an event is deleted, and the interactions with them."""
        here = request.resolver_match is not None and (request.resolver_match.url_name or "").startswith(
            "interactions_"
        )
        return not here and super().has_delete_permission(request, obj)

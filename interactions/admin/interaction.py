"""The admin of interactions, which is read-only."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path

from api.admin import LongListAdmin, ReadOnlyAdmin
from api.fields import typed_id
from interactions.admin.concentration import ConcentrationView
from interactions.models import Interaction
from users.finding import UnknownUser, may_view_users, user_named


@admin.register(Interaction)
class InteractionAdmin(ReadOnlyAdmin[Interaction], LongListAdmin[Interaction]):
    """Interactions, the last recorded first."""

    list_display = ("created_at", "user", "action", "event")
    list_display_links = ("created_at",)
    list_filter = ("action", "created_at")
    list_select_related = ("user", "event")
    # What is searched is decided below.
    search_fields = ("user__username",)
    search_help_text = "Exact username of a user (their e-mail address, too, if you may view users), or #id of an event"
    # The page of an event leads here.
    allowed_lookups = ("event__id__exact",)
    # The key's order: there is no index by time alone.
    ordering = ("-id",)
    sortable_by = ()
    export_columns = ("id", "created_at", "user_id", "user__username", "action", "event_id", "event__title")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Interaction], search_term: str
    ) -> tuple[QuerySet[Interaction], bool]:
        """Return those of one user or one event, by the indexes."""
        term = search_term.strip()
        if not term:
            return queryset, False
        event_id = typed_id(term.removeprefix("#")) if term.startswith("#") else None
        if event_id is not None:
            return queryset.filter(event_id=event_id), False
        try:
            return queryset.filter(user=user_named(term, by_email=may_view_users(request.user))), False
        except UnknownUser as error:
            self.message_user(request, str(error), messages.WARNING)
            return queryset.none(), False

    def get_urls(self) -> list[URLPattern]:
        """Return the pages, with the one of events that few people are behind."""
        page = self.admin_site.admin_view(ConcentrationView.as_view(model_admin=self))
        return [path("concentration/", page, name="interactions_interaction_concentration"), *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse on these pages, but not where a user or an event is deleted, and the interactions with them."""
        here = request.resolver_match is not None and (request.resolver_match.url_name or "").startswith(
            "interactions_"
        )
        return not here and request.user.has_perm("interactions.delete_interaction")

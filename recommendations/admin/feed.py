"""This file holds the admin's page with anybody's feed, as they would get it now."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from rest_framework.exceptions import ValidationError

from recommendations.beginning import begun
from recommendations.candidates import Filters
from recommendations.explanations import reasons_for
from recommendations.feed import feed_for
from recommendations.hybrid.keeping import ListingExpired
from recommendations.models import Feed
from recommendations.pagination import cursor_for, resumed
from recommendations.rankers import DEFAULT, RANKERS
from recommendations.viewer import viewer_of

PAGE_SIZE = 50


@admin.register(Feed)
class FeedAdmin(admin.ModelAdmin[Feed]):
    """Users, each leading to their feed with feature values and reasons."""

    list_display = ("username", "display_name", "email", "interests_in_words")
    search_fields = ("username", "display_name", "email")
    search_help_text = "Username, display name or e-mail address"
    ordering = ("username",)

    @admin.display(description="interests")
    def interests_in_words(self, user: Feed) -> str:
        """Return the interests, parted by commas."""
        return ", ".join(user.interests) or "—"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a feed is looked at."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a feed is looked at."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a feed is looked at."""
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a page of the feed; `?ranker=` and `?cursor=` as over HTTP."""
        owner = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, owner):
            raise PermissionDenied
        ranker = RANKERS.get(request.GET.get("ranker", DEFAULT.name))
        if owner is None or ranker is None:
            raise Http404
        viewer, after, filters, asked = viewer_of(owner, timezone.now()), None, Filters(), ranker
        if "cursor" in request.GET:
            try:
                viewer, ranker, after = resumed(request.GET["cursor"], viewer, asked, filters)
            except (ValidationError, ListingExpired) as error:
                raise Http404 from error
        else:
            viewer, ranker = begun(viewer, asked, filters)
        page = feed_for(viewer, ranker, filters=filters, limit=PAGE_SIZE, after=after)
        following = page.end and urlencode(
            {"ranker": asked.name, "cursor": cursor_for(page.end, viewer, asked, ranker, filters)}
        )
        rows = [
            {
                "event": event,
                "values": [getattr(event, feature.name) for feature in ranker.features],
                "reasons": [reason["text"] for reason in reasons_for(event, ranker)],
            }
            for event in page.events
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": f"{ranker.title} for {owner.get_username()}",
            "opts": self.opts,
            "owner": owner,
            "viewer": viewer,
            "impersonal": asked.personal and not ranker.personal,
            "ranker": ranker,
            "rankers": list(RANKERS.values()),
            "rows": rows,
            "following": following,
            "begins": after is None,
        }
        return TemplateResponse(request, "admin/recommendations/feed.html", context)

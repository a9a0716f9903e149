"""The admin of feeds: the choice of a user, and the URLs of the pages about their feed."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from api.admin import ReadOnlyAdmin
from recommendations.admin.forms import OwnerForm
from recommendations.admin.inspector import inspector
from recommendations.admin.why_not import why_not
from recommendations.models import Feed
from users.finding import may_view_users, usernames_containing


@admin.register(Feed)
class FeedAdmin(ReadOnlyAdmin[Feed]):
    """The feed of any user, read-only, for staff who may view feeds."""

    def get_urls(self) -> list[URLPattern]:
        """Return the URLs, with that of the page "Why not this event?"."""
        page = self.admin_site.admin_view(self.why_not_view)
        return [path("<path:object_id>/why-not/", page, name="recommendations_feed_why_not"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Ask for a user; `?user=` redirects to their feed."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sees_people = may_view_users(request.user)
        form, status = OwnerForm(request.GET, by_email=sees_people), 200
        if request.GET:
            if not form.faults:
                return redirect("admin:recommendations_feed_change", form.cleaned_data["user"].pk)
            status = 400
        typed = request.GET.get("user", "")
        context = {
            **self.admin_site.each_context(request),
            "title": "Whose feed?",
            "opts": self.opts,
            "form": form,
            "errors": form.faults if request.GET else [],
            "alike": usernames_containing(typed, limit=10, by_person=sees_people) if status == 400 else [],
        }
        return TemplateResponse(request, "admin/recommendations/whose_feed.html", context, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a page of the feed."""
        return inspector(request, self._owner(request, object_id), self._context(request))

    def why_not_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show why an event is not in the feed, or its place in it."""
        return why_not(request, self._owner(request, object_id), self._context(request))

    def _owner(self, request: HttpRequest, object_id: str) -> Feed:
        if not self.has_view_permission(request):
            raise PermissionDenied
        owner = self.get_object(request, unquote(object_id))
        if owner is None:
            raise Http404
        return owner

    def _context(self, request: HttpRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts}

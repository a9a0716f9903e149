"""URLs of the pages of events, organisers and venues."""

from django.urls import path, re_path

from recommendations.event_pages.views import (
    calendar_view,
    event_view,
    organiser_view,
    sitemap_index_view,
    sitemap_view,
    venue_view,
)

_ID = "[0-9]{1,19}"

urlpatterns = [
    re_path(rf"^e/(?P<pk>{_ID})-(?P<slug>[^/]+)$", event_view, name="event-page-by-slug"),
    re_path(rf"^e/(?P<pk>{_ID})$", event_view, name="event-page"),
    # Where 0.1 had it.
    re_path(rf"^event/(?P<pk>{_ID})$", event_view, name="old-event-page"),
    re_path(rf"^e/(?P<pk>{_ID})\.ics$", calendar_view, name="event-calendar"),
    re_path(rf"^o/(?P<organiser_id>{_ID})-(?P<slug>[^/]+)$", organiser_view, name="organiser-page-by-slug"),
    re_path(rf"^o/(?P<organiser_id>{_ID})$", organiser_view, name="organiser-page"),
    re_path(r"^v/(?P<name>.+)$", venue_view, name="venue-page"),
    path("sitemap.xml", sitemap_index_view, name="sitemap"),
    re_path(r"^sitemap-(?P<section>[a-z]+)\.xml$", sitemap_view, name="sitemap-section"),
]

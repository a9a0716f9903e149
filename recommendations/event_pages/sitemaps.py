"""What the sitemap lists: the events that lie ahead, and who puts them on."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, OuterRef, QuerySet

from events.models import Event, Organiser
from events.querysets import EventQuerySet
from recommendations.addresses import event_path, organiser_path

# The protocol allows 50,000 for a file; with fewer, a file keeps a thread busy for less long.
_LIMIT = 10_000


class EventSitemap(Sitemap[Event]):
    """The events that one can still go to at a moment."""

    limit = _LIMIT

    def __init__(self, now: datetime) -> None:
        """Take the moment."""
        self._now = now

    def items(self) -> EventQuerySet:
        """Return the events in an order that stays while they do."""
        events = Event.objects.bookable().starting_after(self._now).order_by("pk")
        return events.only("pk", "title", "created_at", "revised_at")

    def location(self, item: Event) -> str:
        """Return the path of an event's page."""
        return event_path(item.pk, item.title)

    def lastmod(self, item: Event) -> datetime:
        """Return when something was last changed that people notice."""
        return item.revised_at or item.created_at

    def get_latest_lastmod(self) -> None:
        """Return nothing: Django's own would load every event for the index."""


class OrganiserSitemap(Sitemap[Organiser]):
    """The organisers of events that one can still go to at a moment."""

    limit = _LIMIT

    def __init__(self, now: datetime) -> None:
        """Take the moment."""
        self._now = now

    def items(self) -> "QuerySet[Organiser]":
        """Return the organisers in an order that stays while they do."""
        events = Event.objects.bookable().starting_after(self._now).filter(organiser=OuterRef("pk"))
        return Organiser.objects.filter(Exists(events)).order_by("pk")

    def location(self, item: Organiser) -> str:
        """Return the path of an organiser's page."""
        return organiser_path(item.pk, item.name)

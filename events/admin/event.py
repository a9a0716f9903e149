"""The admin of events."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Field, QuerySet
from django.http import HttpRequest

from api.admin import COUNTED, LongListAdmin
from api.fields import typed_id
from events.admin.filters import CategoryFilter, UpcomingFilter
from events.categories import Category
from events.completion import change_status
from events.models import Event, Organiser

# Each change is an entry in the history.
_MOST_CHANGED = 1_000
_MOST_ORGANISERS = 1_000


@admin.register(Event)
class EventAdmin(LongListAdmin[Event]):
    """Events with how many interactions they had."""

    list_display = ("title", "start_at", "status", "category", "interactions", "type", "organiser")
    list_filter = ("status", UpcomingFilter, "type", CategoryFilter)
    list_select_related = ("organiser",)
    # What is searched is decided below.
    search_fields = ("title",)
    search_help_text = "Beginnings of words in title or description, part of an organiser's name, or an id"
    actions = ("export_as_csv", "set_open", "set_completed", "set_cancelled")
    export_columns = (
        "id", "title", "description", "type", "status", "category", "tags", "organiser_id", "organiser__name",
        "start_at", "end_at", "location_name", "latitude", "longitude", "url", "external_id", "created_at",
        "interaction_count",
    )  # fmt: skip
    autocomplete_fields = ("organiser",)
    ordering = ("start_at", "id")
    # By another column every row would be sorted: seconds with a million of them.
    sortable_by = ("start_at",)
    readonly_fields = ("interactions", "created_at")
    fieldsets = (
        (None, {"fields": ("title", "description", "type", "status", "category", "tags", "organiser", "url")}),
        ("When and where", {"fields": ("start_at", "end_at", "location_name", "latitude", "longitude")}),
        ("Record", {"fields": ("interactions", "external_id", "created_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Return the events with their counts."""
        return Event.objects.with_count()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Event], bool]:
        """Return what matches, by the indexes: a part of each title would read every row."""
        if not search_term.split():
            return queryset, False
        organisers = Organiser.objects.filter(name__icontains=search_term.strip()).order_by("pk")
        ids = list(organisers.values_list("pk", flat=True)[: _MOST_ORGANISERS + 1])
        if len(ids) > _MOST_ORGANISERS:
            told = f"More than {_MOST_ORGANISERS:,} organisers match: only titles and descriptions were searched."
            self.message_user(request, told, messages.WARNING)
            ids = []
        number = typed_id(search_term.strip())
        numbers = [] if number is None else [number]
        sought = Event.objects.sought(search_term, organisers=ids, ids=numbers)
        # Found by the indexes first: asked for in the order of the list, the planner looks through all of it for words
        # that few have. When many have them, that is soon over.
        found = list(sought.values_list("pk", flat=True)[: COUNTED + 1])
        if len(found) <= COUNTED:
            return queryset.filter(pk__in=found), False
        return queryset.sought(search_term, organisers=ids, ids=numbers), False

    @admin.action(description="Set the status to Open", permissions=["change"])
    def set_open(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        """Let people book them again."""
        self._set_status(request, queryset, Event.Status.OPEN)

    @admin.action(description="Set the status to Completed", permissions=["change"])
    def set_completed(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        """Say that they are over."""
        self._set_status(request, queryset, Event.Status.COMPLETED)

    @admin.action(description="Set the status to Cancelled", permissions=["change"])
    def set_cancelled(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        """Say that they do not take place."""
        self._set_status(request, queryset, Event.Status.CANCELLED)

    def _set_status(self, request: HttpRequest, queryset: QuerySet[Event], status: Event.Status) -> None:
        ids = list(queryset.order_by().values_list("pk", flat=True)[: _MOST_CHANGED + 1])
        if len(ids) > _MOST_CHANGED:
            told = f"At most {_MOST_CHANGED:,} events at once: choose fewer. Nothing was changed."
            self.message_user(request, told, messages.ERROR)
            return
        with transaction.atomic():
            changed = change_status(ids, status)
            LogEntry.objects.log_actions(
                str(request.user.pk), changed, CHANGE, [{"changed": {"fields": [f"Status (now {status.label})"]}}]
            )
        told = f"{len(changed):,} of {len(ids):,} events were set to {status.label}."
        self.message_user(request, told, messages.SUCCESS)

    @admin.display(description="interactions")
    def interactions(self, event: Event) -> int:
        """Return how many interactions there were; 0 for an event that is being added."""
        return getattr(event, "interaction_count", 0)

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Offer the vocabulary as categories (the database takes any canonical text), take addresses as https."""
        if db_field.name == "category":
            return forms.TypedChoiceField(choices=[("", "None"), *Category.choices], required=False, empty_value=None)
        if db_field.name == "url":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

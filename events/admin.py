"""This file holds the admin of events and organisers."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from events.categories import Category
from events.models import Event, Organiser


class UpcomingFilter(admin.SimpleListFilter):
    """Upcoming or past."""

    title = "start"
    parameter_name = "start"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("upcoming", "Upcoming"), ("past", "Past")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Return the events of the choice."""
        now = timezone.now()
        if self.value() == "upcoming":
            return queryset.filter(start_at__gt=now)
        if self.value() == "past":
            return queryset.filter(start_at__lte=now)
        return queryset


class CategoryFilter(admin.SimpleListFilter):
    """A category of the vocabulary, or none."""

    title = "category"
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the choices."""
        return [*Category.choices, ("-", "None")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Return the events of the choice."""
        if self.value() is None:
            return queryset
        return queryset.filter(category__isnull=True) if self.value() == "-" else queryset.filter(category=self.value())


@admin.register(Event)
class EventAdmin(admin.ModelAdmin[Event]):
    """Events with how many interactions they had."""

    list_display = ("title", "type", "status", "category", "start_at", "organiser", "interactions")
    list_filter = ("status", UpcomingFilter, "type", CategoryFilter)
    list_select_related = ("organiser",)
    search_fields = ("title", "organiser__name")
    search_help_text = "Title or organiser"
    autocomplete_fields = ("organiser",)
    ordering = ("start_at", "id")
    readonly_fields = ("interactions", "created_at")
    fieldsets = (
        (None, {"fields": ("title", "description", "type", "status", "category", "tags", "organiser", "url")}),
        ("When and where", {"fields": ("start_at", "end_at", "location_name", "latitude", "longitude")}),
        ("Record", {"fields": ("interactions", "external_id", "created_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Return the events with their counts."""
        return Event.objects.with_count()

    @admin.display(description="interactions", ordering="interaction_count")
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


@admin.register(Organiser)
class OrganiserAdmin(admin.ModelAdmin[Organiser]):
    """Organisers by name."""

    list_display = ("name", "external_id")
    search_fields = ("name", "external_id")
    ordering = ("name", "id")

"""The filters of the list of events."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from events.categories import Category
from events.models import Event


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


class PriceFilter(admin.SimpleListFilter):
    """Free, with a price, or unknown."""

    title = "price"
    parameter_name = "price"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("free", "Free"), ("priced", "With a price"), ("unknown", "Unknown")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        """Return the events of the choice."""
        priced = Q(price_max__gt=0) | Q(price_max__isnull=True, price_min__gt=0)
        if self.value() == "free":
            return queryset.filter(price_max=0)
        if self.value() == "priced":
            return queryset.filter(priced)
        if self.value() == "unknown":
            return queryset.filter(Q(price_min__isnull=True) | Q(price_min=0), price_max__isnull=True)
        return queryset

"""The admin of events."""

from collections.abc import Callable
from datetime import UTC
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Field, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from api.admin import COUNTED, LongListAdmin
from api.fields import typed_id
from events import codes
from events.admin.filters import CategoryFilter, PriceFilter, UpcomingFilter
from events.categories import Category
from events.completion import StatusChange, change_status, planned_change
from events.models import TAGS_MAX, Event, Organiser

# Each change is an entry in the history.
_MOST_CHANGED = 1_000
_MOST_ORGANISERS = 1_000

_HELP_TEXTS = {
    "status": "Only open events and those in progress are recommended. The worker completes those that are over.",
    "tags": f"Separated by commas, at most {TAGS_MAX}.",
    "end_at": "Without one, the event counts as over a day after its start.",
    "url": "The event's own website, or where to buy tickets.",
    "location_name": "The name of the venue, as people read it.",
    "time_zone": "The zone of the place, like Europe/Lisbon: people read the event's times in it.",
    "address": "Street and town, in one line.",
    "attendance": "Where people take part. Online events need a URL to lead there.",
    "price_max": "The highest price; 0 if it is free for everybody.",
    "currency": "A code like EUR or GBP; a price above 0 needs one.",
    "language": "The language that is spoken there, as a code like en, pt or pt-BR.",
}
_CODES = {
    "time_zone": codes.canonical_time_zone,
    "currency": codes.canonical_currency,
    "language": codes.canonical_language,
}


class _CodeField(forms.CharField):
    """A standard code, in any case; empty for none."""

    def __init__(self, canonical: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.canonical = canonical

    def to_python(self, value: Any) -> Any:
        """Return the code as it is stored, None for none; ValidationError for one that does not exist."""
        text = super().to_python(value)
        return self.canonical(text) if text else None


@admin.register(Event)
class EventAdmin(LongListAdmin[Event]):
    """Events with how many interactions they had."""

    list_display = ("title", "starts", "status", "category_title", "interactions", "type", "organiser")
    list_filter = ("status", UpcomingFilter, "type", CategoryFilter, PriceFilter, "attendance")
    list_select_related = ("organiser",)
    # What is searched is decided below.
    search_fields = ("title",)
    search_help_text = "Part of a title or of an organiser's name, beginnings of words in the description, or an id"
    actions = ("export_as_csv", "set_open", "set_completed", "set_cancelled")
    export_columns = (
        "id", "title", "description", "type", "status", "category", "tags", "organiser_id", "organiser__name",
        "start_at", "end_at", "location_name", "latitude", "longitude", "url", "series", "external_id", "created_at",
        "interaction_count", "address", "time_zone", "attendance", "price_min", "price_max", "currency", "language",
        "minimum_age",
    )  # fmt: skip
    autocomplete_fields = ("organiser",)
    ordering = ("start_at", "id")
    # By another column every row would be sorted: seconds with a million of them.
    sortable_by = ("starts",)
    readonly_fields = ("interactions", "created_at")
    fieldsets = (
        (None, {"fields": ("title", "description", "type", "status", "category", "tags", "organiser", "url")}),
        (
            "When and where",
            {
                "fields": ("start_at", "end_at", "location_name", "latitude", "longitude"),
                "description": "Times are in UTC.",
            },
        ),
        (
            "Facts",
            {
                "fields": (
                    "time_zone",
                    "address",
                    "attendance",
                    "price_min",
                    "price_max",
                    "currency",
                    "language",
                    "minimum_age",
                ),
                "description": "What people decide by. Leave empty what nobody knows.",
            },
        ),
        ("Record", {"fields": ("interactions", "series", "external_id", "created_at")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """Return the parts of the form; an event that is being added has no count and no time of creation yet."""
        if obj is not None:
            return self.fieldsets
        *parts, (name, options) = self.fieldsets
        fields = tuple(field for field in options["fields"] if field not in self.readonly_fields)
        return (*parts, (name, {**options, "fields": fields}))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        """Return the events with their counts."""
        return Event.objects.with_count()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Event], bool]:
        """Return what matches, read by the indexes on words, titles and organisers."""
        term = search_term.strip()
        if not term:
            return queryset, False
        organisers = Organiser.objects.filter(name__icontains=term).order_by("pk")
        organiser_ids = list(organisers.values_list("pk", flat=True)[: _MOST_ORGANISERS + 1])
        if len(organiser_ids) > _MOST_ORGANISERS:
            text = f"More than {_MOST_ORGANISERS:,} organisers match: only titles and descriptions were searched."
            self.message_user(request, text, messages.WARNING)
            organiser_ids = []
        number = typed_id(term)
        numbers = [] if number is None else [number]
        matches = Event.objects.searched(term, organisers=organiser_ids, ids=numbers)
        # By the indexes first: asked in the order of the list, the planner looks through all of it for rare words. When
        # many events match, a page of it is soon full.
        ids = list(matches.values_list("pk", flat=True)[: COUNTED + 1])
        if len(ids) <= COUNTED:
            return queryset.filter(pk__in=ids), False
        return queryset.searched(term, organisers=organiser_ids, ids=numbers), False

    @admin.action(description="Set the status to Open …", permissions=["change"])
    def set_open(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        """Let people book them again."""
        return self._set_status(request, queryset, Event.Status.OPEN)

    @admin.action(description="Set the status to Completed …", permissions=["change"])
    def set_completed(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        """Say that they are over."""
        return self._set_status(request, queryset, Event.Status.COMPLETED)

    @admin.action(description="Set the status to Cancelled …", permissions=["change"])
    def set_cancelled(self, request: HttpRequest, queryset: QuerySet[Event]) -> HttpResponse | None:
        """Say that they do not take place."""
        return self._set_status(request, queryset, Event.Status.CANCELLED)

    def _set_status(self, request: HttpRequest, queryset: QuerySet[Event], status: Event.Status) -> HttpResponse | None:
        """Ask first; change the events that were named then, whatever the list shows by now."""
        if confirmed := request.POST.get("confirmed"):
            queryset = Event.objects.filter(pk__in=filter(None, map(typed_id, confirmed.split(","))))
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: _MOST_CHANGED + 1])
        if len(ids) > _MOST_CHANGED:
            text = f"At most {_MOST_CHANGED:,} events at once: choose fewer. Nothing was changed."
            self.message_user(request, text, messages.ERROR)
            return None
        now = timezone.now()
        if not confirmed:
            change = planned_change(ids, status, now)
            context = {
                **self.admin_site.each_context(request),
                "title": f"Set the status to {status.label}?",
                "opts": self.opts,
                "media": self.media,
                "status": status,
                "lines": _lines_of(change, status),
                "change": change,
                "more": change.changed - len(change.first),
                "ids": ",".join(map(str, ids)),
                "action": request.POST["action"],
                "action_checkbox_name": ACTION_CHECKBOX_NAME,
                "selected": ids[:1],
            }
            return TemplateResponse(request, "admin/events/event/status_confirmation.html", context)
        with transaction.atomic():
            changed = change_status(ids, status, now)
            LogEntry.objects.log_actions(
                str(request.user.pk), changed, CHANGE, [{"changed": {"fields": [f"Status (now {status.label})"]}}]
            )
        text = f"{len(changed):,} of {len(ids):,} events were set to {status.label}."
        self.message_user(request, text, messages.SUCCESS)
        return None

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return what is deleted, with the number of interactions, which the database deletes."""
        names, numbers, permissions_needed, protected = super().get_deleted_objects(objs, request)
        events = Event.objects.filter(pk__in=[event.pk for event in objs])
        interactions = events.aggregate(total=Sum("tally__interaction_count", default=0))["total"]
        return names, {**numbers, "interactions": f"{interactions:,}"}, permissions_needed, protected

    @admin.display(description="starts (UTC)", ordering="start_at")
    def starts(self, event: Event) -> str:
        """Return when it starts, in one short form."""
        return f"{event.start_at.astimezone(UTC):%Y-%m-%d %H:%M}"

    @admin.display(description="category", empty_value="—")
    def category_title(self, event: Event) -> str | None:
        """Return the category as people read it."""
        return event.category_name

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
            kwargs |= {"assume_scheme": "https", "label": "URL"}
        if db_field.name in _CODES:
            kwargs["form_class"] = partial(_CodeField, _CODES[db_field.name])
        if db_field.name in _HELP_TEXTS:
            kwargs["help_text"] = _HELP_TEXTS[db_field.name]
        return super().formfield_for_dbfield(db_field, request, **kwargs)


def _lines_of(change: StatusChange, status: Event.Status) -> list[str]:
    """Return what a bulk change of status does, as sentences."""
    one = change.changed == 1
    lines = [f"{change.changed:,} event{'' if one else 's'} will be set to {status.label}."]
    them = "it" if one else "them"
    if change.people_saved is None:
        lines.append("The people who saved them were not counted: the events have too many interactions.")
    elif change.people_saved:
        lines.append(f"{change.people_saved:,} {'person' if change.people_saved == 1 else 'people'} saved {them}.")
    if change.not_started and status == Event.Status.COMPLETED:
        lines.append(f"{change.not_started:,} of them {'has' if change.not_started == 1 else 'have'} not started yet.")
    if change.over:
        lines.append(f"{change.over:,} {'is' if change.over == 1 else 'are'} over: skipped.")
    if change.unchanged:
        lines.append(
            f"{change.unchanged:,} {'is' if change.unchanged == 1 else 'are'} {status.label} already: skipped."
        )
    return lines

"""The events, their organisers, and which calendars events are from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Length, Now, Upper

from api import constraints
from api.fields import TIMES
from api.text_rules import validate_line, validate_text, validate_web_address
from events import codes
from events.categories import MAX_LENGTH, CategoryField, title_of
from events.names import (
    EVENT_INDEXES,
    ORGANISER_INDEXES,
)
from events.querysets import BOOKABLE, TEXT, EventQuerySet, OrganiserQuerySet, ViewerState

DESCRIPTION_MAX_LENGTH = 20_000
TAGS_MAX = 30
ADDRESS_MAX_LENGTH = 500
# Below ten billion, in units of the currency.
PRICE_DIGITS, PRICE_DECIMALS = 12, 2
AGE_MAX = 120


class Organiser(models.Model):
    """Who puts on events: a club, a venue, a person."""

    name = models.CharField(max_length=200, db_index=True, validators=[validate_line])
    external_id = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        unique=True,
        validators=[validate_line],
        help_text="Its id where it came from, if it was loaded.",
    )

    # Annotated by with_folded_name().
    folded_name: str

    objects = OrganiserQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.not_blank("name", name="organiser_name_not_blank"),
            constraints.valid_texts("name", "external_id", name="organiser_valid_texts"),
        ]
        # GET /events/search and /events/suggestions.
        indexes = [*ORGANISER_INDEXES]

    def __str__(self) -> str:
        return f"{self.name} (#{self.pk})"


@dataclass(frozen=True)
class Price:
    """What an event costs: the lowest and the highest price, None where it is unknown, and their currency."""

    min: float | None
    max: float | None
    currency: str | None


class Event(models.Model):
    """Something to go to: an event, or a gig that looks for people."""

    class Type(models.TextChoices):
        """What kind of thing it is."""

        EVENT = "EVENT", "Event"
        GIG = "GIG", "Gig"

    class Status(models.TextChoices):
        """How far along it is."""

        OPEN = "OPEN", "Open"
        IN_PROGRESS = "IN_PROGRESS", "In progress"
        COMPLETED = "COMPLETED", "Completed"
        CANCELLED = "CANCELLED", "Cancelled"

    class Attendance(models.TextChoices):
        """Where people take part; schema.org's eventAttendanceMode."""

        IN_PERSON = "IN_PERSON", "In person"
        ONLINE = "ONLINE", "Online"
        MIXED = "MIXED", "In person and online"

    BOOKABLE = BOOKABLE

    title = models.CharField(max_length=200, validators=[validate_line])
    description = models.TextField(
        blank=True, default="", validators=[MaxLengthValidator(DESCRIPTION_MAX_LENGTH), validate_text]
    )
    type = models.CharField(max_length=20, choices=Type.choices, default=Type.EVENT)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OPEN)
    category = CategoryField(
        max_length=MAX_LENGTH,
        null=True,
        blank=True,
        validators=[validate_line],
        help_text="Decides whose interests the event matches.",
    )
    tags = ArrayField(
        models.CharField(max_length=100, validators=[validate_line]), default=list, blank=True, size=TAGS_MAX
    )
    # The database sets it to null: see sql/organiser_set_null.sql. The index event_organiser_start serves this too.
    organiser = models.ForeignKey(
        Organiser,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="events",
        db_index=False,
    )
    location_name = models.CharField(max_length=200, blank=True, default="", validators=[validate_line])
    address = models.CharField(
        max_length=ADDRESS_MAX_LENGTH, blank=True, default="", db_default="", validators=[validate_line]
    )
    latitude = models.FloatField(null=True, blank=True, help_text="Degrees north, -90 to 90.")
    longitude = models.FloatField(null=True, blank=True, help_text="Degrees east, -180 to 180.")
    url = models.URLField(
        max_length=500, null=True, blank=True, validators=[validate_web_address], help_text="Where “open” leads."
    )
    start_at = models.DateTimeField()
    end_at = models.DateTimeField(null=True, blank=True)
    # The zone of the place, in which people read its times; start_at is a moment, whatever the zone.
    time_zone = models.CharField(
        max_length=codes.TIME_ZONE_MAX_LENGTH,
        null=True,
        blank=True,
        validators=[codes.validate_time_zone],
        help_text="Where it takes place, like Europe/Lisbon: its times are shown in this zone.",
    )
    attendance = models.CharField(max_length=20, choices=Attendance.choices, null=True, blank=True)
    # An event is free if its highest price is 0. A price above 0 needs a currency, and a currency needs a price.
    price_min = models.DecimalField(
        max_digits=PRICE_DIGITS,
        decimal_places=PRICE_DECIMALS,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="The lowest price; 0 if some get in free.",
    )
    price_max = models.DecimalField(
        max_digits=PRICE_DIGITS,
        decimal_places=PRICE_DECIMALS,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="The highest price; 0 if it is free.",
    )
    currency = models.CharField(
        max_length=3,
        null=True,
        blank=True,
        validators=[codes.validate_currency],
        help_text="The code of the prices' currency, like EUR.",
    )
    language = models.CharField(
        max_length=codes.LANGUAGE_MAX_LENGTH,
        null=True,
        blank=True,
        validators=[codes.validate_language],
        help_text="The code of the language that is spoken, like pt.",
    )
    minimum_age = models.SmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(AGE_MAX)],
        help_text="In years; 0 if all ages are welcome.",
    )
    external_id = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        unique=True,
        validators=[validate_line],
        help_text="Its id where it came from, if it was loaded.",
    )
    series = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        validators=[validate_line],
        help_text="Events of one series have the same text here.",
    )
    created_at = models.DateTimeField(db_default=Now())
    # A trigger counts the changes that people notice, whoever makes them, and keeps the time of the last one: see
    # sql/event_revision.sql.
    revision = models.PositiveIntegerField(db_default=0, editable=False)
    revised_at = models.DateTimeField(null=True, editable=False)

    # Annotated by with_count().
    interaction_count: int
    # Annotated by with_folded_names().
    folded_names: str
    folded_organiser: str | None
    # Annotated by ranked() in the app of the recommendations: 1 or 0.
    interest_boost: int
    # Annotated by with_viewer(): actions of the interactions.
    standing: list[str] | None = None
    # How many dates of its series follow, where a page of the hybrid's feed counts them.
    more_dates: int = 0
    # Set by measure() in geo.py.
    distance_km: float | None = None

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            constraints.not_blank("title", name="event_title_not_blank"),
            constraints.valid_texts(
                "title",
                "description",
                "category",
                "location_name",
                "url",
                "external_id",
                arrays=["tags"],
                name="event_valid_texts",
            ),
            constraints.valid_texts("series", name="event_series_valid_text"),
            constraints.web_address("url", name="event_url_web_address"),
            models.CheckConstraint(
                condition=models.lookups.LessThanOrEqual(Length("description"), DESCRIPTION_MAX_LENGTH),
                name="event_description_length",
            ),
            constraints.known("type", ["EVENT", "GIG"], name="event_type_known"),
            constraints.known("status", ["OPEN", "IN_PROGRESS", "COMPLETED", "CANCELLED"], name="event_status_known"),
            constraints.canonical_category("category", name="event_category_canonical"),
            models.CheckConstraint(condition=Q(tags__len__lte=TAGS_MAX), name="event_tags_at_most_30"),
            models.CheckConstraint(
                condition=Q(end_at__isnull=True) | Q(end_at__gt=F("start_at")),
                name="event_ends_after_start",
                violation_error_message="The end must be after the start.",
            ),
            models.CheckConstraint(
                condition=Q(start_at__range=TIMES) & (Q(end_at__isnull=True) | Q(end_at__range=TIMES)),
                name="event_times_representable",
                violation_error_message="Start and end must lie in the years 1 to 9999.",
            ),
            constraints.coordinates(name="event_coordinates_valid"),
            constraints.valid_texts("address", name="event_address_valid_text"),
            constraints.known("attendance", ["IN_PERSON", "ONLINE", "MIXED"], name="event_attendance_known"),
            models.CheckConstraint(
                condition=(Q(price_min__isnull=True) | Q(price_min__gte=0))
                & (Q(price_max__isnull=True) | Q(price_max__gte=0))
                & (Q(price_min__isnull=True) | Q(price_max__isnull=True) | Q(price_max__gte=F("price_min"))),
                name="event_prices_in_order",
                violation_error_message="The highest price must not be below the lowest, and neither below 0.",
            ),
            models.CheckConstraint(
                condition=(Q(currency__isnull=True) | Q(price_min__isnull=False) | Q(price_max__isnull=False))
                & (Q(currency__isnull=False) | Q(price_min__isnull=True) | Q(price_min=0))
                & (Q(currency__isnull=False) | Q(price_max__isnull=True) | Q(price_max=0)),
                name="event_price_has_currency",
                violation_error_message="Give the currency of a price above 0, and no currency without a price.",
            ),
            models.CheckConstraint(
                condition=(Q(currency__isnull=True) | Q(currency__regex=codes.CURRENCY))
                & (Q(language__isnull=True) | Q(language__regex=codes.LANGUAGE))
                & (Q(time_zone__isnull=True) | Q(time_zone__regex=codes.TIME_ZONE)),
                name="event_codes_canonical",
                violation_error_message="Write codes like EUR, pt-BR and Europe/Lisbon.",
            ),
            models.CheckConstraint(
                condition=Q(minimum_age__isnull=True) | Q(minimum_age__range=(0, AGE_MAX)),
                name="event_minimum_age_in_range",
                violation_error_message=f"The minimum age must be 0 to {AGE_MAX}.",
            ),
        ]
        indexes = [
            # GET /events and the upcoming feed, by start and id; with what filters compare, so that events that don't
            # pass are not read.
            models.Index(
                fields=["start_at", "id"],
                include=["status", "type", "category", "price_max", "attendance", "latitude", "longitude"],
                name="event_start_covering",
            ),
            # GET /events?category=, and the admin's filter.
            models.Index(fields=["category", "start_at", "id"], name="event_category_start"),
            # The upcoming feed of one type, and of one category and type.
            models.Index(
                fields=["type", "start_at", "id"], condition=Q(status__in=BOOKABLE), name="event_type_upcoming"
            ),
            models.Index(
                fields=["category", "type", "start_at", "id"],
                condition=Q(status__in=BOOKABLE),
                name="event_category_upcoming",
            ),
            # What else somebody's organisers and venues put on: candidate_generation.sql in recommendations/sql. Past
            # events too: training looks at what lay ahead then.
            models.Index(fields=["organiser", "start_at", "id"], name="event_organiser_start"),
            models.Index(fields=["location_name", "start_at", "id"], name="event_venue_start"),
            # What is near, by the same statement: a GiST index finds the nearest first.
            GistIndex(
                Func(F("longitude"), F("latitude"), function="point"),
                condition=Q(latitude__isnull=False, longitude__isnull=False),
                name="event_place",
            ),
            # What else there is of a series, by start.
            models.Index(
                fields=["series", "start_at", "id"], condition=Q(series__isnull=False), name="event_series_start"
            ),
            # What was cancelled lately, for the calendars that people subscribe to.
            models.Index(fields=["revised_at"], condition=Q(status="CANCELLED"), name="event_cancelled_lately"),
            # GET /events?q=
            GinIndex(TEXT, name="event_text"),
            # The admin's search for a part of a title.
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="event_title_trigrams"),
            # GET /events/search and /events/suggestions.
            *EVENT_INDEXES,
        ]

    def __str__(self) -> str:
        return f"{self.title} (#{self.pk})"

    @property
    def viewer(self) -> ViewerState | None:
        """What the user of with_viewer() did with it; None without one."""
        if self.standing is None:
            return None
        return ViewerState(*(action in self.standing for action in ("SAVE", "APPLY", "DISMISS")))

    @property
    def category_name(self) -> str | None:
        """The category as people read it; one that is no longer in the vocabulary as it stands."""
        return None if self.category is None else title_of(self.category)

    @property
    def price(self) -> Price | None:
        """What it costs; None if nothing is known."""
        if self.price_min is None and self.price_max is None:
            return None
        return Price(_number(self.price_min), _number(self.price_max), self.currency)

    @property
    def is_free(self) -> bool | None:
        """Whether everybody gets in free; None if that is unknown."""
        if self.price_max is not None:
            return self.price_max == 0
        return False if self.price_min else None


def _number(price: Decimal | None) -> float | None:
    return None if price is None else float(price)


class Origin(models.Model):
    """What is known of an event that came from a calendar: its series there, and the version that was taken last."""

    # The database cascades, as in the app of the interactions: see Note [Cascades] there.
    event = models.OneToOneField(
        Event, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="origin"
    )
    series = models.CharField(max_length=200, help_text="Made from the UID; one for all occurrences.")
    sequence = models.PositiveIntegerField(default=0, help_text="SEQUENCE: an entry with less of it is older.")
    modified_at = models.DateTimeField(
        null=True, blank=True, help_text="LAST-MODIFIED or DTSTAMP: which entry is older when the sequence is the same."
    )
    is_cancelled = models.BooleanField(
        default=False, help_text="The calendar cancelled it, so the calendar may open it again."
    )

    class Meta:
        constraints = [constraints.valid_texts("series", name="origin_valid_texts")]
        # What a series no longer has.
        indexes = [models.Index(fields=["series"], name="origin_series")]

    def __str__(self) -> str:
        return f"{self.series} (event #{self.pk})"

"""Interactions of users with events, their counts, what users muted, and idempotency keys."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Now

from api import constraints
from api.keyset import Key, Negative, Order
from api.text_rules import validate_line
from events.categories import MAX_LENGTH, title_of
from events.models import Event, Organiser
from users.models import User

NEWEST_FIRST = Order((Key(F("created_at"), "created_at"), Key(F("id"), "id")), descending=True)


# Note [Cascades]
# The references of this app are made in SQL (sql/cascades.sql): checked at once and deleted by the database, where
# Django's are checked at the commit and deleted by Django beforehand. Everybody then locks in the order user, event,
# tally: an insert takes its user and event before the trigger takes the tally, and a deletion takes the user or event
# before the cascade reaches interactions and with them tallies. So they wait for each other in one direction only, and
# a deletion finds what was inserted while it waited. Django's way locks tallies first, and fails at its commit when
# somebody interacted with the event meanwhile. It would also list each interaction on the admin's page of a deletion.


class InteractionQuerySet(models.QuerySet["Interaction"]):
    """Questions about interactions."""

    def of(self, user: User) -> Self:
        """Keep what this user did."""
        return self.filter(user=user)

    def visits(self) -> Self:
        """Keep views and clicks, of which one is recorded in half an hour: see Note [Visits] in recording.py."""
        return self.filter(action__in=Interaction.VISITS)

    def standing(self) -> Self:
        """Keep saves, applications and dismissals, of which one stands until it is undone: see Note [Visits]."""
        return self.filter(action__in=Interaction.STANDING)

    def dismissals(self) -> Self:
        """Keep those in which an event was dismissed."""
        return self.filter(action=Interaction.Action.DISMISS)


class Interaction(models.Model):
    """One thing that one person did with one event. Never changed: the database refuses.

    The table allows repeats; the API records one visit once. See Note [Visits] in recording.py.
    """

    class Action(models.TextChoices):
        """What was done."""

        VIEW = "VIEW", "Viewed"
        SAVE = "SAVE", "Saved"
        CLICK = "CLICK", "Clicked"
        APPLY = "APPLY", "Applied"
        DISMISS = "DISMISS", "Dismissed"

    VISITS = (Action.VIEW, Action.CLICK)
    STANDING = (Action.SAVE, Action.APPLY, Action.DISMISS)

    # The database cascades: see Note [Cascades]. The index own_interactions serves the user's column too.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="interactions",
        db_index=False,
    )
    # The index event_newest serves the reference too.
    event = models.ForeignKey(
        Event, on_delete=models.DO_NOTHING, db_constraint=False, related_name="interactions", db_index=False
    )
    action = models.CharField(max_length=10, choices=Action.choices)
    created_at = models.DateTimeField(db_default=Now())

    objects = InteractionQuerySet.as_manager()
    # How all that is somebody's own is read: the index own_interactions has this order.
    own_order = NEWEST_FIRST

    class Meta:
        constraints = [
            constraints.known("action", ["VIEW", "SAVE", "CLICK", "APPLY", "DISMISS"], name="interaction_action_known")
        ]
        indexes = [
            # GET /interactions, newest first; and the deletion of a user.
            models.Index(F("user"), F("created_at").desc(), F("id").desc(), name="own_interactions"),
            # Who was last interested in an event: candidate_generation.sql in recommendations/sql; it reads no row. And
            # the deletion of an event.
            models.Index(
                F("event"), F("created_at").desc(), F("id").desc(), include=["user", "action"], name="event_newest"
            ),
            # "Not dismissed by this user", asked for each candidate; and taking dismissals back.
            models.Index(fields=["user", "event"], condition=models.Q(action="DISMISS"), name="own_dismissals"),
            # "Is there one that stands?", asked for each SAVE, APPLY and DISMISS that is recorded (recording.py).
            models.Index(
                fields=["user", "event"],
                condition=models.Q(action__in=["SAVE", "APPLY", "DISMISS"]),
                name="own_standing",
            ),
            # The admin's filter by time, and its report of events from few people: see sql/concentration.sql. Rows come
            # in the order of time, so a summary of each stretch of the table is enough; it costs next to nothing.
            BrinIndex(fields=["created_at"], name="interaction_times", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.action} (#{self.pk})"


# Note [Tallies]
# How many interactions an event has decides its place, and counting them for every candidate is what makes the
# literal query slow. So the count is kept, in a narrow table of its own: on Event, every `event.save()` would write a
# stale count back, and each interaction would rewrite a wide row. Triggers keep it (sql/tally_filters.sql), because no
# other way sees COPY, raw SQL and cascades; locks are taken in the order of event ids, so that two bulk changes cannot
# deadlock on it. The row copies what the feed filters and orders by, so that one index can serve it.
#
# `demoted_xid` and `demoted_at` make "no event comes twice" true while things change. A page goes on after the last
# event of the page before. An event that is promoted meanwhile (more interactions) is then behind the reader and is not
# met again. One that is demoted (interactions deleted, a later start, another category) would be. So the triggers mark
# the row with the transaction that demoted it, a cursor carries the snapshot that its first page was read in, and later
# pages leave out what a transaction outside that snapshot demoted (the SQL function demoted_since). The snapshot
# decides and not the time, because a change that was made before a page is read may be committed after it. The time
# decides only within one transaction, which its own snapshot does not tell from before.

# Note [Ranking index]
# Every interaction moves an event in the order, and PostgreSQL then writes a new entry into each index of the row. So
# there is one: by category and type, and within such a slice in the order of the feed. A page is merged from the first
# rows of each slice: see page_heads.sql in the app of the recommendations. The index holds every column that decides,
# those that filters compare too, so that a page reads nothing else until it knows its rows. The fewer events pass a
# filter, the more of the index a page reads: all of it, with a million events, in a fifth of the time that the rows
# themselves would take. The count is stored negated, because a comparison of rows, which finds a position in the index,
# needs all of its columns in one direction; and it is a column rather than an expression, because an index-only scan
# returns columns only.


class Tally(models.Model):
    """The number of interactions of one event, of every action by everybody. Written by triggers only."""

    # See Note [Cascades].
    event = models.OneToOneField(
        Event, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="tally"
    )
    interaction_count = models.PositiveIntegerField(default=0)
    demoted_xid = models.BigIntegerField(
        default=0, help_text="The transaction that last moved the event towards the back; 0 if none did."
    )
    demoted_at = models.DateTimeField(null=True, help_text="When it did.")
    type = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    # A slice of the index can be asked for by equality only, which null never is.
    category = models.CharField(max_length=MAX_LENGTH, blank=True, help_text="Empty if the event has none.")
    start_at = models.DateTimeField()
    # What the feed filters by.
    is_free = models.BooleanField(default=False, help_text="Whether the highest price is known to be 0.")
    attendance = models.CharField(max_length=20, blank=True, default="", help_text="Empty if it is unknown.")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    descending_count = models.GeneratedField(
        expression=Negative("interaction_count"),
        output_field=models.IntegerField(),
        db_persist=True,
        help_text="The count, negated: see Note [Ranking index].",
    )

    class Meta:
        verbose_name_plural = "tallies"
        indexes = [
            # See Note [Ranking index].
            models.Index(
                fields=["category", "type", "descending_count", "start_at", "event"],
                include=["demoted_xid", "demoted_at", "is_free", "attendance", "latitude", "longitude"],
                condition=models.Q(status__in=Event.BOOKABLE),
                name="tally_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interaction_count} interactions (event #{self.pk})"


class MuteQuerySet(models.QuerySet["Mute"]):
    """Questions about mutes."""

    def of(self, user: User) -> Self:
        """Keep what this user muted."""
        return self.filter(user=user)

    def of_outer_event(self) -> Self:
        """Keep those that mute the event of an outer query: by its organiser, its series or its category."""
        return self.filter(
            Q(organiser=OuterRef("organiser")) | Q(series=OuterRef("series")) | Q(category=OuterRef("category"))
        )

    def with_names(self) -> Self:
        """Annotate what `Mute.name` reads: the organiser's name, and the title of the last event of the series."""
        last = Event.objects.filter(series=OuterRef("series")).order_by("-start_at", "-id")
        return self.annotate(organiser_name=F("organiser__name"), series_title=Subquery(last.values("title")[:1]))


class Mute(models.Model):
    """What a user does not want to see: an organiser, a series or a category. Its events leave every feed of theirs."""

    # See Note [Cascades]. The constraint mute_once serves the user's column too.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="mutes",
        db_index=False,
    )
    organiser = models.ForeignKey(
        Organiser, null=True, blank=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="mutes"
    )
    series = models.CharField(max_length=200, null=True, blank=True, validators=[validate_line])
    category = models.CharField(max_length=MAX_LENGTH, null=True, blank=True, validators=[validate_line])
    created_at = models.DateTimeField(db_default=Now())

    # Annotated by with_names().
    organiser_name: str | None
    series_title: str | None

    objects = MuteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organiser", "series", "category"], nulls_distinct=False, name="mute_once"
            ),
            models.CheckConstraint(
                condition=models.lookups.Exact(
                    Func("organiser", "series", "category", function="num_nonnulls", output_field=IntegerField()), 1
                ),
                name="mute_has_one_target",
                violation_error_message="Mute one of these: an organiser, a series or a category.",
            ),
            constraints.not_blank("series", name="mute_series_not_blank"),
            constraints.valid_texts("series", name="mute_valid_texts"),
            constraints.canonical_category("category", name="mute_category_canonical"),
        ]

    def __str__(self) -> str:
        target = self.series or self.category or f"organiser #{self.organiser_id}"
        return f"{target} (#{self.pk})"

    @property
    def name(self) -> str:
        """What is muted, as people call it; a series without events by its own text. Expects with_names()."""
        if self.category is not None:
            return title_of(self.category)
        return str(self.organiser_name if self.series is None else self.series_title or self.series)


class IdempotencyKey(models.Model):
    """The answer to a request that its sender may repeat, not knowing whether it arrived."""

    # See Note [Cascades].
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="idempotency_keys",
        db_index=False,
    )
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was asked, in hexadecimal.")
    answer = models.JSONField()
    status = models.PositiveSmallIntegerField(db_default=201, help_text="The HTTP status that came with it.")
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.key} (#{self.pk})"

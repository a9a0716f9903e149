"""Users, their sessions and calendar tokens, and how much of their rate limits is used."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import DatabaseError, models
from django.db.models import Q
from django.db.models.functions import Lower, Upper

from api import constraints
from api.text_rules import validate_line
from events.categories import MAX_LENGTH, CategoriesField


class UserDeleted(DatabaseError):
    """A user who is to be saved has been deleted since they were read."""


class User(AbstractUser):
    """A person: Django's user with interests and a home."""

    display_name = models.CharField(max_length=150, blank=True, default="", validators=[validate_line])
    interests = CategoriesField(
        models.CharField(max_length=MAX_LENGTH, validators=[validate_line]),
        default=list,
        blank=True,
        help_text="Categories that come first.",
    )
    latitude = models.FloatField(null=True, blank=True, help_text="Home, degrees north, -90 to 90.")
    longitude = models.FloatField(null=True, blank=True, help_text="Home, degrees east, -180 to 180.")
    personal_ranking = models.BooleanField(
        default=True, db_default=True, help_text="Off: the feed is by popularity, in the order that everybody has."
    )
    is_demo = models.BooleanField(
        default=False, db_default=False, editable=False,
        help_text="Made by load_demo, with a known password: cannot sign in while DEBUG is off.",
    )  # fmt: skip

    class Meta(AbstractUser.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_unique",
                violation_error_message="A user with this e-mail address exists already.",
            ),
            constraints.canonical_categories("interests", name="user_interests_canonical"),
            constraints.coordinates(name="user_coordinates_valid"),
            constraints.valid_texts(
                "username",
                "email",
                "first_name",
                "last_name",
                "display_name",
                arrays=["interests"],
                name="user_valid_texts",
            ),
        ]

        indexes = [
            # The admin's search for a part of any of them: see UserAdmin.search_fields.
            GinIndex(
                OpClass(Upper("username"), name="gin_trgm_ops"),
                OpClass(Upper("display_name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                name="user_name_trigrams",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username} (#{self.pk})"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; with a new password every token is revoked, as Django ends the sessions of the old one.

        UserDeleted for a user who has been deleted since they were read: Django would insert them again, and with them
        what was erased.
        """
        if not self._state.adding and self.pk is not None and not args:
            kwargs.setdefault("force_update", not kwargs.get("force_insert"))
        # What set_password() has left; not set when a hash is only renewed at sign-in.
        with_new_password = getattr(self, "_password", None) is not None
        try:
            super().save(*args, **kwargs)
        except DatabaseError as error:
            # The server's errors have a cause; this one is Django's, when no row was updated.
            if error.__cause__ is None and not self._state.adding:
                raise UserDeleted(*error.args) from error
            raise
        if with_new_password:
            # Here, because its module wants the users first.
            from knox.models import AuthToken

            AuthToken.objects.filter(user=self).delete()
            CalendarToken.objects.filter(user=self).delete()


class Session(AbstractBaseSession):
    """A browser's session, with whose it is: Django's own hides that in its data, so that nobody could end them all."""

    # Django's field, wider: 32 bytes in hexadecimal.
    session_key = models.CharField(
        "session key", max_length=64, primary_key=True, help_text="SHA-256 of the key, which only the browser has."
    )
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")

    def __str__(self) -> str:
        return f"Session until {self.expire_date:%Y-%m-%d %H:%M} (#{self.session_key[:4]}…)"

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """Return the store that writes these."""
        from users.sessions import SessionStore

        return SessionStore


class CalendarToken(models.Model):
    """What opens its user's feed as a calendar, and nothing else. Each has one at most: a new one revokes the old."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="calendar_token")
    digest = models.CharField(max_length=128, unique=True, help_text="Of the token, which is kept nowhere.")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Calendar since {self.created_at:%Y-%m-%d %H:%M}"


class RateLimitUse(models.Model):
    """How much of a rate limit somebody has used: see rate_limits.py. Lost in a crash, as if nothing was used."""

    key = models.CharField(max_length=100, primary_key=True)
    spent_until = models.DateTimeField(
        help_text="When everything is available again; as far ahead of the clock as the used part takes to come back."
    )

    class Meta:
        db_table = "users_allowance"
        # The name in exports, which programs read.
        verbose_name_plural = "allowances"

    def __str__(self) -> str:
        return f"{self.key} until {self.spent_until}"

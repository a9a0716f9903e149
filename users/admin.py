"""The admin of users and groups, without API tokens: whoever may add one could act as anybody, superusers included."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import ReadOnlyPasswordHashField, ReadOnlyPasswordHashWidget, UserChangeForm
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Count, Field, QuerySet
from django.http import HttpRequest, HttpResponse
from knox.models import AuthToken

from api.admin import ChangedFieldsForm, LongListAdmin, ModelAdmin
from events.categories import Category
from users.models import CalendarToken, User

admin.site.unregister([AuthToken, EmailAddress, Group])


class InterestsFilter(admin.SimpleListFilter):
    """Whether they have interests."""

    title = "interests"
    parameter_name = "interests"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the choices."""
        return [("some", "Some"), ("none", "None")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Return the users of the choice."""
        if self.value() == "some":
            return queryset.filter(interests__len__gt=0)
        if self.value() == "none":
            return queryset.filter(interests__len=0)
        return queryset


class CalendarTokenInline(admin.TabularInline[CalendarToken, User]):
    """The address of their calendar: staff see that there is one, and may revoke it."""

    model = CalendarToken
    fields = readonly_fields = ("created_at",)
    verbose_name_plural = "Calendar (delete it to revoke its address)"

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody makes one for another: they would know the address."""
        return False


class EmailAddressInline(admin.TabularInline[EmailAddress, User]):
    """Whether the address of whoever signed up is verified; without a row they need no verified one."""

    model = EmailAddress
    fields = readonly_fields = ("email", "verified")
    verbose_name_plural = "Verification (delete an unverified address, and the user may sign in without)"

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody adds one here: the user's address is a field above."""
        return False


class PasswordWidget(ReadOnlyPasswordHashWidget):
    """Whether there is a password. Django's own shows the beginning of the salt and of the hash."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Leave the hash out."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if any("value" in entry for entry in context["summary"]):
            context["summary"] = [{"label": "A password is set."}]
        return context


class UserForm(ChangedFieldsForm[User], UserChangeForm[User]):
    """The form of a user that is there already."""

    password = ReadOnlyPasswordHashField(label="Password", widget=PasswordWidget)


@admin.register(Group)
class GroupAdmin(ModelAdmin[Group], DjangoGroupAdmin):
    """Django's groups."""


@admin.register(User)
class UserAdmin(LongListAdmin[User], DjangoUserAdmin[User]):
    """Django's users with interests and a home."""

    form = UserForm
    list_display = ("username", "display_name", "email", "interests_in_words", "is_staff", "date_joined")
    list_filter = (InterestsFilter, "personal_ranking", "is_staff", "is_superuser", "is_active")
    search_fields = ("username", "display_name", "email")
    search_help_text = "Part of a username, display name or e-mail address"
    ordering = ("username",)
    export_columns = (
        "id", "username", "display_name", "email", "interests", "is_active", "is_staff", "date_joined", "last_login",
    )  # fmt: skip
    # Passwords have a form of their own; names are told by display_name.
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("display_name", "email", "first_name", "last_name")}),
        ("What the feed asks", {"fields": ("interests", "latitude", "longitude", "personal_ranking")}),
        ("Permissions", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type[InlineModelAdmin[Any, Any]]]:
        """Return the inlines that have something to show."""
        inlines: list[type[InlineModelAdmin[Any, Any]]] = [EmailAddressInline, CalendarTokenInline]
        return [inline for inline in inlines if obj and inline.model._base_manager.filter(user=obj).exists()]

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        """Save. Staff stand for the address that they give, so the one before needs no verification any more."""
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return what is deleted, with the number of interactions, which the database deletes."""
        names, numbers, permissions_needed, protected = super().get_deleted_objects(objs, request)
        users = User.objects.filter(pk__in=[user.pk for user in objs])
        interactions = users.aggregate(total=Count("interactions"))["total"]
        return names, {**numbers, "interactions": f"{interactions:,}"}, permissions_needed, protected

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Show and take the form of a new password; the user is locked as by the other forms."""
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)

    @admin.display(description="interests")
    def interests_in_words(self, user: User) -> str:
        """Return the interests, separated by commas."""
        return ", ".join(user.interests) or "—"

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Offer the vocabulary for the interests."""
        if db_field.name == "interests":
            return forms.MultipleChoiceField(
                choices=Category.choices, required=False, widget=forms.CheckboxSelectMultiple
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def construct_change_message(
        self, request: HttpRequest, form: forms.Form, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        """Return what the history keeps: the changed fields, and for permissions the new values."""
        message: list[dict[str, Any]] = super().construct_change_message(request, form, formsets, add)
        for entry in message if not add else ():
            if "fields" in entry.get("changed", {}):
                labels = zip(form.changed_data, entry["changed"]["fields"], strict=True)
                entry["changed"]["fields"] = [_label_with_change(form, name, label) for name, label in labels]
        return message


def _label_with_change(form: forms.Form, name: str, label: str) -> str:
    became = form.cleaned_data.get(name)
    if name in ("is_active", "is_staff", "is_superuser"):
        return f"{label} (now {'yes' if became else 'no'})"
    if name not in ("groups", "user_permissions"):
        return label
    before, after = set(form.initial[name]), set(became or ())
    given = [f"+ {one}" for one in sorted(map(str, after - before))]
    return f"{label} ({', '.join(given + [f'− {one}' for one in sorted(map(str, before - after))])})"

"""The forms of the feed inspector: the user, the ranker and filters, the event."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from events.models import Event
from recommendations.clock import BadMoment, moment_from
from recommendations.feed.ranking import DEFAULT, RANKERS
from recommendations.feed.viewer import FILTER_NAMES, BadFilters, Filters
from users.finding import UnknownUser, user_named
from users.models import User

PAGE_SIZE = 50
_RANKERS = [(ranker.name, ranker.title) for ranker in RANKERS.values()]
_LARGEST = 2**63 - 1


class MomentField(forms.CharField):
    """A time in the forms that `show_feed --now` accepts."""

    def clean(self, value: Any) -> datetime | None:
        """Return the time in UTC, None for an empty text; ValidationError for anything else."""
        text = super().clean(value)
        try:
            return moment_from(text) if text else None
        except BadMoment as error:
            raise forms.ValidationError(str(error)) from error


class StrictForm(forms.Form):
    """A form of query parameters: each at most once, unknown ones are errors, missing ones have defaults."""

    defaults: dict[str, Any] = {}

    def __init__(self, parameters: QueryDict) -> None:
        """Bind the form to the query parameters."""
        super().__init__({**self.defaults, **parameters.dict()})
        self._parameters = parameters

    @property
    def faults(self) -> list[str]:
        """The errors of the parameters, as sentences."""
        faults = [f"{self[name].label}: {message}" for name, errors in self.errors.items() for message in errors]
        unknown = [name for name in self._parameters if name not in self.fields]
        repeated = [name for name, values in self._parameters.lists() if len(values) > 1]
        faults += [f"There is no parameter {name[:30]}." for name in unknown[:5]]
        return faults + [f"Give the parameter {name[:30]} once." for name in repeated[:5]]


class OwnerForm(StrictForm):
    """The user whose feed is inspected."""

    user = forms.CharField(label="User", max_length=254, help_text="Exact username, else id.")

    def __init__(self, parameters: QueryDict, *, by_email: bool) -> None:
        """Bind the form; `by_email`: the reader may find users by e-mail address."""
        super().__init__(parameters)
        self._by_email = by_email
        if by_email:
            self.fields["user"].help_text = "Exact username, else e-mail address, else id."

    def clean_user(self) -> User:
        """Return the user; ValidationError if there is none."""
        try:
            return user_named(self.cleaned_data["user"], by_email=self._by_email)
        except UnknownUser as error:
            raise forms.ValidationError(str(error)) from error


def _filter(label: str, example: str) -> forms.CharField:
    """Return the field of a filter that is written as in an address."""
    field = forms.CharField(label=label, required=False, max_length=200)
    field.widget.attrs |= {"placeholder": example, "size": 16}
    return field


class LookForm(StrictForm):
    """The ranker, filters and time of a feed."""

    defaults = {"ranker": DEFAULT.name}

    ranker = forms.ChoiceField(label="Ranker", choices=_RANKERS)
    type = forms.ChoiceField(label="Type", choices=[("", "Any"), *Event.Type.choices], required=False)
    category = _filter("Category", "music,food")
    startsAfter = _filter("Starts after", "2026-05-17T19:00Z")
    startsBefore = _filter("Starts before", "2026-05-18T00:00Z")
    free = forms.ChoiceField(label="Price", choices=[("", "Any"), ("true", "Free")], required=False)
    attendance = _filter("Attendance", "ONLINE,MIXED")
    near = _filter("Near", "38.71,-9.13")
    radiusKm = _filter("Within km", "10")
    now = MomentField(
        label="As of",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"placeholder": "now", "size": 20}),
        help_text="2026-05-17 or 2026-05-17T19:00, in UTC. Counts and dismissals stay those of today.",
    )

    def clean(self) -> dict[str, Any]:
        """Read the filters, by the rules of the API."""
        cleaned = super().clean() or {}
        try:
            cleaned["filters"] = Filters.read(cleaned)
        except BadFilters as error:
            for name, messages in error.faults.items():
                self.add_error(name, messages)
        return cleaned


class InspectorForm(LookForm):
    """The same, with a second ranker and the number of rows."""

    defaults = {**LookForm.defaults, "limit": PAGE_SIZE}

    beside = forms.ChoiceField(label="Beside it", choices=[("", "Nothing"), *_RANKERS], required=False)
    limit = forms.IntegerField(label="Rows", min_value=1, max_value=100)
    cursor = forms.CharField(required=False, max_length=4_000, widget=forms.HiddenInput)

    field_order = ("ranker", "beside", *FILTER_NAMES, "now", "limit")


class WhyNotForm(LookForm):
    """The same, with the event in question."""

    event = forms.IntegerField(
        label="Event", min_value=1, max_value=_LARGEST, widget=forms.NumberInput(attrs={"placeholder": "id"})
    )

    field_order = ("event", "ranker", *FILTER_NAMES, "now")

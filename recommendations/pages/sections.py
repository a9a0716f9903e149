"""The sections of the page, and what an address asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from rest_framework import serializers

from api.fields import ChoiceField
from events.periods import PERIODS, Period, day
from recommendations.feed.ranking import DEFAULT, POPULAR, UPCOMING, Ranker
from recommendations.feed.viewer import PARAMETERS, Filters, Viewer
from recommendations.pages.words import long_day
from recommendations.serializers import SectionParameters

# Periods by the names that addresses have, in the order of the chips.
WHEN = {"today": "Today", "tomorrow": "Tomorrow", "weekend": "This weekend", "week": "Next 7 days"}
# In place of coordinates, which nobody would want in an address that they share.
HOME = "home"
_NO_HOME = "Your profile has no location. Add one there, or give a place such as 38.71,-9.13."
# What addresses of links keep: everything but where a page begins.
_INSTANT = timedelta(microseconds=1)
# How far from the visitor the button "Near me" looks first.
_RADIUS_KM = 3
_PLACES = ("cursor", "limit", "startsAfter", "startsBefore")


@dataclass(frozen=True)
class Section:
    """A part of the page: a feed in the order of a ranker, of a period if it has one."""

    name: str
    title: str
    lead: str
    ranker: Ranker
    period: str = ""


WEEKEND = Section("weekend", "This weekend", "", DEFAULT, "weekend")
UPCOMING_DAYS = Section("upcoming", "Upcoming", "What starts next.", UPCOMING)
SAVED = Section("saved", "Saved", "What you saved, the next first.", UPCOMING)
SECTIONS = {
    section.name: section
    for section in (
        WEEKEND,
        Section("recommended", "Recommended", "Chosen for you, by your interests and by what others like.", DEFAULT),
        Section("popular", "Popular", "What most people have looked at, saved or joined.", POPULAR),
        UPCOMING_DAYS,
        SAVED,
    )
}


class PageParameters(SectionParameters):
    """The parameters of the page: those of a feed, which section it is, and a period or a day."""

    view = ChoiceField(choices=list(SECTIONS), default=WEEKEND.name)
    when = ChoiceField(choices=list(WHEN), required=False)
    on = serializers.DateField(required=False, error_messages={"invalid": "Give a day such as 2026-12-05."})


@dataclass(frozen=True)
class Selection:
    """What an address asks for: a section, a period or a day, and the filters.

    `sent` has what links to other selections keep, as the address has it; `parameters` all of it, validated.
    """

    section: Section
    sent: Mapping[str, str]
    parameters: Mapping[str, Any]

    @classmethod
    def of(cls, sent: Mapping[str, str], viewer: Viewer) -> Self:
        """Return the selection of an address; ValidationError names every wrong parameter.

        Empty parameters are left out, because a form sends them for what is not chosen.
        """
        known = {name: value for name, value in sent.items() if value and name in _FIELDS}
        parameters = dict(PageParameters().run_validation(_at_home(known, viewer)))
        kept = {name: value for name, value in known.items() if name not in _PLACES}
        return cls(SECTIONS[parameters["view"]], kept, parameters)

    @property
    def period(self) -> str:
        """The name of the period, a day in ISO 8601, or nothing."""
        if on := self.parameters.get("on"):
            return str(on)
        return str(self.parameters.get("when", self.section.period))

    @property
    def title(self) -> str:
        """What is shown: the section or, at the start, the period."""
        if self.section is not WEEKEND:
            return self.section.title
        return WHEN.get(self.period) or long_day(self.parameters["on"])

    def span(self, now: datetime, zone: ZoneInfo) -> str:
        """Return the days of the period in words; nothing without one."""
        period = self._period(now, zone)
        if period is None:
            return ""
        first, last = (moment.astimezone(zone).date() for moment in (period.after + _INSTANT, period.before - _INSTANT))
        return long_day(last) if first == last else f"{long_day(first)} to {long_day(last)}"

    @property
    def filters(self) -> list[str]:
        """The parameters that keep events away, the period aside."""
        return [name for name in self.sent if name in PARAMETERS]

    def feed_parameters(self, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
        """Return the parameters of the feed, with the period as moments.

        An address that has them keeps them: the further pages have the period of the first.
        """
        given = {name: value for name, value in self.parameters.items() if name not in ("when", "on")}
        period = self._period(now, zone)
        return given if period is None else {"startsAfter": period.after, "startsBefore": period.before, **given}

    def feed_filters(self, now: datetime, zone: ZoneInfo) -> Filters:
        """Return the filters of the feed."""
        return Filters.of(self.feed_parameters(now, zone))

    def address(self, **changes: str) -> str:
        """Return the address with other values of some parameters; an empty one drops its parameter."""
        kept = {name: value for name, value in {**self.sent, **changes}.items() if value}
        if kept.get("view") == WEEKEND.name:
            del kept["view"]
        if "view" not in kept and kept.get("when") == WEEKEND.period:
            del kept["when"]
        return f"/?{urlencode(kept, safe=',')}" if kept else "/"

    @property
    def address_without_filters(self) -> str:
        """The address of the same section without filters and day."""
        return self.address(**dict.fromkeys(("on", "radiusKm", *self.filters), ""))

    @property
    def address_near_me(self) -> str:
        """The address to which a script adds the place where the visitor is."""
        return self.address(near="", radiusKm=str(_RADIUS_KM))

    def changed(self, viewer: Viewer, **changes: str) -> "Selection":
        """Return the selection of that address."""
        return Selection.of({**self.sent, **changes}, viewer)

    def _period(self, now: datetime, zone: ZoneInfo) -> Period | None:
        if on := self.parameters.get("on"):
            return day(on, now, zone)
        return PERIODS[self.period](now, zone) if self.period else None


_FIELDS = PageParameters().fields


def _at_home(sent: Mapping[str, str], viewer: Viewer) -> dict[str, str]:
    """Return the parameters with coordinates in place of the viewer's home."""
    if sent.get("near") != HOME:
        return dict(sent)
    user = viewer.user
    if user is None or user.latitude is None or user.longitude is None:
        raise serializers.ValidationError({"near": [_NO_HOME]})
    return {**sent, "near": f"{user.latitude:.6f},{user.longitude:.6f}"}

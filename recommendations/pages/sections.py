"""The sections of the page, and what their addresses may say."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from rest_framework import serializers

from api.fields import ChoiceField
from events.periods import Period, this_weekend
from recommendations.feed.ranking import DEFAULT, POPULAR, UPCOMING, Ranker
from recommendations.feed.viewer import PARAMETERS
from recommendations.serializers import SectionParameters


@dataclass(frozen=True)
class Section:
    """A part of the page: a feed in the order of a ranker, of a period if it has one."""

    name: str
    title: str
    lead: str
    ranker: Ranker
    period: Callable[[datetime, ZoneInfo], Period] | None = None


WEEKEND = Section(
    "weekend", "This weekend", "From Friday evening to Sunday night, what fits you first.", DEFAULT, this_weekend
)
SAVED = Section("saved", "Saved", "What you saved, the latest first.", UPCOMING)
SECTIONS = {
    section.name: section
    for section in (
        WEEKEND,
        Section("recommended", "Recommended", "Chosen for you, by your interests and by what others like.", DEFAULT),
        Section("popular", "Popular", "What most people have looked at, saved or joined.", POPULAR),
        Section("upcoming", "Upcoming", "What starts next.", UPCOMING),
        SAVED,
    )
}


class PageParameters(SectionParameters):
    """The parameters of the page: those of a feed, and which section it is."""

    view = ChoiceField(choices=list(SECTIONS), default=WEEKEND.name)

    @classmethod
    def of_address(cls, sent: QueryDict) -> dict[str, Any]:
        """Return the validated parameters; empty ones, which a form without a choice sends, are left out."""
        known = cls().fields
        return dict(cls().run_validation({name: value for name, value in sent.items() if value and name in known}))


class SearchParameters(serializers.Serializer[Any]):
    """The parameters of the search."""

    q = serializers.CharField(max_length=200, required=False)


def filters_given(parameters: dict[str, Any]) -> list[str]:
    """Return which filters are among the parameters."""
    return [name for name in PARAMETERS if parameters.get(name) is not None]

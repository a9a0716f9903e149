"""Who a feed is for, and what they want to see only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, Self

from events.geo import Circle, Place, distance_km, place_of
from events.models import Event
from events.querysets import EventQuerySet
from events.serializers import FilterParameters
from users.models import User


class NoUser(Exception):
    """A visitor has no history, no home and no explanations: sign in."""


@dataclass(frozen=True)
class Viewer:
    """A user at a moment, or a visitor, who has no user. Later pages of a feed keep the interests of its first page.

    `unmuted`: ids of mutes that are left out of account, to see what would be without them.
    """

    user: User | None
    now: datetime
    interests: tuple[str, ...]
    unmuted: tuple[int, ...] = ()

    @property
    def known_user(self) -> User:
        """The user, for what only users have; NoUser for a visitor."""
        if self.user is None:
            raise NoUser
        return self.user

    @property
    def user_id(self) -> int | None:
        """The user's id; None for a visitor, whose cursors are bound to nobody."""
        return None if self.user is None else self.user.pk

    @property
    def has_personal_ranking(self) -> bool:
        """Whether a personal ranker may answer: the profile's choice; never for a visitor."""
        return self.user is not None and self.user.personal_ranking


def viewer_of(user: User | None, now: datetime) -> Viewer:
    """Return a user as a viewer at a moment, with their present interests; a visitor, who has none, for None."""
    return Viewer(user, now, () if user is None else tuple(user.interests))


FILTER_NAMES = tuple(FilterParameters().fields)
# Up to here, sorting what passes was measured to be quicker than reading the index of the order.
_SHORT_WINDOW = timedelta(hours=12)


class BadFilters(Exception):
    """These filters can't be read. `faults` has what is wrong, by parameter."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        """Take what is wrong."""
        super().__init__(faults)
        self.faults = faults


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _rule(fact: Callable[[Event, Any], str]) -> dict[str, Any]:
    """Return what else is known of a filter: why an event does not pass a value, in words."""
    return {"fact": fact}


def _category_fact(event: Event, asked: tuple[str, ...]) -> str:
    return f"its category is {event.category or 'unknown'}, and only {' or '.join(asked)} is asked for"


def _price(event: Event) -> str:
    return "unknown" if event.price_max is None else f"up to {event.price_max:,.2f} {event.currency}"


def _near_fact(event: Event, asked: Circle) -> str:
    place = place_of(event)
    where = "where it is isn't known" if place is None else f"it is {distance_km(asked.centre, place):,.1f} km away"
    return f"{where}, and only up to {asked.radius_km:g} km from {asked.centre} is asked for"


@dataclass(frozen=True)
class Filters:
    """What the viewer wants to see only; None means any.

    They build themselves from parameters, filter the candidates, and are a part of the key of cursors and cached lists,
    so a new one is a field here, a parameter in FilterParameters, a condition in EventQuerySet.filtered(), and a
    predicate in page_heads.sql.
    """

    type: str | None = field(
        default=None,
        metadata=_rule(lambda event, asked: f"its type is {event.type}, and only {asked} is asked for"),
    )
    category: tuple[str, ...] | None = field(default=None, metadata=_rule(_category_fact))
    starts_after: datetime | None = field(
        default=None,
        metadata=_rule(lambda event, asked: f"it starts at {_minute(event.start_at)}, not after {_minute(asked)}"),
    )
    starts_before: datetime | None = field(
        default=None,
        metadata=_rule(lambda event, asked: f"it starts at {_minute(event.start_at)}, not before {_minute(asked)}"),
    )
    free: bool | None = field(
        default=None,
        metadata=_rule(lambda event, asked: f"its price is {_price(event)}, and only what is free is asked for"),
    )
    attendance: tuple[str, ...] | None = field(
        default=None,
        metadata=_rule(
            lambda event, asked: (
                f"its attendance is {event.attendance or 'unknown'}, and only {' or '.join(asked)} is asked for"
            )
        ),
    )
    near: Circle | None = field(default=None, metadata=_rule(_near_fact))

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Self:
        """Return the filters among validated parameters; one that is left out or empty filters nothing."""
        return cls(*(None if parameters.get(name) == "" else parameters.get(name) for name in PARAMETERS))

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> Self:
        """Return the filters among texts, as an address writes them; BadFilters names every wrong one."""
        parameters = FilterParameters(data={name: written[name] for name in FILTER_NAMES if written.get(name)})
        if not parameters.is_valid():
            raise BadFilters({name: [*map(str, messages)] for name, messages in parameters.errors.items()})
        return cls.of(parameters.validated_data)

    @property
    def given(self) -> dict[str, Any]:
        """The values by parameter, without those that filter nothing."""
        values = {name: getattr(self, each.name) for name, each in PARAMETERS.items()}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of an address with these filters."""
        return self.given | ({"radiusKm": self.near.radius_km} if self.near else {})

    @property
    def key(self) -> tuple[object, ...]:
        """What tells these filters from others: the first two always, so that cursors of 0.1 verify and get a 410."""
        later = (f"{name}={value}" for name, value in self.parameters.items() if name not in ("type", "category"))
        return (self.type, self.category and ",".join(self.category), *later)

    @property
    def values(self) -> tuple[Any, ...]:
        """The values in the order of the fields, as page_heads.sql takes them."""
        return tuple(map(_as_sent, vars(self).values()))

    def passed_by(self, events: EventQuerySet) -> EventQuerySet:
        """Return the events that pass."""
        return events.filtered(**vars(self))

    def only(self, parameter: str) -> Self:
        """Return one of the filters alone."""
        return type(self)(**{(name := PARAMETERS[parameter].name): getattr(self, name)})

    def without(self, parameter: str) -> Self:
        """Return the filters without one."""
        return replace(self, **{PARAMETERS[parameter].name: None})

    def are_selective(self, now: datetime) -> bool:
        """Return whether so few events pass that sorting them is quicker than reading past the others in the index."""
        first = max(now, self.starts_after or now)
        return self.starts_before is not None and self.starts_before - first <= _SHORT_WINDOW

    def written(self, parameter: str) -> str:
        """Return the value of a filter that is given as an address has it."""
        value = self.given[parameter]
        if isinstance(value, datetime):
            return value.isoformat().replace("+00:00", "Z")
        return "true" if value is True else ",".join(value) if isinstance(value, tuple) else str(value)

    def fact(self, parameter: str, event: Event) -> str:
        """Return why an event does not pass one of the filters that are given, in words."""
        text: str = PARAMETERS[parameter].metadata["fact"](event, self.given[parameter])
        return text


def _as_sent(value: Any) -> Any:
    """Return a value as psycopg sends it: several as an array."""
    if isinstance(value, Circle):
        return value.values
    return list(value) if isinstance(value, tuple) else value


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


PARAMETERS = {_camel_case(each.name): each for each in fields(Filters)}
NO_FILTERS = Filters()


def origin_of(viewer: Viewer, filters: Filters) -> Place | None:
    """Return the place from which distances are measured: the one that is asked for, else the viewer's home."""
    return filters.near.centre if filters.near else place_of(viewer.user)

"""Places and distances, along great circles of a sphere with the mean radius of the earth.

They differ from those on the WGS84 ellipsoid by at most 0.6 %. The SQL functions in sql/distance.sql compute the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, F, FloatField, Func, Value

if TYPE_CHECKING:
    from events.models import Event

# The mean radius (2a + b) / 3 of WGS84.
EARTH_RADIUS_KM = 6_371.0088
# Half of the circumference is 20,015 km: a larger radius would filter nothing.
RADIUS_LIMIT_KM = 20_000
_DIGITS = 3


class Place(NamedTuple):
    """A latitude and a longitude in degrees."""

    latitude: float
    longitude: float

    def __str__(self) -> str:
        """Write the place as an address has it: without exponents, and reading it gives the same numbers."""
        return ",".join(format(Decimal(repr(degrees)), "f") for degrees in self)


@dataclass(frozen=True)
class Circle:
    """The places that are at most so many kilometres from one."""

    centre: Place
    radius_km: float

    def __str__(self) -> str:
        """Write the centre as an address has it; the radius is a parameter of its own."""
        return str(self.centre)

    @property
    def values(self) -> list[float]:
        """What the SQL function is_near() takes."""
        return [*self.centre, self.radius_km]

    @property
    def condition(self) -> Func:
        """The condition that an event is within the circle. No place is not near anything."""
        circle = Value(self.values, ArrayField(FloatField()))
        return Func(F("latitude"), F("longitude"), circle, function="is_near", output_field=BooleanField())


def place_of(thing: object) -> Place | None:
    """Return where an event, or the home of a user, is; None if that is unknown."""
    latitude, longitude = getattr(thing, "latitude", None), getattr(thing, "longitude", None)
    return None if latitude is None or longitude is None else Place(latitude, longitude)


def distance_km(here: Place, there: Place) -> float:
    """Return the length of the great circle between two places, by the haversine formula."""
    latitude, longitude, other_latitude, other_longitude = map(math.radians, (*here, *there))
    half = (
        math.sin((other_latitude - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other_latitude) * math.sin((other_longitude - longitude) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def measure(events: Iterable[Event], origin: Place | None) -> None:
    """Set `distance_km` of events, in whole metres; it stays None where either place is unknown."""
    for event in events:
        place = place_of(event)
        if origin is not None and place is not None:
            event.distance_km = round(distance_km(origin, place), _DIGITS)

"""This file holds the signals of place and time: how far, how soon, and at the hours when the person goes out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from recommendations.hybrid.scene import DAY_SECONDS, NAN, Scene

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EARTH_KM = 6_371.0088
# Only the newest places that somebody went to: fifty are compared with each candidate.
_PLACES = 50
_NEAR_HOURS = 2.0


def distances_km(
    latitudes: NDArray[np.float64], longitudes: NDArray[np.float64], latitude: float, longitude: float
) -> NDArray[np.float64]:
    """Return great-circle distances in km from a point, by the haversine formula; NaN where a coordinate is NaN."""
    import numpy as np

    here, there = math.radians(latitude), np.radians(latitudes)
    across = np.radians(longitudes - longitude) / 2
    half = np.sin((there - here) / 2) ** 2 + math.cos(here) * np.cos(there) * np.sin(across) ** 2
    kilometres: NDArray[np.float64] = 2 * _EARTH_KM * np.arcsin(np.sqrt(half))
    return kilometres


def columns(scene: Scene) -> list[NDArray[np.float64]]:
    """Return the columns from home_km to hour."""
    import numpy as np

    found, person = scene.found, scene.person
    latitudes = np.array([_known(event.latitude) for event in found], dtype=float)
    longitudes = np.array([_known(event.longitude) for event in found], dtype=float)
    home = np.full(len(found), NAN)
    if person.latitude is not None and person.longitude is not None:
        home = distances_km(latitudes, longitudes, person.latitude, person.longitude)
    usual = np.full(len(found), NAN)
    places = {
        (deed.latitude, deed.longitude): None
        for deed, _ in scene.past.liked
        if deed.latitude is not None and deed.longitude is not None
    }
    for latitude, longitude in list(places)[:_PLACES]:
        usual = np.fmin(usual, distances_km(latitudes, longitudes, latitude, longitude))
    starts = np.array([event.start_at for event in found], dtype=float)
    weights = np.array([weight for _, weight in scene.past.liked], dtype=float)
    gone = np.array([deed.start_at for deed, _ in scene.past.liked], dtype=float)
    weekday = np.full(len(found), NAN)
    hour = np.full(len(found), NAN)
    if len(gone):
        same_day = _weekday(starts)[:, None] == _weekday(gone)[None, :]
        apart = np.abs(_hour(starts)[:, None] - _hour(gone)[None, :])
        near = np.minimum(apart, 24 - apart) <= _NEAR_HOURS
        weekday = (same_day @ weights + 1 / 7) / (weights.sum() + 1)
        hour = (near @ weights + 1 / 6) / (weights.sum() + 1)
    return [home, usual, (starts - scene.past.now) / DAY_SECONDS, weekday, hour, _hour(starts)]


def _known(degrees: float | None) -> float:
    return NAN if degrees is None else degrees


def _weekday(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    # The first of January 1970 was a Thursday; only equality counts.
    days: NDArray[np.float64] = (seconds // DAY_SECONDS) % 7
    return days


def _hour(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    hours: NDArray[np.float64] = (seconds % DAY_SECONDS) / 3600
    return hours

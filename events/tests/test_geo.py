"""Tests of distances: against the ellipsoid, and in Python and SQL alike."""

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import example, given
from hypothesis import strategies as st

from api.sql import rows_of
from events.geo import RADIUS_LIMIT_KM, Circle, Place, distance_km
from events.models import Event
from events.tests.factories import EventFactory

PLACES = st.builds(Place, st.floats(-90, 90), st.floats(-180, 180))
NEAR_SEAMS = st.builds(
    Place, st.sampled_from([-90, -89.999, 0, 89.999, 90]), st.sampled_from([-180, -179.999, 0, 179.999])
)
SQL = "SELECT distance_km(%(lat)s, %(lng)s, %(other_lat)s, %(other_lng)s)"


@given(here=PLACES | NEAR_SEAMS, there=PLACES | NEAR_SEAMS)
@example(here=Place(0, 179.99), there=Place(0, -179.99))
@example(here=Place(89.99, 0), there=Place(89.99, 180))
@example(here=Place(0, 0), there=Place(90, 0))
@example(here=Place(-90, 17), there=Place(90, 0))
@example(here=Place(38.71, -9.13), there=Place(40.71, -74.01))
def test_distances_are_within_0_6_percent_of_the_ellipsoids(here, there):
    metres = Geodesic.WGS84.Inverse(*here, *there)["s12"]

    # A micrometre: what doubles tell apart.
    assert distance_km(here, there) * 1_000 == pytest.approx(metres, rel=0.006, abs=1e-6)


@given(here=PLACES | NEAR_SEAMS, there=PLACES | NEAR_SEAMS)
@pytest.mark.django_db
def test_sql_measures_as_python_does(here, there):
    parameters = {
        "lat": here.latitude,
        "lng": here.longitude,
        "other_lat": there.latitude,
        "other_lng": there.longitude,
    }

    ((measured,),) = rows_of(SQL, parameters)

    # Of places that are opposite each other a nanometre in the sine is metres.
    assert measured == pytest.approx(distance_km(here, there), rel=1e-7, abs=1e-6)


@pytest.mark.django_db
def test_distance_from_an_unknown_place_is_unknown():
    assert rows_of(SQL, {"lat": None, "lng": None, "other_lat": 1.0, "other_lng": 1.0}) == [(None,)]


@pytest.mark.parametrize(
    ("centre", "radius", "within", "outside"),
    [
        (Place(38.71, -9.13), 1.2, (38.72, -9.13), (38.73, -9.13)),
        (Place(0, 180), 2, (0.01, -179.99), (0.01, -179.98)),
        (Place(0, -180), 2, (0.01, 179.99), (0.01, 179.98)),
        (Place(90, 0), 1.2, (89.99, 77), (89.98, 77)),
        (Place(89.99, 0), 2.3, (89.99, 180), (89.98, 180)),
        (Place(-90, 0), RADIUS_LIMIT_KM - 1, (89.8, 0), (89.9, 0)),
    ],
)
@pytest.mark.django_db
def test_events_within_a_circle_are_near(centre, radius, within, outside):
    near = EventFactory(latitude=within[0], longitude=within[1])
    EventFactory(latitude=outside[0], longitude=outside[1])
    EventFactory(latitude=None, longitude=None)

    assert list(Event.objects.filtered(near=Circle(centre, radius))) == [near]


@pytest.mark.parametrize("place", [Place(38.71, -9.13), Place(0.0, -0.00001), Place(-90.0, 179.123456789012)])
def test_place_is_written_as_addresses_have_it(place):
    assert Place(*map(float, str(place).split(","))) == place
    assert "e" not in str(place)

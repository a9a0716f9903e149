"""Tests of events as schema.org's Event."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from events.tests.factories import EventFactory, OrganiserFactory
from recommendations.event_pages.structured_data import event_as_json_ld, json_ld_element

pytestmark = pytest.mark.django_db

URL, ORGANISER_URL = "https://example.org/e/7-fado", "https://example.org/o/3-casa-lusa"


def document_of(**fields):
    return event_as_json_ld(EventFactory(**fields), url=URL, organiser_url=ORGANISER_URL)


def test_everything_that_is_known_is_in_it():
    document = document_of(
        title="Fado night", description="Two singers.", category="music", tags=["fado"],
        organiser=OrganiserFactory(name="Casa Lusa"), location_name="Casa Lusa", address="Rua 1, Lisboa",
        latitude=38.71, longitude=-9.13, url="https://casalusa.example/fado", time_zone="Europe/Lisbon",
        start_at=datetime(2026, 7, 1, 20, 0, tzinfo=UTC), end_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
        attendance="IN_PERSON", price_min=Decimal(5), price_max=Decimal("12.50"), currency="EUR", language="pt",
        minimum_age=16,
    )  # fmt: skip

    assert document == {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": URL,
        "url": URL,
        "name": "Fado night",
        "description": "Two singers.",
        # In summer Lisbon is an hour ahead of UTC.
        "startDate": "2026-07-01T21:00:00+01:00",
        "endDate": "2026-07-01T23:30:00+01:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {
            "@type": "Place",
            "name": "Casa Lusa",
            "address": "Rua 1, Lisboa",
            "geo": {"@type": "GeoCoordinates", "latitude": 38.71, "longitude": -9.13},
        },
        "organizer": {"@type": "Organization", "name": "Casa Lusa", "url": ORGANISER_URL},
        "offers": {
            "@type": "AggregateOffer", "lowPrice": "5", "highPrice": "12.50",
            "url": "https://casalusa.example/fado", "priceCurrency": "EUR",
        },
        "isAccessibleForFree": False,
        "inLanguage": "pt",
        "typicalAgeRange": "16-",
        "keywords": "music, fado",
        "sameAs": "https://casalusa.example/fado",
    }  # fmt: skip


def test_what_is_unknown_is_left_out():
    document = document_of(
        title="Fado", description="", category=None, tags=[], organiser=None, location_name="", latitude=None,
        longitude=None, url=None, end_at=None, time_zone=None, start_at=datetime(2026, 7, 1, 20, tzinfo=UTC),
    )  # fmt: skip

    assert document == {
        "@context": "https://schema.org", "@type": "Event", "@id": URL, "url": URL, "name": "Fado",
        "startDate": "2026-07-01T20:00:00+00:00", "eventStatus": "https://schema.org/EventScheduled",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("prices", "offer", "is_free"),
    [
        ({"price_min": 0, "price_max": 0}, {"@type": "Offer", "price": "0"}, True),
        ({"price_max": 0}, {"@type": "Offer", "price": "0"}, True),
        (
            {"price_min": 9, "price_max": 9, "currency": "EUR"},
            {"@type": "Offer", "price": "9", "priceCurrency": "EUR"},
            False,
        ),
        (
            {"price_min": 9, "currency": "EUR"},
            {"@type": "AggregateOffer", "lowPrice": "9", "priceCurrency": "EUR"},
            None,
        ),
        (
            {"price_max": 9, "currency": "EUR"},
            {"@type": "AggregateOffer", "highPrice": "9", "priceCurrency": "EUR"},
            False,
        ),
    ],
)
def test_prices(prices, offer, is_free):
    document = document_of(url=None, **prices)

    assert (document["offers"], document.get("isAccessibleForFree")) == ({**offer, "url": URL}, is_free)


@pytest.mark.parametrize(
    ("attendance", "mode", "places"),
    [("ONLINE", "Online", ["VirtualLocation"]), ("MIXED", "Mixed", ["Place", "VirtualLocation"])],
)
def test_places_of_what_is_online(attendance, mode, places):
    document = document_of(attendance=attendance, location_name="Casa Lusa")

    assert document["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"
    locations = document["location"] if isinstance(document["location"], list) else [document["location"]]
    assert [location["@type"] for location in locations] == places


def test_cancelled_is_cancelled():
    assert document_of(status="CANCELLED")["eventStatus"] == "https://schema.org/EventCancelled"


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!-- <script>", "a & b", "\u2028", "]]>"])
def test_no_text_ends_the_element(text):
    element = json_ld_element({"name": text})
    begin, end = '<script type="application/ld+json">', "</script>"

    assert (element.startswith(begin), element.endswith(end)) == (True, True)
    inside = element.removeprefix(begin).removesuffix(end)
    assert (json.loads(inside), set("<>&\u2028") & set(inside)) == ({"name": text}, set())

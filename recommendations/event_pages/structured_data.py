"""An event as schema.org's Event in JSON-LD, which search engines and messengers read."""

import json
from datetime import UTC, datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from events.models import Event
from events.times import zone_of

_SCHEMA = "https://schema.org/"
_ATTENDANCE = {"IN_PERSON": "Offline", "ONLINE": "Online", "MIXED": "Mixed"}
# What could end the element, or begin another one. The same text in JSON.
_ESCAPES = str.maketrans({character: f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"})


def event_as_json_ld(event: Event, *, url: str, organiser_url: str | None) -> dict[str, Any]:
    """Return an event as schema.org's Event; what is unknown is left out. The URLs are absolute.

    Expects the event's organiser loaded.
    """
    facts = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": url,
        "url": url,
        "name": event.title,
        "description": event.description or None,
        "startDate": _in_zone_of(event, event.start_at),
        "endDate": event.end_at and _in_zone_of(event, event.end_at),
        "eventStatus": f"{_SCHEMA}Event{'Cancelled' if event.status == Event.Status.CANCELLED else 'Scheduled'}",
        "eventAttendanceMode": event.attendance and f"{_SCHEMA}{_ATTENDANCE[event.attendance]}EventAttendanceMode",
        "location": _locations(event, url) or None,
        "organizer": event.organiser
        and _known({"@type": "Organization", "name": event.organiser.name, "url": organiser_url}),
        "offers": _offer(event, url),
        "isAccessibleForFree": None if event.price_max is None else event.price_max == 0,
        "inLanguage": event.language,
        "typicalAgeRange": None if event.minimum_age is None else f"{event.minimum_age}-",
        "keywords": ", ".join(word for word in (event.category, *event.tags) if word) or None,
        "sameAs": event.url,
    }
    return _known(facts)


def json_ld_element(document: dict[str, Any]) -> SafeString:
    """Return the script element that holds a document: data, which no browser runs and no policy has to allow."""
    text = json.dumps(document, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 (escaped)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _in_zone_of(event: Event, moment: datetime) -> str:
    return moment.astimezone(zone_of(event) or UTC).isoformat()


def _locations(event: Event, url: str) -> Any:
    place = _known(
        {
            "@type": "Place",
            "name": event.location_name or None,
            "address": event.address or None,
            "geo": None
            if event.latitude is None
            else {"@type": "GeoCoordinates", "latitude": event.latitude, "longitude": event.longitude},
        }
    )
    online = {"@type": "VirtualLocation", "url": event.url or url}
    places = [place] if len(place) > 1 and event.attendance != "ONLINE" else []
    places += [online] if event.attendance in ("ONLINE", "MIXED") else []
    return places[0] if len(places) == 1 else places


def _offer(event: Event, url: str) -> dict[str, Any] | None:
    """Return what it costs: one price, or the lowest and the highest; None if that is unknown."""
    lowest, highest = event.price_min, event.price_max
    if lowest is None and highest is None:
        return None
    common = {"url": event.url or url, "priceCurrency": event.currency}
    if lowest == highest or highest == 0:
        return _known({"@type": "Offer", "price": str(highest), **common})
    low, high = (None if price is None else str(price) for price in (lowest, highest))
    return _known({"@type": "AggregateOffer", "lowPrice": low, "highPrice": high, **common})

"""What an entry of a calendar says of an event besides when it takes place."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from events.csv_cells import NO_TITLE, tags_from
from events.importing.category_words import category_among
from events.importing.properties import Property
from events.importing.texts import address_from, description_from, line_from

Found = Mapping[str, list[Property]]


def details_of(found: Found, notes: Counter[str]) -> dict[str, Any]:
    """Return the values of an event by the names of its fields; a category only if the entry names one."""
    category, words = category_among(
        line_from(word, "tags", notes) for listed in found.get("CATEGORIES", ()) for word in listed.texts
    )
    latitude, longitude = _coordinates(found, notes)
    title = line_from(_text(found, "SUMMARY"), "titles", notes)
    if not title:
        notes[f'events had no title: called "{NO_TITLE}"'] += 1
    values = {
        "title": title or NO_TITLE,
        "description": description_from(_text(found, "DESCRIPTION") or _text(found, "X-ALT-DESC"), notes),
        "tags": tags_from(words, notes),
        "location_name": line_from(_text(found, "LOCATION"), "places", notes, between=", "),
        "latitude": latitude,
        "longitude": longitude,
        "url": address_from(_text(found, "URL"), notes),
    }
    return values if category is None else {**values, "category": category}


def organiser_of(found: Found, notes: Counter[str]) -> str:
    """Return the name of who organises; empty without one: an address alone is not for everybody to read."""
    for organiser in found.get("ORGANIZER", ()):
        name = line_from(str(organiser.parameters.get("CN", "")), "organiser names", notes).strip('"').strip()
        if "@" not in name:
            return name
    return ""


def _text(found: Found, name: str) -> str:
    return found[name][0].text if name in found else ""


def _coordinates(found: Found, notes: Counter[str]) -> tuple[float | None, float | None]:
    if "GEO" not in found:
        return None, None
    parts = found["GEO"][0].raw.replace("\\;", ";").split(";")
    try:
        latitude, longitude = (float(part) for part in parts)
        # Written so that NaN fails, too.
        right = -90 <= latitude <= 90 and -180 <= longitude <= 180
    except ValueError:
        right = False
    if not right:
        notes["places (GEO) were left out: not two numbers of degrees"] += 1
        return None, None
    if latitude == 0 and longitude == 0:
        notes["events had 0;0 as place: taken as unknown"] += 1
        return None, None
    return latitude, longitude

"""The addresses of the pages of events, organisers and venues."""

from urllib.parse import quote

from django.utils.text import slugify

_SLUG_MAX_LENGTH = 60
# A browser takes these for folders, not for names.
_NO_NAMES = ("", ".", "..")


def slug_of(text: str) -> str:
    """Return a text as a part of an address: in ASCII where it can be, "" if it has no letters and digits."""
    slug = slugify(text) or slugify(text, allow_unicode=True)
    if len(slug) <= _SLUG_MAX_LENGTH:
        return slug
    return slug[:_SLUG_MAX_LENGTH].rpartition("-")[0] or slug[:_SLUG_MAX_LENGTH]


def event_path(event_id: int, title: str) -> str:
    """Return the path of an event's page: /e/7-jazz-night, /e/7 if the title has no letters and digits."""
    return _with_slug(f"/e/{event_id}", title)


def organiser_path(organiser_id: int, name: str) -> str:
    """Return the path of an organiser's page: /o/7-casa-lusa."""
    return _with_slug(f"/o/{organiser_id}", name)


def venue_path(location_name: str) -> str:
    """Return the path of a venue's page: /v/Casa%20Lusa; "" for a name that no path can have."""
    if location_name.strip() in _NO_NAMES:
        return ""
    return f"/v/{quote(location_name, safe='')}"


def _with_slug(path: str, text: str) -> str:
    slug = slug_of(text)
    return f"{path}-{quote(slug)}" if slug else path

"""The table of what each route's GET reads and writes, and so which database may answer it."""

from enum import Enum

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from api.databases import has_standby

SAFE_METHODS = ("GET", "HEAD")


class Reads(Enum):
    """What a GET does to the database."""

    NOTHING = "no statement at all"
    FEED = "reads; a standby may answer"
    FRESH = "reads what must not be a moment old, or writes; the primary answers"


# By route, as Django joins the patterns; the admin's routes are FRESH. A test compares the table with the routes.
GET_READS = {
    "^recommendations$": Reads.FEED,
    "^recommendations/popular$": Reads.FEED,
    "^recommendations/upcoming$": Reads.FEED,
    # Counts against a limit.
    "^recommendations/(?P<event_id>[0-9]{1,19})/explanation$": Reads.FRESH,
    "recommendations.ics": Reads.FEED,
    "saved.ics": Reads.FEED,
    "^events$": Reads.FEED,
    "^events/search$": Reads.FEED,
    "^events/suggestions$": Reads.FEED,
    "^events/(?P<pk>[0-9]{1,19})$": Reads.FEED,
    "^events/(?P<pk>[0-9]{1,19})/similar$": Reads.FEED,
    "^categories$": Reads.FEED,
    "^interactions$": Reads.FEED,
    "^mutes$": Reads.FEED,
    "^users/me$": Reads.FEED,
    # Counts against a limit, and reads for long: a standby would cancel it for a conflict with what it replays.
    "^users/me/export$": Reads.FRESH,
    "users/me/calendar": Reads.FEED,
    "users/me/saved": Reads.FEED,
    "^$": Reads.FEED,
    "search": Reads.FEED,
    "profile": Reads.FEED,
    "^event/(?P<pk>[0-9]{1,19})$": Reads.FEED,
    # Forms that are sent from pages, by POST.
    "profile/privacy": Reads.FRESH,
    "profile/calendar": Reads.FRESH,
    "profile/erasure": Reads.FRESH,
    "hide": Reads.FRESH,
    "^hide/(?P<pk>[0-9]{1,18})/undo$": Reads.FRESH,
    "^event/(?P<pk>[0-9]{1,19})/(?P<action>save|unsave|apply|dismiss|restore)$": Reads.FRESH,
    "^e/(?P<pk>[0-9]{1,19})$": Reads.FEED,
    "^e/(?P<pk>[0-9]{1,19})-(?P<slug>[^/]+)$": Reads.FEED,
    "^e/(?P<pk>[0-9]{1,19})\\.ics$": Reads.FEED,
    "^o/(?P<organiser_id>[0-9]{1,19})$": Reads.FEED,
    "^o/(?P<organiser_id>[0-9]{1,19})-(?P<slug>[^/]+)$": Reads.FEED,
    "^v/(?P<name>.+)$": Reads.FEED,
    "sitemap.xml": Reads.FEED,
    "^sitemap-(?P<section>[a-z]+)\\.xml$": Reads.FEED,
    # Accounts: these write sessions and tokens, or read what was written a moment ago.
    "sign-in": Reads.FRESH,
    "sign-up": Reads.FRESH,
    "welcome": Reads.FRESH,
    "confirm-email": Reads.FRESH,
    "^confirm-email/(?P<key>[-:0-9A-Za-z_]+)$": Reads.FRESH,
    "confirm-email/done": Reads.FRESH,
    "email-change": Reads.FRESH,
    "password-change": Reads.FRESH,
    "password-change/done": Reads.FRESH,
    "password-reset": Reads.FRESH,
    "password-reset/sent": Reads.FRESH,
    "^password-reset/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[-0-9A-Za-z]+)$": Reads.FRESH,
    "^password-reset/(?P<uidb64>[-0-9A-Za-z_]+)/(?P<token>[-0-9A-Za-z]+)$": Reads.FRESH,
    "password-reset/complete": Reads.FRESH,
    "schema": Reads.NOTHING,
    "docs": Reads.NOTHING,
    "problems": Reads.NOTHING,
    "favicon.ico": Reads.NOTHING,
    "robots.txt": Reads.NOTHING,
    "healthz": Reads.NOTHING,
    # Asks both.
    "readyz": Reads.NOTHING,
    "metrics": Reads.NOTHING,
}


def may_read_standby(request: HttpRequest) -> bool:
    """Return whether a standby may answer a request, if there is one."""
    if request.method not in SAFE_METHODS or not has_standby():
        return False
    try:
        route = resolve(request.path_info).route
    except Resolver404:
        return False
    return GET_READS.get(route) is Reads.FEED

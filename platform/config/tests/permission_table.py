"""Who may do what: a row for every method of every route, with what each caller is answered.

A route is written as Django writes it, all patterns on the way joined. A cell is a status, LOGIN where the caller is sent
to the sign-in page, or OK for what the row names. Tokens mean nothing to the admin: there, who sends one is nobody.
"""

OK, LOGIN = "ok", "login"

# Each column stands for callers who are always answered the same: see CALLERS in test_permissions.py.
COLUMNS = ("nobody", "dead", "user", "staff", "permitted", "user session", "staff session", "permitted session")

KINDS = {
    # Nobody and ended sessions; bad tokens; by token: people, staff without permission, staff with; the same by session.
    "PUBLIC": (OK, OK, OK, OK, OK, OK, OK, OK),
    "SIGNED_IN": (401, 401, OK, OK, OK, OK, OK, OK),
    # Open to nobody as well while PUBLIC_BROWSING is on: see OPENED.
    "BROWSED": (401, 401, OK, OK, OK, OK, OK, OK),
    "BROWSED_PAGE": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, OK, OK, OK),
    "SITEMAP": (404, 404, 404, 404, 404, 404, 404, 404),
    "BY_TOKEN": (401, 401, OK, OK, OK, 400, 400, 400),
    "EVENT_WRITER": (401, 401, 403, 403, OK, 403, 403, OK),
    "SCRAPER": (401, 401, 401, 401, 401, 401, 401, 401),
    # By a token of its own in the address alone: see recommendations/tests/test_calendar_url.py.
    "SUBSCRIBER": (401, 401, 401, 401, 401, 401, 401, 401),
    "STAFF": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, OK, OK),
    "STAFF_PERMITTED": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, 403, OK),
    "STAFF_NEVER": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, 403, 403),
    # Staff who are signed in already are sent on; who leaves without having come is sent to the start.
    "SIGN_IN_PAGE": (200, 200, 200, 200, 200, 200, OK, OK),
    "SIGN_OUT": (302, 302, 302, 302, 302, 302, OK, OK),
    # A page for people: by session alone. Who is signed in already is sent on from where one signs in.
    "PAGE": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, OK, OK, OK),
    "PAGE_SIGN_IN": (200, 200, 200, 200, 200, OK, OK, OK),
    "PAGE_SIGN_OUT": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN),
    # The list of an app's models is not found by who may look at none of them.
    "STAFF_APP": (LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, LOGIN, 404, OK),
}
# What these kinds are instead while PUBLIC_BROWSING is on. A bad token is refused all the same.
OPENED = {
    "BROWSED": (OK, 401, OK, OK, OK, OK, OK, OK),
    "BROWSED_PAGE": (OK, OK, OK, OK, OK, OK, OK, OK),
    "SITEMAP": (OK, OK, OK, OK, OK, OK, OK, OK),
}

_JSON_ROWS = {
    ("GET", "^recommendations$"): ("SIGNED_IN", 200),
    ("GET", "^recommendations/popular$"): ("BROWSED", 200),
    ("GET", "^recommendations/upcoming$"): ("BROWSED", 200),
    ("GET", "^recommendations/(?P<event_id>[0-9]{1,19})/explanation$"): ("SIGNED_IN", 200),
    ("GET", "recommendations.ics"): ("SUBSCRIBER", 200),
    ("GET", "saved.ics"): ("SUBSCRIBER", 200),
    ("GET", "^interactions$"): ("SIGNED_IN", 200),
    ("POST", "^interactions$"): ("SIGNED_IN", 201),
    ("POST", "^interactions/batch$"): ("SIGNED_IN", 201),
    ("DELETE", "^interactions/dismissals/(?P<event_id>[0-9]{1,19})$"): ("SIGNED_IN", 204),
    ("DELETE", "^interactions/saves/(?P<event_id>[0-9]{1,19})$"): ("SIGNED_IN", 204),
    ("PUT", "^interactions/saves/(?P<event_id>[0-9]{1,19})$"): ("SIGNED_IN", 201),
    ("GET", "^mutes$"): ("SIGNED_IN", 200),
    ("GET", "users/me/saved"): ("SIGNED_IN", 200),
    ("POST", "^mutes$"): ("SIGNED_IN", 201),
    ("DELETE", "^mutes/(?P<mute_id>[0-9]{1,19})$"): ("SIGNED_IN", 204),
    ("GET", "^users/me$"): ("SIGNED_IN", 200),
    ("PATCH", "^users/me$"): ("SIGNED_IN", 200),
    ("DELETE", "^users/me$"): ("SIGNED_IN", 204),
    ("GET", "^users/me/export$"): ("SIGNED_IN", 200),
    ("GET", "users/me/calendar"): ("SIGNED_IN", 200),
    ("POST", "users/me/calendar"): ("SIGNED_IN", 201),
    ("DELETE", "users/me/calendar"): ("SIGNED_IN", 204),
    ("POST", "^tokens$"): ("PUBLIC", 201),
    ("DELETE", "tokens/current"): ("BY_TOKEN", 204),
    ("GET", "^events$"): ("BROWSED", 200),
    ("POST", "^events$"): ("EVENT_WRITER", 201),
    ("GET", "^events/(?P<pk>[0-9]{1,19})$"): ("BROWSED", 200),
    ("PATCH", "^events/(?P<pk>[0-9]{1,19})$"): ("EVENT_WRITER", 200),
    ("DELETE", "^events/(?P<pk>[0-9]{1,19})$"): ("EVENT_WRITER", 204),
    ("GET", "^events/search$"): ("BROWSED", 200),
    ("GET", "^events/suggestions$"): ("BROWSED", 200),
    ("GET", "^events/(?P<pk>[0-9]{1,19})/similar$"): ("BROWSED", 200),
    ("GET", "^categories$"): ("BROWSED", 200),
    ("GET", "schema"): ("PUBLIC", 200),
    ("GET", "docs"): ("PUBLIC", 200),
    ("GET", "problems"): ("PUBLIC", 200),
    ("POST", "problems"): ("PUBLIC", 405),
    ("GET", "favicon.ico"): ("PUBLIC", 301),
    ("POST", "favicon.ico"): ("PUBLIC", 405),
    ("GET", "robots.txt"): ("PUBLIC", 200),
    ("POST", "robots.txt"): ("PUBLIC", 405),
    ("GET", "healthz"): ("PUBLIC", 200),
    ("POST", "healthz"): ("PUBLIC", 405),
    ("GET", "readyz"): ("PUBLIC", 200),
    ("POST", "readyz"): ("PUBLIC", 405),
    ("GET", "metrics"): ("SCRAPER", 200),
    ("POST", "metrics"): ("PUBLIC", 405),
    ("GET", ""): ("PUBLIC", 404),
    ("POST", ""): ("PUBLIC", 404),
}

_PAGE_ROWS = {
    ("GET", "^$"): ("BROWSED_PAGE", 200),
    ("POST", "^$"): ("PUBLIC", 405),
    # To the address with the title in it.
    ("GET", "^event/(?P<pk>[0-9]{1,19})$"): ("BROWSED_PAGE", 301),
    ("GET", "^e/(?P<pk>[0-9]{1,19})$"): ("BROWSED_PAGE", 301),
    ("POST", "^e/(?P<pk>[0-9]{1,19})$"): ("PUBLIC", 405),
    ("GET", "^e/(?P<pk>[0-9]{1,19})-(?P<slug>[^/]+)$"): ("BROWSED_PAGE", 200),
    ("POST", "^e/(?P<pk>[0-9]{1,19})-(?P<slug>[^/]+)$"): ("PUBLIC", 405),
    ("GET", "^e/(?P<pk>[0-9]{1,19})\\.ics$"): ("BROWSED_PAGE", 200),
    ("POST", "^e/(?P<pk>[0-9]{1,19})\\.ics$"): ("PUBLIC", 405),
    ("GET", "^o/(?P<organiser_id>[0-9]{1,19})$"): ("BROWSED_PAGE", 301),
    ("POST", "^o/(?P<organiser_id>[0-9]{1,19})$"): ("PUBLIC", 405),
    ("GET", "^o/(?P<organiser_id>[0-9]{1,19})-(?P<slug>[^/]+)$"): ("BROWSED_PAGE", 200),
    ("POST", "^o/(?P<organiser_id>[0-9]{1,19})-(?P<slug>[^/]+)$"): ("PUBLIC", 405),
    ("GET", "^v/(?P<name>.+)$"): ("BROWSED_PAGE", 200),
    ("POST", "^v/(?P<name>.+)$"): ("PUBLIC", 405),
    ("GET", "sitemap.xml"): ("SITEMAP", 200),
    ("POST", "sitemap.xml"): ("PUBLIC", 405),
    ("GET", "^sitemap-(?P<section>[a-z]+)\\.xml$"): ("SITEMAP", 200),
    ("POST", "^sitemap-(?P<section>[a-z]+)\\.xml$"): ("PUBLIC", 405),
    ("POST", "^event/(?P<pk>[0-9]{1,19})$"): ("PUBLIC", 405),
    ("POST", "^event/(?P<pk>[0-9]{1,19})/(?P<action>save|unsave|apply|dismiss|restore)$"): ("PAGE", 302),
    ("GET", "^event/(?P<pk>[0-9]{1,19})/(?P<action>save|unsave|apply|dismiss|restore)$"): ("PUBLIC", 405),
    ("GET", "search"): ("BROWSED_PAGE", 200),
    ("POST", "search"): ("PUBLIC", 405),
    ("GET", "profile"): ("PAGE", 200),
    ("POST", "profile"): ("PAGE", 302),
    **{
        ("GET", route): ("PUBLIC", 405)
        for route in (
            "profile/privacy",
            "profile/calendar",
            "profile/erasure",
            "hide",
            "^hide/(?P<pk>[0-9]{1,18})/undo$",
        )
    },
    ("POST", "profile/privacy"): ("PAGE", 302),
    ("POST", "profile/calendar"): ("PAGE", 200),
    # Without a password the form is shown again.
    ("POST", "profile/erasure"): ("PAGE", 400),
    ("POST", "hide"): ("PAGE", 302),
    ("POST", "^hide/(?P<pk>[0-9]{1,18})/undo$"): ("PAGE", 302),
    ("GET", "sign-in"): ("PAGE_SIGN_IN", 302),
    ("POST", "sign-in"): ("PUBLIC", 302),
    ("POST", "sign-out"): ("PAGE_SIGN_OUT", 302),
    ("GET", "password-reset"): ("PUBLIC", 200),
    ("POST", "password-reset"): ("PUBLIC", 302),
    ("GET", "password-reset/sent"): ("PUBLIC", 200),
    ("GET", "password-reset/complete"): ("PUBLIC", 200),
    # A wrong link is told on the page.
    ("GET", "^password-reset/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[-0-9A-Za-z]+)$"): ("PUBLIC", 200),
    ("POST", "^password-reset/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[-0-9A-Za-z]+)$"): ("PUBLIC", 200),
    ("GET", "^password-reset/(?P<uidb64>[-0-9A-Za-z_]+)/(?P<token>[-0-9A-Za-z]+)$"): ("PUBLIC", 302),
    ("GET", "welcome"): ("PAGE", 200),
    ("POST", "welcome"): ("PAGE", 302),
    ("GET", "sign-up"): ("PAGE_SIGN_IN", 302),
    ("POST", "sign-up"): ("PUBLIC", 302),
    ("GET", "confirm-email"): ("PUBLIC", 200),
    ("GET", "confirm-email/done"): ("PUBLIC", 200),
    ("GET", "^confirm-email/(?P<key>[-:0-9A-Za-z_]+)$"): ("PUBLIC", 200),
    ("POST", "^confirm-email/(?P<key>[-:0-9A-Za-z_]+)$"): ("PUBLIC", 404),
    ("GET", "email-change"): ("PAGE", 200),
    ("POST", "email-change"): ("PAGE", 302),
    ("GET", "password-change"): ("PAGE", 200),
    ("POST", "password-change"): ("PAGE", 200),
    ("GET", "password-change/done"): ("PUBLIC", 200),
    ("GET", "admin/"): ("STAFF", 200),
    ("POST", "admin/"): ("STAFF", 200),
    ("GET", "admin/login/"): ("SIGN_IN_PAGE", 302),
    ("POST", "admin/login/"): ("PUBLIC", 200),
    ("GET", "admin/logout/"): ("SIGN_OUT", 405),
    ("POST", "admin/logout/"): ("SIGN_OUT", 200),
    ("GET", "admin/password_change/"): ("STAFF", 200),
    ("POST", "admin/password_change/"): ("STAFF", 200),
    ("GET", "admin/password_change/done/"): ("STAFF", 200),
    ("POST", "admin/password_change/done/"): ("STAFF", 405),
    ("GET", "admin/autocomplete/"): ("STAFF_PERMITTED", 200),
    ("POST", "admin/autocomplete/"): ("STAFF", 405),
    ("GET", "admin/jsi18n/"): ("STAFF", 200),
    ("POST", "admin/jsi18n/"): ("STAFF", 405),
    # No model has a page of its own to be sent to.
    ("GET", "admin/r/<path:content_type_id>/<path:object_id>/"): ("STAFF", 404),
    ("POST", "admin/r/<path:content_type_id>/<path:object_id>/"): ("STAFF", 404),
    ("GET", "admin/users/user/<id>/password/"): ("STAFF_PERMITTED", 200),
    ("POST", "admin/users/user/<id>/password/"): ("STAFF_PERMITTED", 200),
    ("GET", "admin/interactions/interaction/concentration/"): ("STAFF_PERMITTED", 200),
    ("GET", "admin/recommendations/feed/<path:object_id>/why-not/"): ("STAFF_PERMITTED", 200),
    ("POST", "admin/recommendations/feed/<path:object_id>/why-not/"): ("STAFF_PERMITTED", 200),
    ("GET", "admin/recommendations/trainingrun/<path:object_id>/activate/"): ("STAFF_PERMITTED", 405),
    ("POST", "admin/recommendations/trainingrun/<path:object_id>/activate/"): ("STAFF_PERMITTED", 302),
    ("GET", "admin/recommendations/trainingrun/previous/"): ("STAFF_PERMITTED", 405),
    ("POST", "admin/recommendations/trainingrun/previous/"): ("STAFF_PERMITTED", 302),
    ("GET", "admin/^(?P<app_label>recommendations|events|auth|users|interactions)/$"): ("STAFF_APP", 200),
    ("POST", "admin/^(?P<app_label>recommendations|events|auth|users|interactions)/$"): ("STAFF_APP", 200),
    ("GET", "admin/(?P<url>.*)$"): ("STAFF", 404),
    ("POST", "admin/(?P<url>.*)$"): ("STAFF", 404),
}


_CHANGED = ("auth/group", "events/event", "events/organiser", "users/user")
_LOOKED_AT = ("recommendations/feed", "recommendations/trainingrun", "interactions/interaction", "interactions/mute")


def _model_rows() -> dict[tuple[str, str], tuple[str, int]]:
    """Return the rows of the admin's pages of each model."""
    rows = {}
    for model in (*_CHANGED, *_LOOKED_AT):
        written = "STAFF_PERMITTED" if model in _CHANGED else "STAFF_NEVER"
        one = f"admin/{model}/<path:object_id>/"
        rows |= {
            ("GET", f"admin/{model}/"): ("STAFF_PERMITTED", 200),
            ("POST", f"admin/{model}/"): ("STAFF_PERMITTED", 200),
            ("GET", f"admin/{model}/add/"): (written, 200),
            ("POST", f"admin/{model}/add/"): (written, 200),
            ("GET", f"{one}history/"): ("STAFF_PERMITTED", 200),
            ("POST", f"{one}history/"): ("STAFF_PERMITTED", 200),
            ("GET", f"{one}delete/"): (written, 200),
            ("POST", f"{one}delete/"): (written, 302),
            ("GET", f"{one}change/"): ("STAFF_PERMITTED", 200),
            ("POST", f"{one}change/"): (written, 200),
            # An old address of the page to change it.
            ("GET", one): ("STAFF", 302),
            ("POST", one): ("STAFF", 302),
        }
    return rows


# The page of a feed shows, whatever is sent.
_FEED_ROWS = {("POST", "admin/recommendations/feed/<path:object_id>/change/"): ("STAFF_PERMITTED", 200)}
ROWS = _JSON_ROWS | _PAGE_ROWS | _model_rows() | _FEED_ROWS


def expected(row: tuple[str, str], *, public_browsing: bool = False) -> dict[str, int | str]:
    """Return a row's cells by column."""
    kind, success = ROWS[row]
    cells = (KINDS | OPENED if public_browsing else KINDS)[kind]
    return {column: success if cell == OK else cell for column, cell in zip(COLUMNS, cells, strict=True)}

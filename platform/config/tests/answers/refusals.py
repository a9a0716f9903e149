"""Cases that are refused before a view has a say: parameters, bodies, methods, CSRF, unknown addresses."""

from config.tests.answers.asking import Ask, Case, alone, case, get, patch, post
from users.throttles import METER

_LISTS = ("/recommendations", "/recommendations/popular", "/recommendations/upcoming", "/events", "/interactions")
_WRONG = (
    "limit=0", "limit=101", "limit=-1", "limit=1.0", "limit=", "limit=%2B1", "limit=1&limit=1", "cursor=", "cursor=x",
    "unknown=1", "format=json",
)  # fmt: skip
_WRONG_FILTERS = (
    "type=PARTY", "type=event", "type=", "type=GIG&type=GIG", "category=Musik", "category=MUSIC", "category=",
    "category=music&category=music", "category=%00",
)  # fmt: skip
_BODIES = {
    "no JSON": b"{", "nothing": b"", "no UTF-8": b'{"action": "\xff"}', "a name twice": b'{"eventId": 1, "eventId": 1}',
    "NaN": b'{"eventId": NaN}', "a list": b"[]", "null": b"null", "too large": b'{"action": "' + b"x" * 70_000 + b'"}',
    "very deep": b"[" * 5_000 + b"]" * 5_000, "a lone surrogate": b'{"eventId": 1, "action": "\\ud800"}',
}  # fmt: skip
_JSON_ROUTES = (
    "/recommendations", "/recommendations/popular", "/recommendations/upcoming", "/recommendations/{saved}/explanation",
    "/recommendations.ics", "/events", "/events/{saved}", "/events/search", "/events/{saved}/similar", "/categories",
    "/interactions", "/interactions/batch", "/interactions/saves/{saved}", "/interactions/dismissals/{saved}", "/users/me",
    "/users/me/export", "/users/me/calendar", "/tokens", "/tokens/current", "/schema", "/docs",
)  # fmt: skip
_TAKEN = {
    ("POST", "/events"), ("POST", "/interactions"), ("POST", "/interactions/batch"), ("POST", "/users/me/calendar"),
    ("POST", "/tokens"), ("PATCH", "/users/me"), ("PATCH", "/events/{saved}"),
    ("PUT", "/interactions/saves/{saved}"),
}  # fmt: skip

REFUSALS: list[Case] = [
    *alone(
        *(get("ana", f"{path}?{query}") for path in _LISTS for query in _WRONG),
        *(get("ana", f"{path}?{query}") for path in _LISTS[:4] for query in _WRONG_FILTERS),
        *(
            get("ana", f"/recommendations?{query}")
            for query in ("ranker=best", "ranker=", "ranker=hybrid&ranker=hybrid")
        ),
        *(
            get("ana", f"/events?{query}")
            for query in (
                "status=open",
                "status=",
                "q=",
                "q=" + "x" * 201,
                "ids=",
                "ids=a",
                "ids=1,,2",
                "startsAfter=2026-05-20",
                "startsAfter=2026-05-20T00:00:00",
                "startsAfter=",
                "ids=" + ",".join(["1"] * 101),
                "near=91,0",
                "near=38.71",
                "radiusKm=5",
                "near=38.71,-9.13&radiusKm=0",
                "near=38.71,-9.13&radiusKm=20000",
                "category=music,knitting",
                "free=maybe",
                "attendance=NOWHERE",
            )
        ),
        *(get("ana", f"/interactions?{query}") for query in ("action=view", "action=", "action=VIEW&action=VIEW")),
        *(
            get("ana", f"/events/search?{query}")
            for query in ("q=", "q=a&limit=101", "q=a&type=PARTY", "q=" + "x" * 201, "q=a&cursor=x")
        ),
        get("ana", "/events/{saved}/similar?limit=0"),
        *(
            Ask("ana", method, path)
            for path in _JSON_ROUTES
            for method in ("PUT", "POST", "PATCH")
            if (method, path) not in _TAKEN
        ),
        *(
            get("ana", path)
            for path in ("/interactions/batch", "/interactions/saves/{saved}", "/tokens", "/tokens/current")
        ),
        *(get("ana", path) for path in ("/nowhere", "/events/", "/events/abc", "/users/1", "/recommendations/best")),
        post("ana", "/nowhere", {}),
        get("nobody", "/nowhere"),
        get("nobody", "/nowhere", headers={"Accept": "text/html"}),
        get("nobody", "/admin/nowhere"),
        get("ana", "/events", headers={"Accept": "text/html"}),
        get("ana", "/events/{saved}", headers={"Accept": "application/xml"}),
        get("ana", "/events/{saved}", headers={"Host": "other.test"}),
        *(post("ana", "/interactions", b"x", content_type=kind) for kind in ("text/plain", "multipart/form-data", "")),
        patch("ana", "/users/me", b"displayName=x", content_type="application/x-www-form-urlencoded"),
        post("nobody", "/tokens", b"username=ana&password=demo", content_type="application/x-www-form-urlencoded"),
        post("ana by session without CSRF", "/interactions", {"eventId": "{saved}", "action": "VIEW"}),
        patch("ana by session without CSRF", "/users/me", {"displayName": "x"}),
        post("ana by session without CSRF", "/sign-out"),
        post("nobody without CSRF", "/sign-in"),
    ),
    *(
        case(f"{caller}: POST {path}, a body that is wrong: {name}", post(caller, path, body))
        for caller, path in (("ana", "/interactions"), ("staff", "/events"), ("nobody", "/tokens"))
        for name, body in _BODIES.items()
    ),
    case("too many requests", METER.clear, get("ana", "/categories", times=2), REQUESTS_PER_MINUTE=1),
    case(
        "too many requests of nobody",
        METER.clear,
        post("nobody", "/tokens", {}, times=2),
        ANONYMOUS_REQUESTS_PER_MINUTE=1,
    ),
]

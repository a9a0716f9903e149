"""Cases that read: feeds, events, what somebody did, the profile, documents and probes."""

from django.core.cache import cache

from config.tests.answers.asking import Case, alone, case, delete, get, post

_FILTERS = ("type=GIG", "type=EVENT", "category=music", "category=other", "type=GIG&category=food")
_RANKERS = ("heuristic", "popular", "upcoming")
# Somebody with interests and a past, somebody without interests, somebody who wants no personal ranking.
_PEOPLE = ("ana", "chidi", "plain")

FEEDS: list[Case] = [
    *alone(
        *(get(who, "/recommendations?limit=4", pages=2) for who in _PEOPLE),
        *(get(who, "/recommendations?limit=100", pages=99, only_ids=True) for who in _PEOPLE),
        *(get("ana", f"/recommendations?limit=3&ranker={ranker}", pages=2) for ranker in _RANKERS),
        *(
            get("ana", f"/recommendations?limit=100&ranker={ranker}&{filters}", pages=9, only_ids=True)
            for ranker in _RANKERS
            for filters in _FILTERS
        ),
        get("ana", "/recommendations?limit=2&type=GIG", pages=2),
        get("ana", "/recommendations?limit=2&category=music", pages=2),
        get("ana", "/recommendations?limit=7", pages=99, only_ids=True),
        get("ana by session", "/recommendations?limit=1"),
        *(
            get("ana", f"/recommendations/{section}?{query}", pages=2)
            for section in ("popular", "upcoming")
            for query in ("limit=2", "limit=2&type=GIG", "limit=2&category=music")
        ),
        *(
            get(who, f"/recommendations/{section}?limit=100", pages=99, only_ids=True)
            for section in ("popular", "upcoming")
            for who in ("ana", "chidi")
        ),
        get("ana", "/recommendations.ics?token={calendar_token}"),
        get("nobody", "/recommendations.ics?token={calendar_token}"),
        get("nobody", "/recommendations.ics"),
        get("ana", "/recommendations.ics?token=" + "0" * 64),
        get("nobody", "/recommendations.ics?token={calendar_token}&limit=3"),
    ),
    case(
        "a cursor may be used with another limit",
        get("ana", "/recommendations?limit=3"),
        get("ana", "/recommendations?limit=2&cursor={cursor}"),
    ),
    case(
        "a cursor belongs to its user",
        get("ana", "/recommendations?limit=3"),
        get("chidi", "{next}"),
    ),
    case(
        "a cursor belongs to its ranker and filters",
        get("ana", "/recommendations?limit=3"),
        get("ana", "{next}&ranker=popular"),
        get("ana", "{next}&type=GIG"),
        get("ana", "/recommendations/popular?cursor={cursor}"),
    ),
]  # fmt: skip

# Like MEANING these need the extension pgvector: without it the model weighs less.
HYBRID: list[Case] = [
    *alone(
        *(get(who, "/recommendations?limit=3&ranker=hybrid", pages=2) for who in _PEOPLE),
        *(
            get("ana", f"/recommendations?limit=100&ranker=hybrid&{filters}", pages=9, only_ids=True)
            for filters in _FILTERS
        ),
        get("ana", "/recommendations/{last}/explanation?ranker=hybrid"),
    ),
    case(
        "a cursor whose ranked list is gone",
        get("ana", "/recommendations?ranker=hybrid&limit=3"),
        cache.clear,
        get("ana", "{next}"),
    ),
]

EXPLANATIONS: list[Case] = [
    *alone(
        *(
            get("ana", f"/recommendations/{{{event}}}/explanation")
            for event in ("saved", "dismissed", "gig", "past", "cancelled", "last")
        ),
        *(get("ana", f"/recommendations/{{last}}/explanation?ranker={ranker}") for ranker in _RANKERS),
        get("ana", "/recommendations/{saved}/explanation?type=GIG&category=sports"),
        get("chidi", "/recommendations/{last}/explanation"),
        get("ana", "/recommendations/999999/explanation"),
        get("ana", "/recommendations/{saved}/explanation?ranker=best"),
        get("nobody", "/recommendations/{saved}/explanation"),
    ),
    case(
        "too many explanations", get("ana", "/recommendations/{saved}/explanation", times=2), EXPLANATIONS_PER_MINUTE=1
    ),
]

EVENTS: list[Case] = [
    *alone(
        get("ana", "/events?limit=2", pages=2),
        get("ana", "/events?limit=100", pages=99, only_ids=True),
        *(
            get("ana", f"/events?limit=100&{query}", pages=9, only_ids=True)
            for query in (
                "type=GIG",
                "category=music",
                "status=COMPLETED",
                "status=CANCELLED",
                "status=IN_PROGRESS",
                "q=fado",
                "q=night+casa",
                "type=EVENT&category=food&status=OPEN",
                "startsAfter=2026-05-20T00:00:00Z",
                "startsAfter=2026-05-20T02:00:00%2B02:00&type=GIG",
                "ids={saved},{gig},999999",
                "category=music,food&startsBefore=2026-05-20T00:00:00Z",
                "near=38.71,-9.13&radiusKm=1",
                "free=true&attendance=ONLINE,MIXED",
            )
        ),
        get("ana", "/events?q=nothing-has-this-word"),
        get("staff", "/events?limit=1&status=CANCELLED"),
        *(get("ana", f"/events/{{{event}}}") for event in ("saved", "dismissed", "gig", "past", "cancelled", "online")),
        get("chidi", "/events/{saved}"),
        get("ana by session", "/events/{saved}"),
        get("ana", "/events/999999"),
        get("ana", "/events/99999999999999999999"),
        get("nobody", "/events/{saved}"),
        get("nobody", "/events"),
        get("ana", "/events/suggestions?q=ros"),
        get("ana", "/events/suggestions"),
        get("nobody", "/events/suggestions?q=ros"),
        get("ana", "/categories"),
        get("nobody", "/categories"),
        get("ana", "/categories?q=music"),
    ),
    case("a cursor belongs to its filters", get("ana", "/events?limit=2"), get("ana", "{next}&status=OPEN")),
]

# These need the extension pgvector.
MEANING: list[Case] = [
    *alone(
        get("ana", "/events/search?q=live+music+by+the+sea&limit=3"),
        get("ana", "/events/search?q=programming&limit=100&type=GIG", only_ids=True),
        get("ana", "/events/search?q=programming&limit=3&category=tech"),
        get("ana", "/events/search"),
        get("nobody", "/events/search?q=music"),
        get("ana", "/events/{saved}/similar?limit=3"),
        get("ana", "/events/{saved}/similar?limit=100&type=GIG", only_ids=True),
        get("ana", "/events/{saved}/similar?limit=3&category=arts"),
        get("ana", "/events/999999/similar"),
        get("nobody", "/events/{saved}/similar"),
    ),
    case("search by words, for want of vectors", get("ana", "/events/search?q=fado&limit=2"), EMBEDDER=""),
    case("similar events, for want of vectors", get("ana", "/events/{saved}/similar"), EMBEDDER=""),
]

OWN: list[Case] = [
    *alone(
        get("ana", "/interactions?limit=5", pages=2),
        get("ana", "/interactions?limit=100"),
        *(get("ana", f"/interactions?action={action}") for action in ("VIEW", "SAVE", "CLICK", "APPLY", "DISMISS")),
        get("staff", "/interactions"),
        *(get("ana", f"/users/me/saved{query}") for query in ("", "?when=past", "?when=upcoming&limit=2")),
        get("nobody", "/users/me/saved"),
        get("nobody", "/saved.ics?token={calendar_token}"),
        get("nobody", "/saved.ics"),
        get("nobody", "/interactions"),
        get("ana", "/users/me"),
        get("chidi", "/users/me"),
        get("plain", "/users/me"),
        get("ana by session", "/users/me"),
        get("nobody", "/users/me"),
        get("ana", "/users/me?id=1"),
        get("nobody", "/users/me", headers={"Authorization": "Bearer " + "0" * 64}),
        get("nobody", "/users/me", headers={"Authorization": "Basic YW5hOmRlbW8="}),
        get("ana", "/users/me/export"),
        get("nobody", "/users/me/export"),
        get("ana", "/users/me/calendar"),
        get("chidi", "/users/me/calendar"),
        get("nobody", "/users/me/calendar"),
    ),
    case("too many exports", get("chidi", "/users/me/export", times=7)),
    case("a cursor of interactions belongs to its user", get("ana", "/interactions?limit=2"), get("chidi", "{next}")),
]

DOCUMENTS: list[Case] = [
    *alone(
        get("nobody", "/schema"),
        get("nobody", "/docs"),
        get("nobody", "/healthz"),
        *(ask("nobody", path) for path in ("/problems", "/favicon.ico", "/robots.txt") for ask in (get, post)),
        get("nobody", "/events/"),
        get("nobody", "/readyz"),
        post("nobody", "/healthz"),
        post("nobody", "/readyz"),
        get("nobody", "/metrics"),
        post("nobody", "/metrics"),
        get("ana", "/metrics"),
    ),
    case(
        "metrics, by their token",
        get("nobody", "/metrics", headers={"Authorization": "Bearer of-the-scraper"}),
        METRICS_TOKEN="of-the-scraper",
    ),
    *alone(
        *(
            ask("ana", path)
            for path in (
                "/recommendations", "/recommendations/popular", "/recommendations/{saved}/explanation", "/categories",
                "/events/{saved}/similar", "/users/me/export", "/schema", "/healthz",
            )
            for ask in (delete,)
        )
    ),
]  # fmt: skip

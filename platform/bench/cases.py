"""The pages that are timed: ordinary ones, the worst that are known, and the worlds that make them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from bench.world import DISMISSER, RAREST
from events.categories import Category
from events.models import Event
from recommendations.feed.pagination import Position, page_for
from recommendations.feed.ranking import DEFINED, HEURISTIC_ORDER, RANKERS, Feed, candidates_for, ranked, values_of
from recommendations.feed.viewer import Filters, Viewer, viewer_of
from users.models import User

LIMIT = 20
ORDINARY_USERS = 20
_ALL = tuple(category.value for category in Category)
# With the rarest: what lies at the end of the vocabulary.
_RARE = (RAREST, "science")
_SOME = ("music", "food", "gaming")
_ANY = Filters()


@dataclass(frozen=True)
class Asked:
    """A page that somebody asks for."""

    viewer: Viewer
    ranker: str
    filters: Filters = _ANY
    after: Position | None = None

    @property
    def feed(self) -> Feed:
        """The feed that it is a page of."""
        return Feed(self.viewer, RANKERS[self.ranker], self.filters)

    def read(self, limit: int = LIMIT) -> list[Event]:
        """Read it as the endpoint does."""
        return list(page_for(self.feed, limit=limit, after=self.after).events)


@dataclass(frozen=True)
class Case:
    """Pages of one kind, read in turn; a bad one is allowed more, and one that is only told has no bar."""

    name: str
    pages: tuple[Asked, ...]
    kind: str = "bad"


def ordinary() -> tuple[Case, ...]:
    """Return the pages that most people read: their own interests, 2 to 4 of them, no filter."""
    now = timezone.now()
    chosen = User.objects.filter(interests__len__in=(2, 3, 4)).order_by("pk")[:ORDINARY_USERS]
    viewers = [viewer_of(user, now) for user in chosen]
    return tuple(
        Case(ranker.name, tuple(Asked(viewer, ranker.name) for viewer in viewers), "ordinary") for ranker in DEFINED
    )


def bad() -> tuple[Case, ...]:
    """Return the worst pages that are known in the world as it is built."""
    now = timezone.now()
    user, dismisser = User.objects.get(pk=1), User.objects.get(username=DISMISSER)
    some, none, everything = (Viewer(user, now, interests) for interests in (_SOME, (), _ALL))
    rarest, rare = Viewer(user, now, (RAREST,)), Viewer(user, now, _RARE)
    return tuple(
        Case(name, (page,))
        for name, page in (
            ("rarest category alone as interest", Asked(rarest, "heuristic")),
            ("the two rarest as interests", Asked(rare, "heuristic")),
            ("rarest category as filter", Asked(some, "heuristic", Filters(category=(RAREST,)))),
            ("rarest category as filter, upcoming", Asked(some, "upcoming", Filters(category=(RAREST,)))),
            ("rarest category and GIG as filters", Asked(some, "heuristic", Filters("GIG", (RAREST,)))),
            ("commonest category as filter", Asked(some, "heuristic", Filters(category=("music",)))),
            ("GIG as filter", Asked(some, "heuristic", Filters(type="GIG"))),
            ("GIG as filter, upcoming", Asked(some, "upcoming", Filters(type="GIG"))),
            ("all sixteen interests", Asked(everything, "heuristic")),
            ("no interests", Asked(none, "heuristic")),
            ("null categories: after all sixteen interests", _near_the_end(everything, back=0)),
            ("across the end of the interests", _near_the_end(rarest, back=LIMIT // 2)),
            ("across the end of the two rarest", _near_the_end(rare, back=LIMIT // 2)),
            ("page 50", _later(some, "heuristic", page=50)),
            ("page 50, popular", _later(some, "popular", page=50)),
            ("page 50, upcoming", _later(some, "upcoming", page=50)),
            ("5,000 dismissals at the top", Asked(Viewer(dismisser, now, ()), "heuristic")),
            ("5,000 dismissals, three interests", Asked(Viewer(dismisser, now, _SOME), "heuristic")),
            ("5,000 dismissals, popular", Asked(Viewer(dismisser, now, ()), "popular")),
        )
    )


def past(kind: str, suffix: str) -> Callable[[], tuple[Case, ...]]:
    """Return the making of the pages that may have past events before them."""

    def made() -> tuple[Case, ...]:
        now, user = timezone.now(), User.objects.get(pk=1)
        return tuple(
            Case(f"{suffix}, {name}", (page,), kind)
            for name, page in (
                ("three interests", Asked(Viewer(user, now, _SOME), "heuristic")),
                ("rarest as interest", Asked(Viewer(user, now, (RAREST,)), "heuristic")),
                ("popular", Asked(Viewer(user, now, ()), "popular")),
                ("upcoming", Asked(Viewer(user, now, ()), "upcoming")),
            )
        )

    return made


def without_null() -> tuple[Case, ...]:
    """Return the page of somebody interested in everything who has seen it all: nothing is left in the last tier."""
    everything = Viewer(User.objects.get(pk=1), timezone.now(), _ALL)
    return (Case("after all sixteen interests, nothing left", (_near_the_end(everything, back=0),)),)


# A world's name for what is done to a copy of it (sql/<name>.sql, with the number of events and now), and its pages.
CHANGES: tuple[tuple[str, Callable[[], tuple[Case, ...]]], ...] = (
    ("past_completed", past("bad", "as many past events on top")),
    ("past_a_month", past("told", "the same, not completed for a month")),
    ("without_null", without_null),
)


def _later(viewer: Viewer, ranker: str, *, page: int) -> Asked:
    before = page_for(Feed(viewer, RANKERS[ranker]), limit=LIMIT * (page - 1))
    return Asked(viewer, ranker, _ANY, before.end)


def _near_the_end(viewer: Viewer, *, back: int) -> Asked:
    """Return the page that begins `back` rows before the end of what is in the interests."""
    first = page_for(Feed(viewer, RANKERS["heuristic"]), limit=1)
    if first.end is None:
        raise ValueError("A world of one event has no second page.")
    interesting = candidates_for(viewer, _ANY).filter(category__in=viewer.interests)
    last = list(ranked(interesting, viewer).reverse()[: back + 1])[-1]
    return Asked(viewer, "heuristic", _ANY, Position(0, values_of(last, HEURISTIC_ORDER), first.end.snapshot))

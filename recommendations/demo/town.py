"""Wrenmouth, the invented town of the demo data: its venues, organisers and neighbourhoods, and its seeded chance."""

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Place:
    """Somewhere with a name; `weight` says of a neighbourhood how many people out of ten live there."""

    name: str
    latitude: float | None
    longitude: float | None
    weight: int = 0
    address: str = ""


@dataclass(frozen=True)
class Town:
    """What the town has; venues and organisers by the keys that the programme uses."""

    venues: dict[str, Place]
    organisers: dict[str, str]
    neighbourhoods: tuple[Place, ...]
    time_zone: str
    currency: str


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a data file."""
    with path.open("rb") as file:
        return tomllib.load(file)


def wrenmouth() -> Town:
    """Return the town; beside its venues there is "online", which is nowhere."""
    data = read_toml(DATA / "town.toml")
    return Town(
        venues={"online": Place("Online", None, None)}
        | {
            key: Place(name, latitude, longitude, address=f"{street}, Wrenmouth")
            for key, (name, latitude, longitude, street) in data["venues"].items()
        },
        organisers=data["organisers"],
        neighbourhoods=tuple(Place(name, *rest) for name, rest in data["neighbourhoods"].items()),
        time_zone=data["time_zone"],
        currency=data["currency"],
    )


def chance(purpose: str) -> random.Random:
    """Return a generator of its own for each purpose, so that a change to one part leaves the others as they were."""
    return random.Random(f"marquee demo: {purpose}")  # noqa: S311 - nothing here is secret, and it must repeat

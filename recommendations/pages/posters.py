"""Drawn posters: a picture for each event, made from its title and category."""

from dataclasses import dataclass
from hashlib import blake2s
from math import cos, pi, sin

from events.models import Event

# The side of the square that everything is drawn in.
SIDE = 80


@dataclass(frozen=True)
class Poster:
    """A picture: the SVG path of its strokes, and of its filled shapes."""

    strokes: str
    shapes: str


def poster_of(event: Event) -> Poster:
    """Return an event's poster, always the same for the same title and category.

    The category decides what is drawn, the title how. Colours are the style sheet's.
    """
    family = blake2s(str(event.category).encode(), digest_size=1).digest()[0] % len(_FAMILIES)
    return _FAMILIES[family](blake2s(event.title.encode(), digest_size=8).digest())


def _circle(x: float, y: float, radius: float) -> str:
    half = f"a{radius:.0f} {radius:.0f} 0 1 0"
    return f"M{x - radius:.0f} {y:.0f}{half} {2 * radius:.0f} 0{half} {-2 * radius:.0f} 0"


def _rings(seed: bytes) -> Poster:
    x, y, step = seed[0] % 3 * 40, seed[1] % 3 * 40, 11 + seed[2] % 6
    return Poster("".join(_circle(x, y, step * ring) for ring in range(2, 9)), _circle(x, y, step))


def _bars(seed: bytes) -> Poster:
    heights = [14 + byte % 56 for byte in seed]
    bars = "".join(f"M{5 + 10 * place} {SIDE}V{SIDE - height}" for place, height in enumerate(heights))
    return Poster(bars, _circle(15 + seed[0] % 50, 15 + seed[1] % 10, 6 + seed[2] % 5))


def _waves(seed: bytes) -> Poster:
    depth, length = 5 + seed[0] % 9, 20 + seed[1] % 3 * 10
    wave = f"q{length / 2:g} -{depth} {length} 0" + f"t{length} 0" * 5
    lines = "".join(f"M-{seed[2] % length} {y}{wave}" for y in range(24, 92, 12))
    return Poster(lines, _circle(14 + seed[3] % 52, 14, 7 + seed[4] % 4))


def _rays(seed: bytes) -> Poster:
    x, y, number = 20 + seed[0] % 41, 20 + seed[1] % 41, 9 + seed[2] % 8
    ways = [(cos(2 * pi * ray / number), sin(2 * pi * ray / number)) for ray in range(number)]
    rays = "".join(f"M{x + 17 * a:.0f} {y + 17 * b:.0f}L{x + 90 * a:.0f} {y + 90 * b:.0f}" for a, b in ways)
    return Poster(rays, _circle(x, y, 10))


def _tiles(seed: bytes) -> Poster:
    arcs, dots = "", ""
    for place in range(16):
        x, y = place % 4 * 20, place // 4 * 20
        kind = seed[place // 2] >> (4 * (place % 2)) & 3
        if kind == 3:
            dots += _circle(x + 10, y + 10, 5)
        else:
            arcs += (f"M{x} {y + 20}a20 20 0 0 1 20 -20", f"M{x} {y}a20 20 0 0 0 20 20", f"M{x} {y}l20 20")[kind]
    return Poster(arcs, dots)


def _hills(seed: bytes) -> Poster:
    tops = [18 + byte % 40 for byte in seed[:5]]
    ridges = [[f"{20 * place} {top + down}" for place, top in enumerate(tops)] for down in range(0, 50, 10)]
    return Poster("".join("M" + "L".join(ridge) for ridge in ridges), _circle(12 + seed[5] % 56, 12, 7))


_FAMILIES = (_rings, _bars, _waves, _rays, _tiles, _hills)

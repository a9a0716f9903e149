"""The seeded randomness of the demo data."""

import random


def chance(purpose: str) -> random.Random:
    """Return a generator of its own for each purpose, so that a change to one part leaves the others as they were."""
    return random.Random(f"marquee demo: {purpose}")  # noqa: S311 - nothing here is secret, and it must repeat

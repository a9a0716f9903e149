"""This file holds the activation of a run by hand."""

import hashlib
from datetime import datetime

from recommendations.models import Run, Trait


class CannotServe(Exception):
    """A run that nothing could be ranked by; says why, and what to do."""


def activate(run: Run, at: datetime) -> None:
    """Let a run serve from a moment on. CannotServe, and all stays as it is, if its model or its traits are not whole.

    A run whose traits were forgotten would rank, but as if nothing were known of anybody's taste.
    """
    if hashlib.sha256(run.model.encode()).hexdigest() != run.model_sha256:
        raise CannotServe(f"{run} cannot serve: its model is not what was written. Train again: manage.py train.")
    if not Trait.objects.filter(run=run).exists():
        raise CannotServe(f"{run} cannot serve: what it had learnt is no longer kept. Train again: manage.py train.")
    Run.objects.activate(run, at)

"""Tests of scratch databases: apart from the one in use, and dropped however their use ends."""

import os
import signal

import pytest
from django.core.cache import cache
from django.db import connection

from events.models import Event
from events.tests.factories import EventFactory
from recommendations.evaluation.scratch import PREFIX, NoScratch, scratch_copy, scratch_template
from recommendations.hybrid.serve import model_of
from recommendations.models import TrainingRun

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WHEN = "2026-01-01T00:00Z"


def databases():
    """Return those of this process: others test at the same time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1", [f"{PREFIX}{os.getpid()}_"]
        )
        return [row[0] for row in cursor.fetchall()]


def test_copy_is_empty_and_apart_and_dropped(template):
    EventFactory(title="Outside")
    before = databases()

    with scratch_copy(template):
        inside = list(Event.objects.values_list("title", flat=True))
        EventFactory(title="Inside")
        during = databases()

    assert inside == []
    assert list(Event.objects.values_list("title", flat=True)) == ["Outside"]
    assert databases() == before
    assert len(during) == len(before) + 1


def test_copies_of_one_template_are_apart(template):
    with scratch_copy(template):
        EventFactory(title="First")
    with scratch_copy(template):
        assert list(Event.objects.all()) == []


@pytest.mark.parametrize("way", ["error", "interruption", "termination"])
def test_nothing_is_left_however_it_ends(template, way):
    before, name, handler = databases(), connection.settings_dict["NAME"], signal.getsignal(signal.SIGTERM)

    with pytest.raises({"error": ValueError, "interruption": KeyboardInterrupt, "termination": SystemExit}[way]):
        with scratch_template() as own, scratch_copy(own):
            assert len(databases()) == len(before) + 2
            if way == "termination":
                os.kill(os.getpid(), signal.SIGTERM)
            raise ValueError if way == "error" else KeyboardInterrupt

    assert (databases(), connection.settings_dict["NAME"]) == (before, name)
    assert signal.getsignal(signal.SIGTERM) is handler


def test_error_in_the_database_itself_leaves_nothing(template):
    before = databases()

    with pytest.raises(Exception, match="does not exist"), scratch_copy(template), connection.cursor() as cursor:
        cursor.execute('SELECT * FROM "no such table"')

    assert databases() == before


def test_what_goes_by_ids_is_not_carried_over(template, each_cache):
    """Ids begin anew in each: a model or a listing of the one is none of the other."""
    seen = []
    for seed in (1, 2):
        with scratch_copy(template):
            run = TrainingRun.objects.create(
                cutoff=WHEN, began_at=WHEN, seed=seed, parameters={}, metrics={}, model="m"
            )
            cached = cache.get("listing")
            cache.set("listing", seed)
            seen.append((run.pk, cached, cache.get("listing"), model_of.cache_info().currsize))

    assert seen == [(1, None, 1, 0), (1, None, 2, 0)]
    assert cache.get("listing") is None


def test_user_who_may_not_make_databases_gets_a_hint(template):
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE reader LOGIN")
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    connection.settings_dict["OPTIONS"] = options | {"options": f"{options.get('options', '')} -c role=reader"}
    try:
        with pytest.raises(NoScratch, match=r"may not create databases\. Allow it with ALTER ROLE … CREATEDB"):
            with scratch_template():
                pass
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = options
        with connection.cursor() as cursor:
            cursor.execute("DROP ROLE reader")

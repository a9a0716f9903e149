"""The story of the README: on a fresh demo the hybrid is trained, evaluated and shown."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command

from interactions.models import Interaction
from recommendations.models import TrainingRun
from users.models import User

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# A fixed moment, so that the figures are the same each time on one machine.
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.DEBUG = True
    settings.TRAINING_THREADS = 1
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


def test_story_has_a_happy_end(capsys):
    def said(*command, **options):
        call_command(*command, **options)
        captured = capsys.readouterr()
        assert not re.search(r"nan|Traceback|[{}]", captured.out + captured.err)
        return captured.out.splitlines()

    said("load_demo")
    said("embed")
    trained = said("train")
    feed = said("show_feed", "ana", ranker="hybrid", limit=10)
    evaluated = said("evaluate", weeks=4)

    run = TrainingRun.objects.active()
    assert re.fullmatch(
        rf"{re.escape(str(run))} is active: it ranks better than the heuristic \(NDCG@10 0\.\d+ against 0\.\d+\)\. "
        r"manage\.py evaluate --weeks 4 says whether to make the hybrid the default\.",
        trained[-1],
    )
    assert [line.split(" ")[1] for line in evaluated if line.startswith("| ")] == [
        "ranker",
        "---",
        "heuristic",
        "hybrid",
    ]
    assert re.fullmatch(
        r"hybrid ranks better than heuristic \(NDCG@10 0\.\d+ against 0\.\d+ of \d+ tasks: the interval of the difference is "
        r"above 0\)\. To make it the default, set DEFAULT_RANKER=hybrid and restart\.",
        evaluated[-1],
    )
    # The reasons fit the person: Ana goes to Casa Lusa, the Ropeworks and the Net Loft.
    assert sum("You chose Casa Lusa" in line for line in feed) >= 1
    fits = re.compile(
        r"You chose (Casa Lusa|The Ropeworks|Net Loft Kitchen) (before|once|twice|\d+ times|\d+ days ago)"
    )
    assert sum(bool(fits.search(line)) for line in feed) >= 8
    ana = User.objects.get(username="ana")
    assert Interaction.objects.of(ana).filter(event__organiser__name="Casa Lusa", action="APPLY").exists()

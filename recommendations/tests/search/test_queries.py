"""What people write, and the event of the demo town that must be among the first three."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from recommendations.demo.loading import load_demo
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from recommendations.search.search import Search, ranking_of, results_of
from recommendations.search.understanding import query_of

# A Thursday at noon: the demo's dates move with the day.
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)

QUERIES = {
    # Words of titles, tags and descriptions.
    "jazz": "The Wren Valley Big Band plays Ellington|Rosa Quintero Trio: Boleros After Dark|Saxophonist wanted",
    "yoga": "Sunrise Yoga on the Slipway",
    "pub quiz": "Tuesday Pub Quiz at The Anchor",
    "chess in the square": "Chess in the Square",
    "poetry": "Poetry and a Pint",
    "board games": "Board Game Thursday",
    "ellington": "The Wren Valley Big Band plays Ellington",
    "sourdough": "Sourdough from Scratch",
    # Beginnings of words.
    "ropework": "Friday Late at the Ropeworks",
    "saxo": "Saxophonist wanted",
    "stargaz": "Stargazing",
    # Accents both ways.
    "pasteis": "Pastéis de Nata Masterclass",
    "pastéis": "Pastéis de Nata Masterclass",
    "faure requiem": "Come and Sing: Fauré's Requiem in a Day",
    "puffin cafe": "Board Game Thursday",
    "repair café": "Repair Café",
    "pokemon": "Pokémon Trading Afternoon",
    "pókemon": "Pokémon Trading Afternoon",
    # Typing errors.
    "somthing with animals": "Bat Detectives|Moth Night at the Marsh|What your dog smells",
    "saxophonst": "Saxophonist wanted",
    "stargasing": "Stargazing",
    "machine lerning": "Machine Learning Without the Mystery",
    "harbor swim": "Harbour Swim",
    "ceilidgh": "Ceilidh",
    "elington": "The Wren Valley Big Band plays Ellington",
    # Organisers and venues.
    "low tide comedy": "Low Tide Comedy",
    "wren valley jazz": "The Wren Valley Big Band plays Ellington|Swing Dance Social|Saxophonist wanted",
    "st brannocs": "Lunchtime Organ",
    "lantern cinema": "Lantern Late Show",
    "casa lusa": "Fado Night at Casa Lusa|Language Table: Portuguese",
    "net loft": "Net Loft Supper Club",
    "sail loft": "Life Drawing at the Sail Loft",
    # Dates.
    "tonight": "Bat Detectives|Board Game Thursday|Bhangra",
    "friday": "Low Tide Comedy|Friday Late at the Ropeworks",
    "comedy friday night": "Low Tide Comedy",
    "sunday walk": "Sunday Walk",
    "music this weekend": "Friday Late at the Ropeworks|Vinyl Sunday",
    "solar sunday": "Solar Sunday",
    "tuesday quiz": "Tuesday Pub Quiz",
    # Meaning, and other languages.
    "swimming": "Harbour Swim|Cold Water Basics",
    "pets": "Dog Owners' Hour|Read to a Dog",
    "wildlife": "Moth Night at the Marsh|Photograph our seals",
    "where can I dance": "Swing Dance Social|Ceilidh|Tea Dance",
    "football": "Walking Football Festival",
    "concierto de jazz": "The Wren Valley Big Band plays Ellington|Saxophonist wanted",
    "Steuererklärung": "Freelance First Year: Tax",
    "料理教室": "Cookery Class",
    "петь в хоре": "Come and Sing|Karaoke for Cowards",
    "animais": "Bat Detectives|Greyhound walkers|Plankton Safari",
}


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """The demo town with vectors, taken back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(NOW)
        with time_machine.travel(NOW, tick=False):
            call_command("embed", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("written", QUERIES)
@pytest.mark.django_db
def test_the_first_three_have_what_is_looked_for(town, written):
    search = Search(query_of(written, NOW, ZoneInfo("UTC")), NO_FILTERS, viewer_of(None, NOW))
    ranking = ranking_of(search)

    results = results_of(search, ranking, ranking.ids[:3])

    titles = [result.event.title for result in results]
    assert any(part in title for title in titles for part in QUERIES[written].split("|")), titles
    assert all(result.reasons for result in results)

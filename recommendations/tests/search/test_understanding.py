"""Tests of what a query says: its filters, and the rest."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events import periods
from recommendations.feed.viewer import NO_FILTERS, Filters
from recommendations.search.understanding import query_of, words_of

LISBON = ZoneInfo("Europe/Lisbon")
# A Thursday.
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27).date()


def understood(text, zone=LISBON):
    query = query_of(text, NOW, zone)
    return query.text, [term.words for term in query.terms]


@pytest.mark.parametrize(
    ("text", "rest", "terms"),
    [
        ("jazz", "jazz", []),
        ("jazz this weekend", "jazz", ["this weekend"]),
        ("Weekend jazz", "jazz", ["Weekend"]),
        ("TONIGHT", "", ["TONIGHT"]),
        ("what's on this evening", "what's on", ["this evening"]),
        ("today", "", ["today"]),
        ("yoga  tomorrow  morning", "yoga morning", ["tomorrow"]),
        ("tuesday quiz", "quiz", ["tuesday"]),
        ("quiz on Tuesday", "quiz", ["on Tuesday"]),
        ("friday night comedy", "comedy", ["friday night"]),
        ("music in the next 7 days", "music", ["in the next 7 days"]),
        ("free tonight", "", ["free", "tonight"]),
        ("yoga for free online", "yoga", ["for free", "online"]),
        ("gluten-free baking", "gluten-free baking", []),
        # Of two periods, the first of this table.
        ("saturday tonight", "saturday", ["tonight"]),
        ("todays tonightly weekender fridays", "todays tonightly weekender fridays", []),
    ],
)
def test_periods_are_read_out_of_the_query(text, rest, terms):
    assert understood(text) == (rest, terms)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("this weekend", periods.this_weekend(NOW, LISBON)),
        ("tonight", periods.tonight(NOW, LISBON)),
        ("today", periods.today(NOW, LISBON)),
        ("tomorrow", periods.tomorrow(NOW, LISBON)),
        ("next seven days", periods.next_days(NOW, LISBON, 7)),
        ("friday", periods.day(FRIDAY, NOW, LISBON)),
        ("friday evening", periods.evening_of(FRIDAY, NOW, LISBON)),
        ("thursday", periods.today(NOW, LISBON)),
    ],
)
def test_a_period_is_that_of_the_zone(text, period):
    assert query_of(text, NOW, LISBON).applied_to(NO_FILTERS) == Filters(
        starts_after=period.after, starts_before=period.before
    )


def test_what_costs_nothing_and_what_is_online_are_filters():
    assert query_of("free", NOW, LISBON).applied_to(NO_FILTERS) == Filters(free=True)
    assert query_of("online", NOW, LISBON).applied_to(NO_FILTERS) == Filters(attendance=("MIXED", "ONLINE"))


def test_of_two_windows_what_both_share_is_left():
    weekend = periods.this_weekend(NOW, LISBON)
    inside, far = weekend.after + timedelta(hours=3), weekend.before + timedelta(days=30)

    asked = Filters(type="GIG", starts_after=inside, starts_before=far)

    assert query_of("this weekend", NOW, LISBON).applied_to(asked) == Filters(
        type="GIG", starts_after=inside, starts_before=weekend.before
    )


def test_a_term_can_be_taken_out_of_what_was_written():
    query = query_of("Jazz  on friday night, please", NOW, LISBON)

    assert [query.without(term) for term in query.terms] == ["Jazz , please"]


def test_words_that_say_nothing_are_left_out_unless_all_do():
    assert words_of("something with animals, and Dogs!") == ("animals", "dogs")
    assert words_of("The Who") == ("who",)
    assert words_of("what is this") == ("what", "is", "this")
    assert words_of("…?") == ()
    assert len(words_of(" ".join(f"w{number}" for number in range(60)))) == 10

"""Tests of diversification: best first, and never a page of one organiser while there are others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommendations.hybrid.diversification import BLOCK, MAX_PER_ORGANISER, ScoredCandidate, diversified


def of(*organisers):
    """Return events with falling scores, of these organisers."""
    return [ScoredCandidate(place, float(-place), organiser) for place, organiser in enumerate(organisers)]


@pytest.mark.parametrize(
    ("organisers", "expected"),
    [
        ([], []),
        # One may have all there is.
        ([1] * 12, [1] * 12),
        # Nine in ten, the tenth waits; the eleventh place is in another ten.
        ([1] * 11 + [2] * 4, [1] * 9 + [2] + [1] * 2 + [2] * 3),
        # What has no organiser is nobody's series.
        ([None] * 12 + [1], [None] * 12 + [1]),
        # Nobody waits behind whom nobody else is: the rest comes in its order.
        ([1] * 12 + [2], [1] * 9 + [2] + [1] * 3),
    ],
)
def test_organiser_waits_who_has_nine_of_ten(organisers, expected):
    assert [each.organiser_id for each in diversified(of(*organisers))] == expected


def test_score_of_who_waited_is_lowered():
    result = diversified([*of(*[1] * 10), ScoredCandidate(10, -20.0, 2)])

    assert [(each.position, each.score) for each in result[8:]] == [(8, -8.0), (10, -20.0), (9, -20.0)]


def test_equal_scores_keep_their_places():
    assert [
        each.position
        for each in diversified([ScoredCandidate(2, 1.0, 1), ScoredCandidate(0, 1.0, 2), ScoredCandidate(1, 1.0, 3)])
    ] == [0, 1, 2]


class TestSeries:
    def test_next_date_gets_the_best_score_and_the_others_come_last(self):
        scored = [
            ScoredCandidate(0, 5.0, 1),
            ScoredCandidate(1, 9.0, 2, "jazz", 300.0),
            ScoredCandidate(2, 7.0, 2, "jazz", 100.0),
            ScoredCandidate(3, 8.0, 2, "jazz", 200.0),
            ScoredCandidate(4, 2.0, None, "chess", 50.0),
        ]

        result = diversified(scored)

        assert [(each.position, each.score) for each in result] == [(2, 9.0), (0, 5.0), (4, 2.0), (1, 2.0), (3, 2.0)]

    def test_of_equal_starts_the_first_position_is_next(self):
        scored = [ScoredCandidate(0, 1.0, 1, "jazz", 100.0), ScoredCandidate(1, 2.0, 1, "jazz", 100.0)]

        assert [each.position for each in diversified(scored)] == [0, 1]

    def test_organiser_waits_among_later_dates_too(self):
        scored = [ScoredCandidate(place, 1.0, 1, "jazz", float(place)) for place in range(12)]
        scored += [ScoredCandidate(12 + place, 1.0, 2, "chess", float(place)) for place in range(2)]

        # The next dates, eight of the first organiser, and the tenth of ten is another's.
        assert [each.organiser_id for each in diversified(scored)] == [1, 2, *[1] * 8, 1, 2, 1, 1]


@pytest.mark.property
@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), st.sampled_from([None, "a", "b"]), st.integers(0, 3))))
def test_series_property(rows):
    scored = [ScoredCandidate(place, score, None, series, start) for place, (score, series, start) in enumerate(rows)]

    result = diversified(scored)

    assert sorted(each.position for each in result) == list(range(len(rows)))
    assert [each.score for each in result] == sorted((each.score for each in result), reverse=True)
    names = {series for _, series, _ in rows if series is not None}
    first = result[: sum(series is None for _, series, _ in rows) + len(names)]
    shown = {each.series: each.position for each in first if each.series is not None}
    assert shown == {
        name: min((start, place) for place, (_, series, start) in enumerate(rows) if series == name)[1]
        for name in names
    }


@pytest.mark.property
@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0, 2.5]), st.sampled_from([None, 1, 1, 1, 2, 3])), max_size=60))
def test_property(rows):
    scored = [ScoredCandidate(place, score, organiser) for place, (score, organiser) in enumerate(rows)]

    result = diversified(scored)

    assert sorted(each.position for each in result) == list(range(len(rows)))
    assert [each.score for each in result] == sorted((each.score for each in result), reverse=True)
    organisers = [each.organiser_id for each in result]
    for place, organiser in enumerate(organisers):
        last = organisers[max(0, place - BLOCK + 1) : place]
        full = {each for each in last if each is not None and last.count(each) >= MAX_PER_ORGANISER}
        # Whoever is full waits, unless everybody who is left is.
        assert organiser not in full or set(organisers[place:]) <= full
        # Of those who need not wait, the best is next.
        free = [each.position for each in result[place:] if each.organiser_id not in full]
        if free:
            assert result[place].position == min(free, key=lambda at: (-scored[at].score, at))

"""Tests of the report: its plots, that it is self-contained, and that names are escaped."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from recommendations.evaluation.replay import Outcome
from recommendations.evaluation.report import ROW, WIDTH, Bar, conclusion_of, plot_of, report_of, table_of
from recommendations.evaluation.scoring import SEGMENTS, Scores
from recommendations.evaluation.tasks import Task, TaskWindow

HOSTILE = '<script>alert("1")</script>&'


@dataclass
class Unused:
    """A source that nobody replays."""

    windows: tuple
    ground_truths = {}

    def known_at(self, window, *, template, say):
        raise AssertionError

    def candidates_in(self, window):
        return 7


def scores_of(ranker, *values, segment="all"):
    made = Scores(ranker)
    made.values[segment] = {("0", str(user)): (value, 0.5, 0.5, 0.5) for user, value in enumerate(values)}
    return made


def report(*scores):
    window = TaskWindow(HOSTILE, datetime(2026, 3, 1, tzinfo=UTC), (Task("1"), Task("2")))
    return report_of(Outcome({}, list(scores), 7), Unused((window,)), seed=1)


def test_bars_and_whiskers_are_as_long_as_what_they_are_of():
    plot = plot_of(
        [scores_of("first", 0.0, 0.5), scores_of("same", 0.5, 1.0), scores_of("other", 0.0, 1.0)], "all", seed=1
    )

    assert plot.bars == (
        Bar("first", 0, WIDTH / 4, "0.250"), Bar("same", ROW, WIDTH * 0.75, "0.750"), Bar("other", 2 * ROW, WIDTH / 2, "0.500"),
    )  # fmt: skip
    assert [(each.low, each.mean, each.high, each.text, each.is_significant) for each in plot.whiskers] == [
        (WIDTH, WIDTH, WIDTH, "+0.500 (+0.500 to +0.500)", True),
        (WIDTH / 2, WIDTH * 0.75, WIDTH, "+0.250 (+0.000 to +0.500)", False),
    ]
    assert (plot.zero, plot.scale, plot.height, plot.tasks) == (WIDTH / 2, "0.500", 3 * ROW, 2)


def test_segment_without_tasks_is_nobodys():
    plot = plot_of([scores_of("first", 0.5), scores_of("other", 0.5)], "new events", seed=1)

    assert (plot.tasks, plot.whiskers, [bar.text for bar in plot.bars]) == (0, (), ["—", "—"])
    assert report(scores_of("first", 0.5)).count("<p>Nobody.</p>") == len(SEGMENTS) - 1


def test_page_is_whole_and_needs_nothing_beside_it():
    page = report(scores_of("first", 0.0, 0.5), scores_of("other", 0.5, 0.5))

    open_tags = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "rect", "line", "circle"):
                open_tags.append(tag)

        def handle_endtag(self, tag):
            if tag not in ("rect", "line", "circle"):
                assert open_tags.pop() == tag

    Reader().feed(page)
    assert open_tags == []
    assert re.findall(r"https?:|src=|href=|url\(|@import|<script", page) == []
    assert page.count('class="bar"') == 2


def test_names_stay_text():
    page = report(scores_of(HOSTILE, 0.5), scores_of("other", 0.25))

    assert "<script" not in page
    # As a row of the table, beside and on its bar, as the first of the comparisons, and as a window.
    assert page.count("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;") == 7


class TestConclusion:
    """The last line of `evaluate`: what to do with the result."""

    @pytest.mark.parametrize(
        ("ours", "weeks", "said"),
        [
            ([0.5, 0.6, 0.7], 4, "hybrid ranks better than heuristic (NDCG@10 0.600 against 0.100 of 3 tasks: the interval "
             "of the difference is above 0). To make it the default, set DEFAULT_RANKER=hybrid and restart."),
            ([0.5, 0.6, 0.7], 3, "hybrid ranks better than heuristic (NDCG@10 0.600 against 0.100 of 3 tasks: the interval "
             "of the difference is above 0). Before you make it the default, evaluate at least 4 weeks."),
            ([0.0, 0.0, 0.0], 4, "hybrid ranks worse than heuristic (NDCG@10 0.000 against 0.100 of 3 tasks). "
             "Keep heuristic."),
            ([0.0, 0.3, 0.0], 4, "hybrid and heuristic may be equally good (NDCG@10 0.100 against 0.100 of 3 tasks: the "
             "interval of the difference contains 0). Keep heuristic, and evaluate again over more weeks."),
            ([], 4, "hybrid can't be compared with heuristic: nobody applied to anything. Take more weeks."),
        ],
        ids=["better", "better in few weeks", "worse", "by chance", "nobody"],
    )  # fmt: skip
    def test_says_what_to_do(self, ours, weeks, said):
        heuristic, hybrid = scores_of("heuristic", *[0.1] * len(ours)), scores_of("hybrid", *ours)
        for each in (heuristic, hybrid):
            each.values["with history"] = each.values["all"]

        assert conclusion_of([heuristic, hybrid], weeks, seed=1) == said

    def test_knows_people_with_and_without_history(self):
        def said(with_history, without_history):
            heuristic, hybrid = scores_of("heuristic", 0.1, 0.1, 0.1), scores_of("hybrid", 0.5, 0.6, 0.7)
            for segment, value in (("with history", with_history), ("without history", without_history)):
                heuristic.values[segment] = scores_of("", 0.1, 0.1).values["all"]
                hybrid.values[segment] = scores_of("", value, value).values["all"]
            return conclusion_of([heuristic, hybrid], 4, seed=1).partition("above 0). ")[2]

        assert said(0.1, 0.1) == (
            "For people with history that is not certain: evaluate more weeks before you make it the default."
        )
        assert said(0.2, 0.0) == (
            "But it ranks worse for people without history: make it the default if few people have none."
        )

    def test_one_ranker_is_compared_with_nothing(self):
        assert conclusion_of([scores_of("hybrid", 0.5)], 4, seed=1) == (
            "Nothing was compared: name two rankers, such as --ranker heuristic --ranker hybrid."
        )


def test_table_without_tasks_has_dashes():
    rows = table_of([scores_of("first"), scores_of("other")], 0, seed=1)

    assert rows[1:] == [["first", *["—"] * 8], ["other", *["—"] * 8]]

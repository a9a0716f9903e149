"""Tests of the report: its plots, that it is self-contained, and that names are escaped."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser

from recommendations.evaluation.replay import Outcome
from recommendations.evaluation.report import ROW, WIDTH, Bar, plot_of, report_of
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

"""The server's time of a page, beside the same rows by index and the forms that sort all candidates."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from django.db import OperationalError, connection
from django.utils import timezone

from bench.cases import CHANGES, LIMIT, Asked, Case, bad, ordinary
from bench.costs import Cost, Statement, cost_of, issued_by
from bench.figures import Figure, Part, Run, at_most
from bench.order import counted_for
from bench.statements import changed, statement
from bench.world import World
from recommendations.checking import defined

REPEATS = 30
WARM_UP = 6
SLOW_REPEATS = 3
# The literal definition of a million events takes half a minute; what takes longer than this is told as longer.
LITERAL_SECONDS = 150
ORDINARY_LIMIT, POPULAR_LIMIT, BAD_LIMIT = 3.0, 3.5, 15.0
GROWTH_LIMIT = 1.5
# Bars that only a million events can be held to.
LITERAL_LIMIT, COUNTED_LIMIT, FULL = 1 / 1_000, 1 / 50, 1_000_000


@dataclass
class _Times:
    """Milliseconds of a case, one for each repeat."""

    case: Case
    page: list[Cost] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)
    prepared_rows: list[float] = field(default_factory=list)

    @property
    def ms(self) -> list[float]:
        return [cost.ms for cost in self.page]


def pages(run: Run) -> Part:
    """Time every page in every world and return the figures, and how they grow from the smallest world."""
    figures: list[Figure] = []
    series: dict[str, dict[int, float]] = defaultdict(dict)
    for world in run.worlds:
        run.server.database_of_django(world.database)
        run.say(f"{world.size}: pages")
        measured = timed((*ordinary(), *bad()))
        for times in measured:
            figures.append(_beside_rows(world, times))
        for times in measured[:3]:
            what = f"{times.case.name}, beside the same read when that is prepared, too"
            figures.append(at_most(world.size, what, times.ms, times.prepared_rows, None))
            figures += _beside_the_slow(run, world, times, series)
        for name, cases in CHANGES:
            run.say(f"{world.size}: pages of a world with {name.replace('_', ' ')}")
            with run.server.copied(world.database) as copy:
                with run.server.connect(copy) as connected:
                    # The month's world is the past one, changed once more.
                    for step in ("past_completed", name) if name == "past_a_month" else (name,):
                        changed(connected, step, {"events": world.events, "now": timezone.now()})
                more = timed(cases())
            figures += [_beside_rows(world, times) for times in more]
            measured += more
        for times in measured:
            series[times.case.name][world.events] = median(times.ms)
    figures += _growth(run, series, {times.case.name: times.case.kind for times in measured})
    how = (
        f"Planning plus execution of the prepared statement in the server (EXPLAIN ANALYZE), for a page of {LIMIT}; "
        f"median and 95th percentile of {REPEATS} repeats, taken in turns with the reference: a hand-written read of "
        "the same rows by their ids, with the same columns, planned each time, as a query that is sent once is."
    )
    return Part("The server's time of a page", how, tuple(figures), dict(series))


def timed(cases: tuple[Case, ...]) -> list[_Times]:
    """Time the cases in turns, so that whatever else the machine does falls on all of them."""
    everything = [_Times(case) for case in cases]
    statements = {id(times): [_prepared(page) for page in times.case.pages] for times in everything}
    for number in range(WARM_UP + REPEATS):
        for times in everything:
            ready = statements[id(times)]
            page, rows = ready[number % len(ready)]
            cost, reference, prepared = cost_of(page), cost_of([rows], prepared=False), cost_of([rows])
            # At first pages come from disk, and PostgreSQL plans each prepared statement anew five times.
            if number >= WARM_UP:
                times.page.append(cost)
                times.rows.append(reference.ms)
                times.prepared_rows.append(prepared.ms)
    return everything


def _prepared(asked: Asked) -> tuple[tuple[Statement, ...], Statement]:
    # A page reads one row more than it shows.
    ids = [event.pk for event in asked.read(LIMIT + 1)]
    return issued_by(asked.read), Statement(statement("rows_by_index"), {"events": ids})


def _beside_rows(world: World, times: _Times) -> Figure:
    limit = {"ordinary": ORDINARY_LIMIT, "bad": BAD_LIMIT}.get(times.case.kind)
    if times.case.name == "popular":
        limit = POPULAR_LIMIT
    buffers = round(median(cost.buffers for cost in times.page))
    planning = median(cost.planning_ms for cost in times.page)
    name = f"{times.case.name} ({buffers:,} buffers, {planning:.2f} ms of it planning)"
    return at_most(world.size, name, times.ms, times.rows, limit)


def _beside_the_slow(run: Run, world: World, times: _Times, series: dict[str, dict[int, float]]) -> Iterator[Figure]:
    asked = times.case.pages[0]
    for name, rows, limit, repeats in (
        ("count and one sort", counted_for(asked.feed), COUNTED_LIMIT, SLOW_REPEATS),
        ("literal definition", defined(asked.feed), LITERAL_LIMIT, 1 if world.events == FULL else SLOW_REPEATS),
    ):
        run.say(f"{world.size}: {asked.ranker}, {name}")
        slow = Statement(*rows[:LIMIT].query.sql_with_params())
        taken = _slowly(slow, repeats)
        series[f"{asked.ranker}, {name}"][world.events] = median(taken)
        # By start alone an index serves the other forms as well: nothing is sorted there, and nothing counted.
        held = world.events == FULL and asked.ranker != "upcoming"
        yield at_most(world.size, f"{asked.ranker}, beside {name}", times.ms, taken, limit if held else None)


def _slowly(slow: Statement, repeats: int) -> list[float]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{LITERAL_SECONDS}s'")
    try:
        return [cost_of([slow], prepared=False).ms for _ in range(repeats)]
    except OperationalError:
        return [LITERAL_SECONDS * 1_000.0]
    finally:
        connection.close()


def _growth(run: Run, series: dict[str, dict[int, float]], kinds: dict[str, str]) -> Iterator[Figure]:
    small, large = run.worlds[0], run.worlds[-1]
    if small == large:
        return
    for name, kind in kinds.items():
        before, after = series[name][small.events], series[name][large.events]
        limit = None if kind == "told" else GROWTH_LIMIT
        yield at_most(f"{small.size} to {large.size}", f"growth: {name}", [after], [before], limit)

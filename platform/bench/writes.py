"""What the kept counts cost those who write, and what becomes of counts when many write at once."""

from statistics import median

from django.db import connection

from bench.crowd import Job, worked
from bench.figures import Figure, Part, Run, times
from bench.statements import statement
from bench.world import World
from interactions.recount import miscounts

PAIRS = 7
CLIENTS = 8
SINGLE_SECONDS = 3.0
BULK_SECONDS = 4.0
MIXED_SECONDS = 30.0
SINGLE_LIMIT, BULK_LIMIT = 0.40, 0.20


def writes(run: Run) -> Part:
    """Measure inserts with and without the triggers in turns, and a crowd that inserts and deletes."""
    world = run.largest
    with run.server.copied(world.database) as copy:
        url = run.server.url(copy)
        run.say(f"{world.size}: bulk inserts and deletes by {CLIENTS} clients")
        mixed = _mixed(world, url)
        run.say(f"{world.size}: single inserts, {PAIRS} pairs")
        single = [Job(url, "single", world.events, world.users, SINGLE_SECONDS)] * CLIENTS
        singles = paired(world, f"single inserts, {CLIENTS} clients, by Zipf's law", single, 1, SINGLE_LIMIT)
        run.say(f"{world.size}: bulk inserts, {PAIRS} pairs")
        bulk = [Job(url, "bulk", world.events, world.users, BULK_SECONDS)]
        bulks = paired(world, "rows by bulk inserts of 10,000, one client", bulk, 10_000, BULK_LIMIT)
    how = (
        f"The reference is the same without the triggers, foreign keys as ever; the ratio is the median of {PAIRS} "
        f"interleaved pairs. The crowd inserts 1,000 rows by Zipf's law or deletes all that some users did, in one "
        f"statement each, for {MIXED_SECONDS:.0f} s; afterwards every event is counted."
    )
    return Part("Writes", how, (singles, bulks, *mixed))


def paired(world: World, what: str, jobs: list[Job], rows: int, limit: float) -> Figure:
    """Return the rate with triggers beside that without, in rows a second."""
    kept, free = [], []
    for _ in range(PAIRS):
        kept.append(_rate(jobs, rows))
        counting(on=False)
        try:
            free.append(_rate(jobs, rows))
        finally:
            counting(on=True)
    return at_least(world.size, what, kept, free, limit)


def at_least(size: str, what: str, kept: list[float], free: list[float], limit: float) -> Figure:
    """Return the figure of rates that should be at least `limit` times their references, pair by pair."""
    ratio = median(with_them / without for with_them, without in zip(kept, free, strict=True))
    rate, reference = f"{median(kept):,.0f}/s", f"{median(free):,.0f}/s"
    return Figure(size, what, rate, "", reference, times(ratio), f"≥ {times(limit)}", ratio >= limit)


def counting(*, on: bool) -> None:
    """Turn the triggers that count on or off."""
    with connection.cursor() as cursor:
        cursor.execute(statement("triggers_on" if on else "triggers_off"))


def _rate(jobs: list[Job], rows: int) -> float:
    return sum(outcome.done * rows / outcome.seconds for outcome in worked(jobs))


def _mixed(world: World, url: str) -> tuple[Figure, ...]:
    outcomes = worked([Job(url, "mixed", world.events, world.users, MIXED_SECONDS)] * CLIENTS)
    done = sum(outcome.done for outcome in outcomes)
    deadlocks = sum(outcome.deadlocks for outcome in outcomes)
    errors = sum(outcome.errors for outcome in outcomes)
    wrong = len(miscounts())
    return (
        Figure(world.size, "mixed: statements", f"{done:,}"),
        Figure(world.size, "mixed: lost to deadlocks", f"{deadlocks}", bar="0", met=deadlocks == 0),
        Figure(world.size, "mixed: other errors", f"{errors}", bar="0", met=errors == 0),
        Figure(world.size, "mixed: events with a wrong count", f"{wrong}", bar="0", met=wrong == 0),
    )

"""The server's time of a page while people write: quiet, after a minute, and under an old snapshot."""

import time
from statistics import median

from bench.cases import Case, ordinary
from bench.costs import cost_of, issued_by
from bench.crowd import Job, Outcome, working
from bench.figures import Figure, Part, Run, at_most
from bench.world import World

PER_SECOND = 500
SECONDS = 60.0
MEASURED_SECONDS = 15.0
QUIET_ROUNDS = 10
WRITERS = 4
FRESH_LIMIT, OLD_LIMIT = 2.0, 8.0


def busy(run: Run) -> Part:
    """Time the ordinary pages of the largest world quiet and under writes, without and with an old snapshot."""
    world = run.largest
    figures: list[Figure] = []
    quiet: dict[str, list[float]] = {}
    for what, limit, old in (
        ("without an old snapshot", FRESH_LIMIT, False),
        ("with a snapshot as old", OLD_LIMIT, True),
    ):
        run.say(f"{world.size}: {PER_SECOND} interactions a second, {what}")
        with run.server.copied(world.database) as copy:
            cases = ordinary()
            quiet = _times(cases, rounds=QUIET_ROUNDS)
            after, outcomes, stood = _written(run, world, copy, cases, old=old)
        # Before and after, for the machine is not as fast at one time as at another.
        for name, more in _times(cases, rounds=QUIET_ROUNDS).items():
            quiet[name] += more
        rate = sum(outcome.done for outcome in outcomes) / stood
        for name, taken in after.items():
            figures.append(at_most(world.size, f"{name}, after {SECONDS:.0f} s {what}", taken, quiet[name], limit))
        # A crowd that fell behind would make the pages look better than they are.
        kept_up = rate >= 0.9 * PER_SECOND
        bar = f"≥ {0.9 * PER_SECOND:.0f}/s"
        figures.append(
            Figure(world.size, f"interactions, {what}", f"{rate:.0f}/s", "", f"{PER_SECOND}/s", "", bar, kept_up)
        )
    how = (
        f"{WRITERS} clients insert {PER_SECOND} interactions a second by Zipf's law, each committed on its own. The "
        f"reference is the quiet database, before and afterwards. Measured for {MEASURED_SECONDS:.0f} s from second "
        f"{SECONDS:.0f} on, while they still write; the snapshot is a REPEATABLE READ transaction held open from the "
        "start."
    )
    return Part("The server's time of a page while people write", how, tuple(figures))


def _written(
    run: Run, world: World, copy: str, cases: tuple[Case, ...], *, old: bool
) -> tuple[dict[str, list[float]], list[Outcome], float]:
    stood = SECONDS + MEASURED_SECONDS
    job = Job(run.server.url(copy), "single", world.events, world.users, stood, PER_SECOND / WRITERS)
    with run.server.connect(copy) as reader:
        if old:
            reader.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            reader.execute("SELECT FROM interactions_tally LIMIT 1")
        with working([job] * WRITERS) as outcomes:
            began = time.monotonic()
            # Pages are read all the while: readers are who clears dead entries out of an index.
            while time.monotonic() < began + SECONDS:
                _times(cases, rounds=1)
                time.sleep(0.5)
            taken = _times(cases, rounds=1)
            while time.monotonic() < began + stood:
                for name, more in _times(cases, rounds=1).items():
                    taken[name] += more
    return taken, outcomes, stood


def _times(cases: tuple[Case, ...], *, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each case; the statements of a page are asked for anew each time, as readers do."""
    taken: dict[str, list[float]] = {case.name: [] for case in cases}
    for _ in range(rounds):
        for case in cases:
            taken[case.name].append(median(cost_of(issued_by(page.read)).ms for page in case.pages[:5]))
    return taken

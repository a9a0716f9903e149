"""What the kept counts cost those who write, and what becomes of counts when many write at once."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from statistics import median

from django.db import connection
from knox.models import AuthToken

from bench.client import Target, asked, post
from bench.crowd import Job, worked, zipf
from bench.figures import Figure, Part, Run, times
from bench.serving import serving
from bench.statements import statement
from bench.world import World
from interactions.recount import miscounts
from users.models import User

PAIRS = 7
CLIENTS = 8
SINGLE_SECONDS = 3.0
BULK_SECONDS = 4.0
MIXED_SECONDS = 30.0
SINGLE_LIMIT, BULK_LIMIT, POST_LIMIT = 0.40, 0.20, 0.85
# Views of one event by one person within half an hour are one, so many people write: the first event gets 5 % of them.
POSTS, WRITERS = 2_000, 5_000


def writes(run: Run) -> Part:
    """Measure inserts with and without the triggers in turns, and a crowd that inserts and deletes."""
    world = run.largest
    with run.server.copied(world.database) as copy:
        url = run.server.url(copy)
        run.say(f"{world.size}: bulk inserts and deletes by {CLIENTS} clients")
        mixed = _mixed(world, url)
        run.say(f"{world.size}: single inserts, {PAIRS} pairs")
        single = [Job(url, "single", world.events, world.users, SINGLE_SECONDS)] * CLIENTS
        what = f"single inserts, {CLIENTS} clients, by Zipf's law"
        singles = _paired(world, what, partial(_rate, single, 1), SINGLE_LIMIT)
        run.say(f"{world.size}: bulk inserts, {PAIRS} pairs")
        bulk = [Job(url, "bulk", world.events, world.users, BULK_SECONDS)]
        what = "rows by bulk inserts of 10,000, one client"
        bulks = _paired(world, what, partial(_rate, bulk, 10_000), BULK_LIMIT)
        run.say(f"{world.size}: POST /interactions, {PAIRS} pairs")
        posts = _posts(world)
    how = (
        f"The reference is the same without the triggers, foreign keys as ever; the ratio is the median of {PAIRS} "
        f"interleaved pairs. The crowd inserts 1,000 rows by Zipf's law or deletes all that some users did, in one "
        f"statement each, for {MIXED_SECONDS:.0f} s; afterwards every event is counted."
    )
    return Part("Writes", how, (singles, bulks, posts, *mixed))


def _paired(world: World, what: str, rate: Callable[[], float], limit: float) -> Figure:
    """Return the rate with triggers beside that without, measured in turns; the bar is a ratio of at least `limit`."""
    kept, free = [], []
    for _ in range(PAIRS):
        kept.append(rate())
        _count(on=False)
        try:
            free.append(rate())
        finally:
            _count(on=True)
    ratio = median(with_them / without for with_them, without in zip(kept, free, strict=True))
    per_second, reference = f"{median(kept):,.0f}/s", f"{median(free):,.0f}/s"
    return Figure(world.size, what, per_second, "", reference, times(ratio), f"≥ {times(limit)}", ratio >= limit)


def _count(*, on: bool) -> None:
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


def _posts(world: World) -> Figure:
    """Return the rate of POST /interactions with triggers beside that without."""
    requests = _distinct_writes(world)
    with serving() as port:

        def rate() -> float:
            target = Target(port, tuple(islice(requests, POSTS)), status=201)
            return asked(target, connections=CLIENTS, number=POSTS).per_second

        return _paired(world, "POST /interactions", rate, POST_LIMIT)


def _distinct_writes(world: World) -> Iterator[bytes]:
    """Yield requests that each make a row: views of events by Zipf's law, none twice by the same new user."""
    chance = random.Random(1)  # noqa: S311 -- nothing is secret here
    writers = (User(username=f"bench-writer-{number}") for number in range(WRITERS))
    # A statement has at most 65,535 parameters.
    users = User.objects.bulk_create(writers, batch_size=1_000)
    tokens = [AuthToken.objects.create(user)[1] for user in users]
    connection.close()
    seen = set()
    while True:
        pair = chance.randrange(WRITERS), zipf(chance, world.events)
        if pair not in seen:
            seen.add(pair)
            yield post("/interactions", tokens[pair[0]], f'{{"eventId": {pair[1]}, "action": "VIEW"}}')

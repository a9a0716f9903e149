"""The product on a primary and a standby that is 300 ms late, by streaming replication: what is read where."""

import http.client
import json
import time
from contextlib import contextmanager

import psycopg
import pytest

from chaos.product import Product, checked, environment, run
from chaos.replication import primary_and_standby
from config.http.standby import HEADER

LAG_MS = 300
SAVES = "/interactions?action=SAVE&limit=1"


class Site:
    """The product with its two databases, and who asks."""

    def __init__(self, primary, standby, product, tokens, events):
        self.primary, self.standby, self.product = primary, standby, product
        self.tokens, self.events = tokens, events

    def ask(self, method, path, *, token=0, body=None, position=None):
        """Return the status, the document and the position of an answer."""
        headers = {"Authorization": f"Bearer {self.tokens[token]}"} | ({HEADER: position} if position else {})
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.product.port, timeout=30)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None, answer.headers[HEADER]
        finally:
            connection.close()

    def get(self, path, **others):
        status, document, _ = self.ask("GET", path, **others)
        assert status == 200, document
        return document

    def record(self, event, action="SAVE", **others):
        """Record an interaction, if it does not stand already; return the position."""
        status, document, position = self.ask(
            "POST", "/interactions", body={"eventId": event, "action": action}, **others
        )
        assert status in (200, 201), document
        return position

    def until_replayed(self):
        """Wait until the standby has everything."""
        lsn = self.primary.ask("SELECT pg_current_wal_flush_lsn()")
        while not self.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{lsn}'"):
            time.sleep(0.02)

    @contextmanager
    def late(self):
        """The standby replays nothing meanwhile."""
        self.standby.ask("SELECT pg_wal_replay_pause()::text")
        while self.standby.ask("SELECT pg_get_wal_replay_pause_state()") != "paused":
            self.primary.ask("SELECT pg_switch_wal()")
            time.sleep(0.02)
        try:
            yield
        finally:
            self.standby.ask("SELECT pg_wal_replay_resume()::text")

    def ids(self, document):
        return [result["event"]["id"] for result in document["results"]]

    def following(self, document):
        return document["next"].removeprefix(f"http://127.0.0.1:{self.product.port}")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with primary_and_standby(lag_ms=LAG_MS) as (primary, standby):
        variables = environment(primary.url)
        checked(run(variables, "manage.py", "migrate", "--verbosity=0"))
        rows = json.loads(checked(run(variables, "-m", "chaos.world")))
        variables |= {"STANDBY_DATABASE_URL": standby.url, "CACHE_URL": "locmemcache://", "WEB_CONCURRENCY": "1"}
        product = Product(variables, tmp_path_factory.mktemp("product") / "log")
        try:
            site = Site(primary, standby, product, rows["tokens"], rows["events"])
            site.variables = variables
            site.until_replayed()
            deadline = time.monotonic() + 60
            while True:
                try:
                    site.get("/readyz")
                    break
                except (OSError, AssertionError):
                    assert time.monotonic() < deadline, product._log.read_text()[-2000:]
                    time.sleep(0.1)
            yield site
        finally:
            product.stop()


pytestmark = [pytest.mark.slow, pytest.mark.standby, pytest.mark.xdist_group("standby")]


def test_nobody_misses_what_they_wrote_themselves(site):
    fresh, missing = [], []
    for event in site.events[:500]:
        position = site.record(event)
        fresh.append(site.get(SAVES, position=position)["results"][0]["eventId"] == event)
        missing.append(site.standby.ask(f"SELECT count(*) FROM interactions_interaction WHERE event_id = {event}"
                                          " AND action = 'SAVE' AND user_id = (SELECT min(id) FROM users_user)"))  # fmt: skip

    assert fresh.count(True) == 500
    # Without it nearly all of these were stale: the standby did not have them yet.
    assert missing.count(0) > 250


def test_who_drops_the_position_is_answered_by_the_primary_for_a_moment(site):
    with site.late():
        site.record(site.events[600], token=5)
        mine = site.get(SAVES, token=5)["results"][0]["eventId"]

    assert mine == site.events[600]


def test_standby_answers_who_wrote_nothing(site):
    site.until_replayed()
    with site.late():
        before = site.get(f"/events/{site.events[700]}", token=6)["interactionCount"]
        site.record(site.events[700], token=7)
        after = site.get(f"/events/{site.events[700]}", token=6)["interactionCount"]
        by_writer = site.get(f"/events/{site.events[700]}", token=7)["interactionCount"]

    assert (after, by_writer) == (before, before + 1)


def test_event_that_a_transaction_in_progress_demotes_does_not_come_twice(site):
    """A deletion runs while page 1 is read: its transaction is not named in the snapshot of a standby."""
    site.until_replayed()
    first = site.get("/recommendations/popular?limit=5", token=8)
    top = site.ids(first)[0]
    with psycopg.connect(host=str(site.primary.folder), port=5432, user="marquee", dbname="marquee") as deleting:
        deleting.execute("DELETE FROM interactions_interaction WHERE event_id = %s", [top])
        # Something ends after it, so that it lies before the end of the snapshot.
        site.primary.ask("CREATE TABLE ended ()")
        site.until_replayed()
        first = site.get("/recommendations/popular?limit=100", token=8)
        deleting.commit()
    site.until_replayed()

    seen, page = site.ids(first), first
    while page["next"]:
        page = site.get(site.following(page), token=8)
        seen += site.ids(page)
    assert (top in seen, len(seen)) == (True, len(set(seen)))


def test_later_page_is_not_read_before_the_first(site):
    """Page 1 by the primary, page 2 by a standby that is behind: an event that came forward would be on both."""
    site.until_replayed()
    with site.late():
        last = site.ids(site.get("/recommendations/popular?limit=100", token=9))[50]
        for token in range(20, 120):
            position = site.record(last, "VIEW", token=token)
        first = site.get("/recommendations/popular?limit=5", token=9, position=position)
        second = site.get(site.following(first).replace("limit=5", "limit=100"), token=9)

    assert last in site.ids(first)
    assert set(site.ids(first)) & set(site.ids(second)) == set()


def test_cursor_from_before_a_lost_failover_is_gone(site):
    """The new primary may lack what the first page showed, and have written something else in its place."""
    first = site.get("/recommendations/popular?limit=5", token=11)
    checked(run(site.variables, "manage.py", "new_incarnation"))
    site.until_replayed()
    status, document, _ = site.ask("GET", site.following(first), token=11)

    assert (status, document["code"]) == (410, "gone")


def test_position_of_another_incarnation_is_answered_by_the_primary(site):
    position = site.record(site.events[1000], token=12)
    checked(run(site.variables, "manage.py", "new_incarnation"))
    site.until_replayed()
    with site.late():
        site.record(site.events[1001], token=12)
        newest = site.get(SAVES, token=12, position=position)["results"][0]["eventId"]

    assert newest == site.events[1001]


def test_position_that_was_made_up_is_refused(site):
    position = site.record(site.events[1002], token=13)
    refused = [site.ask("GET", SAVES, token=13, position=made_up) for made_up in ("0/0", position[:-1], "FF/0 x:y")]

    assert [(status, document["code"]) for status, document, _ in refused] == [(400, "invalid")] * 3


def test_standby_that_is_gone_is_not_missed(site):
    site.standby.stop()
    try:
        statuses = [site.ask("GET", "/recommendations", token=14)[0] for _ in range(20)]
    finally:
        site.standby.start()
    site.until_replayed()

    assert statuses == [200] * 20


@pytest.mark.parametrize("how", ["killed", "silent"])
def test_reads_go_on_while_the_primary_is_away_and_writes_are_refused(site, how):
    site.until_replayed()
    site.primary.kill() if how == "killed" else site.primary.silence()
    try:
        reads = [site.ask("GET", path, token=15)[0] for _ in range(20) for path in ("/recommendations", "/events")]
        writes = [site.ask("POST", "/interactions", token=15, body={"eventId": site.events[0], "action": "VIEW"})
                  for _ in range(3)]  # fmt: skip
        ready = site.ask("GET", "/readyz")[0]
    finally:
        site.primary.start() if how == "killed" else site.primary.speak()
    while site.ask("POST", "/interactions", token=15, body={"eventId": site.events[0], "action": "VIEW"})[0] == 503:
        time.sleep(0.05)

    assert (reads, ready) == ([200] * 40, 200)
    assert [(status, document["code"]) for status, document, _ in writes] == [(503, "database_unavailable")] * 3


def test_both_gone_is_a_503_until_one_is_back(site):
    site.standby.stop()
    site.primary.kill()
    try:
        statuses = [site.ask("GET", "/recommendations", token=16)[0] for _ in range(3)]
    finally:
        site.primary.start()
        site.standby.start()
    while site.ask("GET", "/recommendations", token=16)[0] == 503:
        time.sleep(0.05)

    assert statuses == [503] * 3


# Last: there is no way back.
def test_standby_that_was_promoted_goes_on_answering(site):
    site.until_replayed()
    site.standby.ask("SELECT pg_promote()")
    position = site.record(site.events[1100], token=17)
    statuses = [site.ask("GET", path, token=18)[0] for path in ("/recommendations", "/events", SAVES)]
    mine = site.ask("GET", SAVES, token=17, position=position)

    assert statuses == [200] * 3
    assert mine[0] == 200

"""This file holds the tests of which requests are let in, wait, or are refused while every thread is busy."""

import json
import os
import select
import socket
import sys
from collections import Counter
from contextlib import contextmanager

import pytest

from config.http.admission import AdmittingWorker
from config.http.shares import Shares
from config.http.turns import Turns
from config.tests.gunicorn_server import END, GET, WAIT, Server, answers, close, next_answer, rest

KEEP = GET.replace(END, b"\r\n")
PROCESS = KEEP.replace(b"/", b"/process", 1)
PROBE = GET.replace(b"/", b"/healthz", 1)
WAIT_AND_MORE = WAIT.replace(END, b"\r\n") + GET

pytestmark = pytest.mark.slow


class TwoWait(AdmittingWorker):
    """Lets two requests wait, for as long as a test takes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.turns = Turns(2, 60)


class NobodyWaitsLong(AdmittingWorker):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.turns, self.unhurried = Turns(2, 0.2), Turns(2, 0.2)


@contextmanager
def busy(folder, request=WAIT, *, threads=1, worker="TwoWait"):
    """A server and the pipe for which one of its threads waits, until something is written to it."""
    os.mkfifo(folder / "pipe")
    with Server(
        f"config.tests.test_admission.{worker}", folder / "pipe", "--threads", f"{threads + 2}", "--keep-alive", "60"
    ) as server:
        with server.connect(request) as client:
            # This waits until the thread has opened the other end.
            with (folder / "pipe").open("wb", buffering=0) as pipe:
                yield server, pipe
            assert [status for status, _ in answers(rest(client))][:1] == [200]


def first_answered(clients):
    """The clients that have an answer, as soon as one has."""
    return select.select(clients, [], [], 20)[0]


def from_elsewhere(server, sent):
    """A client with another address."""
    client = socket.socket()
    client.settimeout(20)
    client.bind(("127.0.0.2", 0))
    client.connect(server.address)
    client.sendall(sent)
    return client


def process_of(client):
    """The process that answers; the connection stays."""
    client.sendall(PROCESS)
    return next_answer(client)[1]


def statuses(client):
    return [status for status, _ in answers(rest(client))]


def test_what_finds_no_room_is_refused_at_once(tmp_path):
    with busy(tmp_path) as (server, pipe):
        clients = [server.connect(GET) for _ in range(3)]
        (refused,) = first_answered(clients)
        answer = rest(refused)
        pipe.write(b"x")
        pipe.close()

        ((status, body),) = answers(answer)
        assert (status, json.loads(body)["detail"]) == (503, "Too many requests at once.")
        assert b"\r\nRetry-After: 1\r\n" in answer
        assert [statuses(client) for client in clients if client is not refused] == [[200], [200]]
        close(clients)


def test_what_has_waited_long_is_refused(tmp_path):
    with busy(tmp_path, worker="NobodyWaitsLong") as (server, _):
        assert answers(server.talk(GET))[0][0] == 503


def test_probes_are_let_in_always(tmp_path):
    with busy(tmp_path) as (server, _):
        clients = [server.connect(GET) for _ in range(3)]
        first_answered(clients)

        assert answers(server.talk(PROBE)) == [(200, b"GET /healthz ")]
        close(clients)


def test_connection_is_kept_when_its_request_is_refused(tmp_path):
    with busy(tmp_path) as (server, pipe):
        clients = [server.connect(KEEP) for _ in range(3)]
        (refused,) = first_answered(clients)
        answer = refused.recv(10_000, socket.MSG_PEEK)
        pipe.write(b"x")
        pipe.close()
        # Now there is room.
        assert all(client.recv(10_000) for client in clients)
        refused.sendall(GET)

        assert (answers(answer)[0][0], answers(rest(refused))) == (503, [(200, b"GET / ")])
        close(clients)


def test_one_that_asked_on_is_closed_when_its_request_is_refused(tmp_path):
    with busy(tmp_path, worker="NobodyWaitsLong") as (server, _):
        assert [status for status, _ in answers(server.talk(KEEP + GET))] == [503]


@pytest.mark.skipif(sys.platform != "linux", reason="has no second address of its own to come from")
def test_a_flood_from_one_address_makes_room_for_another(tmp_path):
    with busy(tmp_path) as (server, pipe):
        flood = [server.connect(GET) for _ in range(3)]
        (refused,) = first_answered(flood)
        waiting = [client for client in flood if client is not refused]
        other = from_elsewhere(server, GET)
        (left,) = first_answered(waiting)
        pipe.write(b"x")
        pipe.close()

        assert (statuses(left), statuses(other)) == ([503], [200])
        assert [statuses(client) for client in waiting if client is not left] == [[200]]
        close([*flood, other])


def test_connections_are_shared_evenly_among_processes(tmp_path):
    with Server("config.http.admission.AdmittingWorker", tmp_path, "-w", "2", "--threads", "4") as server:
        running = set()
        while len(running) < 2:
            with server.connect() as client:
                running.add(process_of(client))
        clients = [server.connect() for _ in range(40)]
        answering = Counter(process_of(client) for client in clients)
        close(clients)

    # Left alone, one of them has 28 to 40.
    assert set(answering) == running
    assert max(answering.values()) <= 26


def test_worker_with_more_connections_than_another_is_told_so():
    shares = Shares()
    alone = shares.is_above_least(3)
    shares.tell(1, 3)
    shares.tell(2, 2)
    both = [shares.is_above_least(connections) for connections in (1, 2, 3)]
    shares.forget(2)

    assert (alone, both, shares.is_above_least(3)) == (False, [False, False, True], False)


@pytest.mark.parametrize("sent", [KEEP + GET, PROBE.replace(END, b"\r\n") + GET])
def test_of_those_who_ask_on_one_is_served_at_a_time(tmp_path, sent):
    with busy(tmp_path, WAIT_AND_MORE, threads=2) as (server, pipe):
        unhurried = server.connect(sent)
        served = [answers(server.talk(GET)) for _ in range(20)]
        answered = select.select([unhurried], [], [], 0)[0]
        pipe.write(b"x")
        pipe.close()

        assert (served, answered, statuses(unhurried)) == ([[(200, b"GET / ")]] * 20, [], [200, 200])
        unhurried.close()

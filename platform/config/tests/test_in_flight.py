"""The limit on requests in flight, without a server."""

from contextlib import suppress

import pytest

from api.costly import Costly
from config import settings as defaults
from config.http.in_flight import InFlightLimit


class Streamed(list):
    """A streamed answer, as Django has them."""

    streaming = True
    closed = 0

    def close(self):
        self.closed += 1


def asked(limited, path="/"):
    """The status and the body of an answer."""
    statuses = []
    body = limited({"PATH_INFO": path}, lambda status, headers: statuses.append(int(status[:3])))
    return statuses[0], body


def streaming(environ, start_response):
    start_response("200 OK", [])
    return Streamed([b"a", b"b"])


def test_streamed_answer_is_in_flight_until_it_is_closed():
    limited = InFlightLimit(streaming, 1)
    _, answer = asked(limited)
    meanwhile = asked(limited)[0]
    parts = list(answer)
    answer.close()
    answer.close()

    assert (meanwhile, parts, answer.parts.closed) == (503, [b"a", b"b"], 1)
    # Room for one, not for two.
    status, answer = asked(limited)
    assert (status, asked(limited)[0]) == (200, 503)


def test_answer_that_the_server_forgets_is_in_flight_no_longer():
    limited = InFlightLimit(streaming, 1)
    asked(limited)

    assert asked(limited)[0] == 200


def test_whole_answer_is_closed_before_it_is_sent():
    made = []

    def application(environ, start_response):
        start_response("200 OK", [])
        made.append(Streamed([b"a", b"b"]))
        made[-1].streaming = False
        return made[-1]

    assert asked(InFlightLimit(application, 1)) == (200, [b"ab"])
    assert made[0].closed == 1


def test_request_that_failed_is_in_flight_no_longer():
    def failing(environ, start_response):
        raise ZeroDivisionError

    limited = InFlightLimit(failing, 1)
    for _ in range(3):
        with suppress(ZeroDivisionError):
            asked(limited)

    with pytest.raises(ZeroDivisionError):
        asked(limited)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_let_in_always(path):
    limited = InFlightLimit(streaming, 1)
    _, held = asked(limited)
    probe, other = asked(limited, path)[0], asked(limited, f"{path}/x")[0]
    held.close()

    assert (probe, other) == (200, 503)


def test_costly_requests_leave_room_for_others():
    # Of each kind one is worked on, and one waits in its thread.
    assert 2 * len(Costly) < defaults.WEB_THREADS

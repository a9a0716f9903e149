"""Tests of the id, the timing, the line in the log and the metrics of each request."""

import json
import logging
import re

import pytest
from django.http import HttpResponse
from django.utils.log import log_response

from config.http.logs import RequestIdFilter, StructuredFormatter
from events.tests.factories import EventFactory
from users.tests.factories import UserFactory
from users.throttles import METER

pytestmark = pytest.mark.django_db


def test_answer_carries_id_timing_and_word_to_caches(api_of):
    answer = api_of(UserFactory()).get("/events", headers={"X-Request-ID": "from-the-proxy.1"})

    assert (answer["X-Request-ID"], answer["Cache-Control"]) == ("from-the-proxy.1", "private, no-store")
    assert re.fullmatch(r'db;dur=[0-9.]+;desc="1 statements", total;dur=[0-9.]+', answer["Server-Timing"])


@pytest.mark.parametrize("sent", ["", "a b", "a" * 65, "a\x1b[0m", "é"])
def test_other_ids_are_replaced(client, sent):
    assert re.fullmatch("[0-9a-f]{32}", client.get("/healthz", headers={"X-Request-ID": sent})["X-Request-ID"])


def test_line_of_a_request_has_route_and_user_but_not_the_address(api_of, caplog):
    user, event = UserFactory(), EventFactory(title="Secret gathering")
    with caplog.at_level(logging.INFO, "marquee.requests"):
        api_of(user).get(f"/events/{event.pk}")
        api_of(user).get("/events?q=secret")

    lines = [json.loads(_written(record)) for record in caplog.records if record.name == "marquee.requests"]
    shown = [(line["method"], line["route"], line["status"], line["user_id"], line["statements"]) for line in lines]
    assert shown == [
        ("GET", "^events/(?P<pk>[0-9]{1,19})$", 200, user.pk, 1), ("GET", "^events$", 200, user.pk, 1),
    ]  # fmt: skip
    assert "ecret" not in json.dumps(lines)


def _written(record: logging.LogRecord) -> str:
    RequestIdFilter().filter(record)
    return StructuredFormatter().format(record)


def test_line_of_a_failed_request_tells_no_address(rf, caplog):
    request, response = rf.get("/password-reset/MQ/secret?q=secret"), HttpResponse(status=503)

    log_response("%s: %s", response.reason_phrase, request.path, request=request, response=response)

    line = json.loads(_written(caplog.records[0]))
    assert (line["message"], line["status_code"], "secret" in json.dumps(line)) == ("Service Unavailable", 503, False)


def test_metrics_are_for_who_holds_the_token(client, settings):
    settings.METRICS_TOKEN = "s3cret"

    refused = [client.get("/metrics"), client.get("/metrics", headers={"Authorization": "Bearer é"})]
    answer = client.get("/metrics", headers={"Authorization": "Bearer s3cret"})

    assert [one.status_code for one in refused] == [401, 401]
    assert (answer.status_code, b"marquee_request_seconds_bucket" in answer.content) == (200, True)
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401


def test_latency_is_kept_for_each_ranker(api_of, settings, client):
    settings.METRICS_TOKEN = "s3cret"
    api_of(UserFactory()).get("/recommendations?ranker=upcoming")

    shown = client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).content.decode()

    assert 'marquee_request_seconds_count{ranker="upcoming",route="^recommendations$"} ' in shown


def test_too_many_requests_of_one_user_are_refused(api_of, settings):
    METER.clear()
    settings.REQUESTS_PER_MINUTE = 3
    ana, ben = api_of(UserFactory()), api_of(UserFactory())

    answers = [ana.get("/categories") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert (answers[3]["Retry-After"], ben.get("/categories").status_code) == ("20", 200)


def test_wrong_passwords_are_limited_by_name_and_address(api_of, settings):
    settings.SIGN_INS_PER_MINUTE = 2
    UserFactory(username="ana").set_password("right")
    wrong = [api_of().post("/tokens", {"username": "ana", "password": "wrong"}) for _ in range(3)]

    assert [answer.status_code for answer in wrong] == [401, 401, 429]
    assert 1 <= int(wrong[2]["Retry-After"]) <= 30
    assert api_of().post("/tokens", {"username": "ben", "password": "wrong"}).status_code == 401


def test_sign_in_page_is_limited_too(client, settings):
    settings.SIGN_INS_PER_MINUTE = 2
    pages = [client.post("/admin/login/", {"username": "ana", "password": "wrong"}).content.decode() for _ in range(3)]

    assert ["Too many attempts" in page for page in pages] == [False, False, True]


def test_forgotten_password_is_reset_and_ends_the_tokens(client, mailoutbox):
    from knox.models import AuthToken

    ana = UserFactory(email="ana@example.org")
    ana.set_password("the old one")
    ana.save()
    AuthToken.objects.create(ana)

    client.post("/password-reset", {"email": "ANA@example.org"})
    client.post("/password-reset", {"email": "nobody@example.org"})
    (link,) = re.findall(r"http://\S+", mailoutbox[0].body)
    form = client.get(link, follow=True)
    done = client.post(form.redirect_chain[-1][0], {"password1": "q8-Trombone", "password2": "q8-Trombone"})

    ana.refresh_from_db()
    assert (len(mailoutbox), done.status_code, done["Location"]) == (1, 302, "/password-reset/complete")
    assert (ana.check_password("q8-Trombone"), AuthToken.objects.count()) == (True, 0)

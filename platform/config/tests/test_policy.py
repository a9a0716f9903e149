"""Tests of the Content-Security-Policy."""

import pytest

from config.http.policy import POLICY
from events.tests.factories import EventFactory
from users.tests.factories import UserFactory

HEADER = "Content-Security-Policy"


def test_policy_lets_nothing_in_from_elsewhere_or_from_within_the_page():
    assert POLICY == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


@pytest.mark.django_db
def test_our_pages_have_it_and_others_and_data_do_not(client):
    ours = ("/sign-in", "/password-reset", "/password-reset/sent", "/password-reset/x-y", "/password-reset/complete")
    ours = (*ours, "/sign-up", "/confirm-email", "/confirm-email/x", "/confirm-email/done")
    others = ("/admin/login/", "/docs", "/schema", "/healthz", "/nothing")
    shown = {path: client.get(path).headers.get(HEADER) for path in (*ours, *others)}
    client.force_login(UserFactory())
    pages = ("/", "/search", "/profile", f"/event/{EventFactory().pk}")
    shown |= {path: client.get(path).headers.get(HEADER) for path in pages}

    assert shown == dict.fromkeys((*ours, *pages), POLICY) | dict.fromkeys(others)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/password-reset", "/"])
def test_pages_bring_no_script_or_style_within(client, path):
    client.force_login(UserFactory()) if path == "/" else None

    page = client.get(path).content.decode()

    assert [
        word for word in ("<style", " style=", " onclick", " onload", "javascript:", "<script>") if word in page
    ] == []
    assert "//" not in page.replace("<!DOCTYPE html>", "")

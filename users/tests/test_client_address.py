"""Tests of the address by which limits count."""

import pytest
from django.test import RequestFactory

from users.client_address import client_address


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"), ("2001:db8:1:3::", "2001:db8:1:3::/64"), ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""), ("x" * 200, "x" * 100),
    ],
)  # fmt: skip
def test_address_of_the_peer(peer, address):
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer)) == address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        # Nobody is trusted, so what a client sends is ignored.
        (0, "203.0.113.9", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        # What stands before the entries of the trusted proxies is the client's own invention.
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 192.0.2.8", "203.0.113.9"),
        (1, "198.51.100.7,2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
        (1, "unknown", "unknown"),
    ],
)
def test_address_that_the_trusted_proxy_tells(settings, proxies, forwarded, address):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}

    assert client_address(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers=headers)) == address

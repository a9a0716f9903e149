"""The address of a client, as limits count by it."""

import re
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

# What a household, or a single machine that takes another address for each request, has of IPv6.
_IPV6_PREFIX = 64
# Some proxies add the client's port, which is another one for each connection.
_WITH_PORT = re.compile(r"\[(?P<ipv6>[^\]]+)\](?::\d+)?|(?P<ipv4>[\d.]+):\d+", re.ASCII)
_MAX_LENGTH = 100


def client_address(request: HttpRequest) -> str:
    """Return the client's address, as the outermost of PROXY_COUNT trusted proxies tells it; of IPv6 its /64.

    Return what is told as it is, cut to 100 characters, if it is no address: empty behind a Unix socket.
    """
    told = BaseThrottle().get_ident(Request(request)) or ""
    if found := _WITH_PORT.fullmatch(told):
        told = found["ipv6"] or found["ipv4"]
    try:
        address = ip_address(told)
    except ValueError:
        return told[:_MAX_LENGTH]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    host_bits = 128 - _IPV6_PREFIX
    return str(IPv6Network((int(address) >> host_bits << host_bits, _IPV6_PREFIX)))

"""Which addresses are public (R31)."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from feedhub.net.guard import is_public

PUBLIC = """
    1.1.1.1  8.8.8.8  9.255.255.255  11.0.0.0  93.184.216.34  100.63.255.255  100.128.0.0  126.255.255.255  128.0.0.1
    169.253.255.255  169.255.0.1  172.15.255.255  172.32.0.1  191.255.255.255  192.0.1.1  192.167.255.255  192.169.0.1
    198.17.255.255  198.20.0.1  203.0.112.255  203.0.114.1  223.255.255.255
    2001:200::1  2001:4860:4860::8888  2003::1  2606:4700:4700::1111  2a00:1450:4001:81b::200e  3fff:1000::1
"""

NOT_PUBLIC = """
    0.0.0.0  0.1.2.3  10.0.0.1  10.255.255.255  100.64.0.1  100.127.255.255  127.0.0.1  127.255.255.254
    169.254.0.1  169.254.169.254  172.16.0.1  172.31.255.255  192.0.0.1  192.0.0.170  192.0.2.1  192.88.99.1
    192.168.0.1  192.168.255.255  198.18.0.1  198.19.255.255  198.51.100.7  203.0.113.9  224.0.0.1  239.255.255.255
    240.0.0.1  255.255.255.255
    ::  ::1  ::7f00:1  ::ffff:127.0.0.1  ::ffff:10.0.0.1  ::ffff:8.8.8.8  64:ff9b::7f00:1  64:ff9b::808:808
    64:ff9b:1::a00:1  100::1  2001::1  2001:0:4136:e378:8000:63bf:3fff:fdd2  2001:2::1  2001:10::1  2001:20::1
    2001:db8::1  2002:7f00:1::1  2002:a00:1::  2002:808:808::1  3fff::1  4000::1  5f00::1  fc00::1  fd12:3456:789a::1
    fe80::1  fe80::1%1  fec0::1  ff02::1  ff0e::1
"""


@pytest.mark.parametrize("address", PUBLIC.split())
def test_r31_global_unicast_addresses_are_public(address: str) -> None:
    """What anybody on the Internet could ask may be asked, right up to the borders of the special blocks."""
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_r31_all_other_addresses_are_not(address: str) -> None:
    """Private, loopback, link-local, shared, reserved, multicast, and all that embeds an IPv4 address."""
    assert not is_public(ip_address(address))

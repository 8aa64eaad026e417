from ipaddress import IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.base import client


@pytest.mark.parametrize("spelling", ["::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:c000:0201"])
def test_an_ipv4_address_in_ipv6_is_the_ipv4_address(spelling):
    assert client.bucket(spelling) == client.bucket("192.0.2.1") == "192.0.2.1"


def test_two_ipv4_addresses_are_two_clients():
    assert client.bucket("192.0.2.1") != client.bucket("192.0.2.2")
    assert client.bucket("::ffff:192.0.2.1") != client.bucket("::ffff:192.0.2.2")


@given(network=st.integers(0, 2**64 - 1), host=st.integers(0, 2**64 - 1))
def test_an_ipv6_64_is_one_client_and_the_next_one_another(network, host):
    network |= 1 << 63  # outside ::/64, which stands for IPv4 addresses
    first = client.bucket(str(IPv6Address(network << 64)))

    assert client.bucket(str(IPv6Address(network << 64 | host))) == first
    assert client.bucket(IPv6Address(network << 64 | host).exploded.upper()) == first
    assert client.bucket(str(IPv6Address((network ^ 1) << 64 | host))) != first

"""Who is calling: the network that rate limits count as one client, and what the client says about itself."""

import ipaddress
from typing import NamedTuple

from customer_auth.base.locales import Locale


class Client(NamedTuple):
    """The caller of an endpoint.

    `bucket` is the network that rate limits count, `device` an unverified proof that this client has verified an address before, and
    `label` a name that its owner recognises, like «Safari on iPhone».
    """

    bucket: str
    locale: Locale = Locale.EN
    device: str | None = None
    label: str | None = None


def bucket(source_ip: str) -> str:
    """The network that counts as one client: an IPv4 address or the /64 of an IPv6 address, the least that one subscriber gets (RFC 6177).

    An IPv4-mapped IPv6 address counts as IPv4.
    """
    address = ipaddress.ip_address(source_ip)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
        address = address.ipv4_mapped
    return str(address)

"""Who is asking: the network that counts as one client, and what the client says of itself."""

import ipaddress
from typing import NamedTuple

from customer_auth.base.locales import Locale


class Client(NamedTuple):
    """The caller of an endpoint: `bucket` is what windows count, `device` its claim to have proven an address before.

    `label` is what its owner would call it, like «Safari on iPhone».
    """

    bucket: str
    locale: Locale = Locale.EN
    device: str | None = None
    label: str | None = None


def bucket(source_ip: str) -> str:
    """One IPv4 address, or one IPv6 /64: what one subscriber gets (RFC 6177). IPv4-mapped IPv6 is IPv4."""
    address = ipaddress.ip_address(source_ip)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
        address = address.ipv4_mapped
    return str(address)

"""Email addresses: each mailbox has one canonical form, and an address that mail systems could read in two ways is refused.

The domain is converted to A-labels by UTS 46, non-transitional (faß.de is not fass.de). The local part must be an RFC 5321 dot-string,
which is ASCII, because SES sends to no other; it is compared in lower case.
"""

import re

import idna

from customer_auth.addresses import cleaning
from customer_auth.addresses.address import Address, Channel

# RFC 5321 §4.5.3.1.1 and §4.5.3.1.3 (256 with the brackets), in octets.
_MAX_LOCAL_PART_LENGTH = 64
_MAX_ADDRESS_LENGTH = 254

# Quoted local parts, comments and address literals are refused: nobody's mailbox needs them, and they invite header injection.
_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z][a-z0-9-]*[a-z0-9])")


def parse(text: str) -> Address:
    """The address that `text` spells. Raises: ValueError, with a message for people that does not repeat the address."""
    local, at, domain = cleaning.email(text).rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local):
        raise ValueError(_message(local))
    try:
        domain = idna.encode(domain, uts46=True, transitional=False, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise ValueError("must be an email address") from None
    spelling = f"{local}@{domain}"
    if not _DOMAIN.fullmatch(domain) or len(local) > _MAX_LOCAL_PART_LENGTH or len(spelling) > _MAX_ADDRESS_LENGTH:
        raise ValueError("must be an email address")
    return Address(Channel.EMAIL, spelling.lower(), spelling)


def _message(local: str) -> str:
    return "must be an email address" if local.isascii() else "must be an email address with plain letters, a to z, before the @"

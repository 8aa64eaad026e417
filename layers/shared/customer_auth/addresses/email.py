"""Email addresses: one mailbox is one spelling for us, and none that a mail system could read in two ways is accepted.

The domain becomes A-labels by UTS 46, non-transitional (faß.de is not fass.de). The local part is an RFC 5321 dot-string, which is
ASCII, for SES sends to no other; it is compared in lower case.
"""

import re

import idna

from customer_auth.addresses import cleaning
from customer_auth.addresses.address import Address, Channel

# RFC 5321 §4.5.3.1.1 and §4.5.3.1.3 (256 with the brackets), in octets.
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254

# Quoted local parts, comments and address literals are left out: nobody's mailbox needs them, and header injection lives there.
_ATOM = r"[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z][a-z0-9-]*[a-z0-9])")


def parse(text: str) -> Address:
    """The mailbox that `text` spells. Raises: ValueError with a sentence for people that does not repeat the address."""
    local, at, domain = cleaning.email(text).rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local):
        raise ValueError(_wrong(local))
    try:
        domain = idna.encode(domain, uts46=True, transitional=False, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise ValueError("must be an email address") from None
    spelling = f"{local}@{domain}"
    if not _DOMAIN.fullmatch(domain) or len(local) > _LONGEST_LOCAL_PART or len(spelling) > _LONGEST_ADDRESS:
        raise ValueError("must be an email address")
    return Address(Channel.EMAIL, spelling.lower(), spelling)


def _wrong(local: str) -> str:
    return "must be an email address" if local.isascii() else "must be an email address with plain letters, a to z, before the @"

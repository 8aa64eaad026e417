"""Email addresses: one mailbox is one spelling for us, and none that a mail system could read in two ways is accepted.

The domain becomes A-labels by UTS 46, non-transitional (faß.de is not fass.de). The local part is an RFC 5321 dot-string, with
RFC 6531's letters, that NFKC leaves as it is; it is compared in lower case.
"""

import re
import unicodedata

import idna

from customer_auth.address import Address, Channel

# RFC 5321 §4.5.3.1.1 and §4.5.3.1.3 (256 with the brackets), in octets.
_LONGEST_LOCAL_PART = 64
_LONGEST_ADDRESS = 254

# Quoted local parts, comments and address literals are left out: nobody's mailbox needs them, and header injection lives there.
_ATOM = r"(?:[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]|[^\x00-\x7f])+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z][a-z0-9-]*[a-z0-9])")
# Controls, formats, surrogates, private use, unassigned, and every kind of space.
_NO_LETTERS = ("C", "Z")


def parse(text: str) -> Address:
    """The mailbox that `text` spells. Raises: ValueError with a sentence for people that does not repeat the address."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not _LOCAL_PART.fullmatch(local) or any(unicodedata.category(letter)[0] in _NO_LETTERS for letter in local):
        raise ValueError("must be an email address")
    if unicodedata.normalize("NFKC", local) != local:
        raise ValueError("must be an email address in its plain spelling")
    try:
        domain = idna.encode(domain, uts46=True, transitional=False, std3_rules=True).decode()
    except (idna.IDNAError, UnicodeError):
        raise ValueError("must be an email address") from None
    spelling = f"{local}@{domain}"
    if not _DOMAIN.fullmatch(domain) or len(local.encode()) > _LONGEST_LOCAL_PART or len(spelling.encode()) > _LONGEST_ADDRESS:
        raise ValueError("must be an email address")
    return Address(Channel.EMAIL, spelling.lower(), spelling)

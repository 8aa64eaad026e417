"""What a provider says about a person, as far as it can be used: anything else counts as not said.

The texts are the person's own words as much as the provider's, so none of them is trusted to be a text at all.
"""

import re

from customer_auth.customers.customers import Names

_LONGEST_NAME = 100
_LONGEST_EMAIL = 254  # RFC 5321 §4.5.3.1.3, without the brackets
_LONGEST_PICTURE = 2048
# Unicode's categories Cc and Cs: NUL, line ends and the like, and halves of characters.
_UNUSABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_PICTURE = re.compile(r"https://[\x21-\x7e]+")


def text(value: object, longest: int) -> str | None:
    """A text on one line, trimmed; None if it is empty, too long or none."""
    if not isinstance(value, str) or len(value) > longest or _UNUSABLE.search(value):
        return None
    return value.strip() or None


def names(first: object, last: object) -> Names:
    """A person's names."""
    return Names(text(first, _LONGEST_NAME), text(last, _LONGEST_NAME))


def email(value: object) -> str | None:
    """What may be an email address; whether it is one is for `addresses` to say."""
    address = text(value, _LONGEST_EMAIL)
    return address if address and "@" in address else None


def picture(value: object) -> str | None:
    """The https address of a picture."""
    address = text(value, _LONGEST_PICTURE)
    return address if address and _PICTURE.fullmatch(address) else None

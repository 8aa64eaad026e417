"""Creates new signing keys before the old ones expire. It runs daily, and may safely run at any time, also concurrently."""

import time

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from customer_auth import aws
from customer_auth.base import clock, ids, settings
from customer_auth.tokens import keyring, keyring_items
from customer_auth.tokens.keyring_items import SigningKey

# RFC 7518 §3.3: 2048 bits or more for RS256.
_KEY_BITS = 2048
_PUBLIC_EXPONENT = 65537
# New IAM roles take some seconds to be known everywhere (IAM User Guide, "changes that I make are not always immediately visible"), and so
# do new KMS keys.
_NOT_PROPAGATED = frozenset({"AccessDeniedException", "UnrecognizedClientException", "NotFoundException"})
_PROPAGATION_SECONDS = 40
_PAUSE_SECONDS = 2


def rotate() -> int:
    """Ensure that there is a key to sign with now, and that its successor is published ahead of use; returns the number of keys created.

    If another run changes the keyring at the same time, its change stands, and this run begins again. Raises: aws.Failed.
    """
    while True:
        version, old = keyring_items.read()
        now = clock.now()
        new = _create_due(old, now)
        needed = [key for key in old if keyring.is_needed(key, old + new, now)]
        if (not new and len(needed) == len(old)) or keyring_items.replace(version, needed + new):
            return len(new)


def rotate_in_new_stack() -> int:
    """Rotate in a stack that is being created: a refusal is repeated for 40 s, because role and key are new. Raises: aws.Failed."""
    for _ in range(_PROPAGATION_SECONDS // _PAUSE_SECONDS):
        try:
            return rotate()
        except aws.Failed as failed:
            if failed.code not in _NOT_PROPAGATED:
                raise
        time.sleep(_PAUSE_SECONDS)
    return rotate()


def _create_due(old: list[SigningKey], now: int) -> list[SigningKey]:
    """The keys to create: the first one, or a successor in time before the last one expires. A late successor signs once it is known."""
    if not old:
        return [_create(now)]
    covered_until = max(key.sign_until for key in old)
    if covered_until - now >= keyring.PUBLISHED_AHEAD_SECONDS:
        return []
    return [_create(max(covered_until, now + keyring.MIN_PUBLISHED_AHEAD_SECONDS))]


def _create(sign_from: int) -> SigningKey:
    private = rsa.generate_private_key(_PUBLIC_EXPONENT, _KEY_BITS)
    numbers = private.public_key().public_numbers()
    n, e = (ids.base64url(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.n, numbers.e))
    response = aws.call(
        "kms",
        "Encrypt",
        KeyId=settings.resources().signing_keys_key,
        Plaintext=private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        EncryptionContext=keyring.ENCRYPTION_CONTEXT,
    )
    return SigningKey(ids.new("key_"), sign_from, sign_from + keyring.SIGNING_SECONDS, n, e, response["CiphertextBlob"])

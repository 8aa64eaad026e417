"""New signing keys, made before the old ones end; run daily, safe to run at any time and by many at once."""

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
# A role that was made a moment ago is known everywhere only after some seconds (IAM User Guide, "changes that I make are not always
# immediately visible"), and so is a key of KMS.
_NOT_KNOWN_YET = frozenset({"AccessDeniedException", "UnrecognizedClientException", "NotFoundException"})
_KNOWN_AFTER_SECONDS = 40
_PAUSE_SECONDS = 2


def rotate() -> int:
    """See to it that a key signs now and that its successor is published ahead; answers how many keys were made.

    When another run changes the keyring at the same time, its outcome is the one that counts, and this one looks again.
    Raises: aws.Failed.
    """
    while True:
        version, old = keyring_items.read()
        now = clock.now()
        new = _due(old, now)
        kept = [key for key in old if keyring.is_needed(key, old + new, now)]
        if (not new and len(kept) == len(old)) or keyring_items.replace(version, kept + new):
            return len(new)


def rotate_once_allowed() -> int:
    """Do what `rotate` does, for a function whose role and key are as young as the stack: refused, it tries again for 40 s.

    Raises: aws.Failed.
    """
    for _ in range(_KNOWN_AFTER_SECONDS // _PAUSE_SECONDS):
        try:
            return rotate()
        except aws.Failed as failed:
            if failed.code not in _NOT_KNOWN_YET:
                raise
        time.sleep(_PAUSE_SECONDS)
    return rotate()


def _due(old: list[SigningKey], now: int) -> list[SigningKey]:
    """The key to make: the first one from now on, a next one before the last one's time is over, or else as soon as it is known."""
    if not old:
        return [_make(now)]
    covered_until = max(key.sign_until for key in old)
    if covered_until - now >= keyring.PUBLISHED_AHEAD_SECONDS:
        return []
    return [_make(max(covered_until, now + keyring.PUBLISHED_AHEAD_AT_LEAST_SECONDS))]


def _make(sign_from: int) -> SigningKey:
    private = rsa.generate_private_key(_PUBLIC_EXPONENT, _KEY_BITS)
    numbers = private.public_key().public_numbers()
    n, e = (ids.base64url(number.to_bytes((number.bit_length() + 7) // 8, "big")) for number in (numbers.n, numbers.e))
    answer = aws.call(
        "kms",
        "Encrypt",
        KeyId=settings.resources().signing_keys_key,
        Plaintext=private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        EncryptionContext=keyring.ENCRYPTION_CONTEXT,
    )
    return SigningKey(ids.new("key_"), sign_from, sign_from + keyring.SIGNS_SECONDS, n, e, answer["CiphertextBlob"])

"""New signing keys, made before the old ones end; run daily, safe to run at any time and by many at once."""

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from customer_auth import aws, clock, ids, keyring, settings
from customer_auth.tables import keyring_items
from customer_auth.tables.keyring_items import SigningKey

# RFC 7518 §3.3: 2048 bits or more for RS256.
_KEY_BITS = 2048
_PUBLIC_EXPONENT = 65537


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
        KeyId=settings.places().signing_keys_key,
        Plaintext=private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        EncryptionContext=keyring.ENCRYPTION_CONTEXT,
    )
    return SigningKey(ids.new("key_"), sign_from, sign_from + keyring.SIGNS_SECONDS, n, e, answer["CiphertextBlob"])

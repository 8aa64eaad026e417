"""Codes are derived from what is stored and a key that is not, so that no table, log or event holds one (RFC 4226 §5.3, by HMAC-SHA256)."""

from customer_auth.addresses.address import Address
from customer_auth.aws import secret_keys
from customer_auth.base import ids, settings
from customer_auth.base.errors import WrongCode
from customer_auth.otp.purposes import Purpose

# No 0 and O, 1, I and L; upper case alone (a code is compared after upper()).
ALPHABETS = {"numeric": "0123456789", "alphanumeric": "23456789ABCDEFGHJKMNPQRSTUVWXYZ"}


def derive_code(nonce: bytes, derivation_key_version: int, purpose: Purpose, address: Address) -> str:
    """The code of a challenge, in the configured length and alphabet; a reset's is not for people to type: 256 bits, base64url.

    It depends on the address as it was spelled in the request. Raises: WrongCode (the derivation key is gone), aws.Failed.
    """
    key = secret_keys.derivation_key(derivation_key_version)
    if key is None:
        raise WrongCode("derivation_key_gone")
    if purpose is Purpose.RESET:
        return ids.base64url(ids.hmac_sha256(key, "reset", nonce, purpose, address.spelled_key))
    service = settings.service()
    alphabet = ALPHABETS[service.otp_charset]
    # 128 bits modulo the alphabet's size: the bias is below 2^-75, where HOTP's own 31 bits leave 2^-11 for six digits.
    number = int.from_bytes(ids.hmac_sha256(key, "code", nonce, purpose, address.spelled_key)[:16], "big")
    letters = []
    for _ in range(service.otp_length):
        number, letter = divmod(number, len(alphabet))
        letters.append(alphabet[letter])
    return "".join(letters)

"""The keys of a provider of the tests, and tokens signed with them in right and in wrong ways."""

import hashlib
import hmac
import json
from functools import cache
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.harness.forgery import unpadded


class ProviderKey(NamedTuple):
    """A key that signs tokens."""

    kid: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @property
    def algorithm(self) -> str:
        return "RS256" if isinstance(self.private, rsa.RSAPrivateKey) else "ES256"

    @property
    def jwk(self) -> dict:
        """The public half, as it is published."""
        numbers = self.private.public_key().public_numbers()
        if self.algorithm == "ES256":
            key = {"kty": "EC", "crv": "P-256", "x": unpadded(numbers.x.to_bytes(32)), "y": unpadded(numbers.y.to_bytes(32))}
        else:
            key = {"kty": "RSA", "n": unpadded(numbers.n.to_bytes(self.private.key_size // 8)), "e": "AQAB"}
        return {"kid": self.kid, "use": "sig", "alg": self.algorithm} | key

    @property
    def pem(self) -> str:
        """The private half in PKCS#8."""
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def signature(self, signed: bytes) -> bytes:
        if self.algorithm == "RS256":
            return self.private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self.private.sign(signed, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)


@cache
def rsa_key(kid: str, bits: int = 2048) -> ProviderKey:
    return ProviderKey(kid, rsa.generate_private_key(65537, bits))


@cache
def ec_key(kid: str) -> ProviderKey:
    return ProviderKey(kid, ec.generate_private_key(ec.SECP256R1()))


def part(content: dict | bytes) -> str:
    return unpadded(content if isinstance(content, bytes) else json.dumps(content).encode())


def sign(key: ProviderKey, claims: dict | bytes, header: dict | bytes | None = None) -> str:
    """A token of these parts, unchanged."""
    signed = f"{part({'alg': key.algorithm, 'kid': key.kid, 'typ': 'JWT'} if header is None else header)}.{part(claims)}"
    return f"{signed}.{unpadded(key.signature(signed.encode()))}"


def unsigned(key: ProviderKey, claims: dict) -> str:
    """A token by the algorithm `none`."""
    return f"{part({'alg': 'none', 'kid': key.kid})}.{part(claims)}."


def hs256(key: ProviderKey, claims: dict, secret: bytes) -> str:
    """A token by HS256 with something that others know too."""
    signed = f"{part({'alg': 'HS256', 'kid': key.kid})}.{part(claims)}"
    return f"{signed}.{unpadded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

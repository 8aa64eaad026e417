"""Access tokens that nobody should accept: each differs from a real one in one thing, and most carry our own signature.

So what refuses them is never the signature by chance: unchanged, `Forge.sign()` makes a token that is accepted.
"""

import base64
import hashlib
import hmac
import json
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

TYPE = "at+jwt"
PKCS1 = padding.PKCS1v15()
NEEDED = ("iss", "sub", "aud", "exp", "iat", "jti", "sid", "auth_time", "amr", "roles")


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_of(token: str) -> dict:
    return json.loads(decoded(token.split(".")[1]))


def header_of(token: str) -> dict:
    return json.loads(decoded(token.split(".", maxsplit=1)[0]))


@cache
def foreign_key() -> rsa.RSAPrivateKey:
    """A key of somebody else's."""
    return rsa.generate_private_key(65537, 2048)


class Forge:
    """Makes tokens like a real one, with the key that signed it."""

    def __init__(self, real: str, key: rsa.RSAPrivateKey):
        self.real, self.key = real, key
        self.header, self.claims = header_of(real), claims_of(real)

    @property
    def kid(self) -> str:
        return self.header["kid"]

    def sign(self, header: dict | bytes | None = None, claims: dict | bytes | None = None, *, key=None, digest=None, scheme=PKCS1) -> str:
        """A token of these parts, unchanged, signed by `key`, by default our own."""
        parts = (self.header if header is None else header, self.claims if claims is None else claims)
        return self.seal(
            ".".join(unpadded(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in parts), key, digest, scheme
        )

    def seal(self, signed: str, key=None, digest=None, scheme=PKCS1) -> str:
        signature = (key or self.key).sign(signed.encode(), scheme, digest or hashes.SHA256())
        return f"{signed}.{unpadded(signature)}"

    def claiming(self, **changed) -> str:
        return self.sign(claims=self.claims | changed)

    def claiming_text(self, old: str, new: str) -> str:
        """The claims' own JSON with `old` replaced: what no dict can say."""
        text = json.dumps(self.claims)
        assert old in text
        return self.sign(claims=text.replace(old, new, 1).encode())

    def without(self, name: str) -> str:
        return self.sign(claims={each: value for each, value in self.claims.items() if each != name})

    def headed(self, **changed) -> str:
        return self.sign({name: value for name, value in (self.header | changed).items() if value is not ...})

    def headed_text(self, old: str, new: str) -> str:
        text = json.dumps(self.header)
        assert old in text
        return self.sign(text.replace(old, new, 1).encode())

    def keyed_by_our_public_half(self, secret: bytes) -> str:
        """HS256 with what anybody can read as its secret."""
        signed = f"{unpadded(json.dumps(self.header | {'alg': 'HS256'}).encode())}.{unpadded(json.dumps(self.claims).encode())}"
        return f"{signed}.{unpadded(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

    def public(self, encoding: Encoding, form: PublicFormat) -> bytes:
        return self.key.public_key().public_bytes(encoding, form)

    def jwk(self, key: rsa.RSAPrivateKey) -> dict:
        numbers = key.public_key().public_numbers()
        return {"kty": "RSA", "kid": self.kid, "n": unpadded(numbers.n.to_bytes(256, "big")), "e": "AQAB"}

    def loose_bits(self, part: int) -> str:
        """The same bytes in another spelling: the bits that the last letter has to spare are set."""
        raw = [json.dumps(self.header).encode(), json.dumps(self.claims).encode()]
        while part < 2 and len(raw[part]) % 3 == 0:
            raw[part] += b" "
        parts = [unpadded(each) for each in raw]
        if part < 2:
            parts[part] = _next_letter(parts[part])
            return self.seal(".".join(parts))
        return _next_letter(self.seal(".".join(parts)))

    def in_the_other_alphabet(self) -> str:
        """A signature in plain base64, which has + and / where base64url has - and _."""
        claims = self.claims
        while not set("-_") & set((token := self.sign(claims=claims)).split(".")[2]):
            claims = claims | {"jti": claims["jti"] + "x"}
        head, _, signature = token.rpartition(".")
        return f"{head}.{signature.replace('-', '+').replace('_', '/')}"


def _next_letter(part: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + letters[letters.index(part[-1]) + 1]

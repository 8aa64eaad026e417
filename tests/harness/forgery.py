"""Access tokens that nobody should accept: each differs from a genuine one in one thing, and most carry our own signature.

So what refuses them is never the signature by chance: unchanged, `Forge.sign()` makes a token that is accepted.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
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
def stranger() -> rsa.RSAPrivateKey:
    """A key of somebody else's."""
    return rsa.generate_private_key(65537, 2048)


class Forge:
    """Makes tokens like a genuine one, with the key that signed it."""

    def __init__(self, genuine: str, key: rsa.RSAPrivateKey):
        self.genuine, self.key = genuine, key
        self.header, self.claims = header_of(genuine), claims_of(genuine)

    @property
    def kid(self) -> str:
        return self.header["kid"]

    def sign(self, header: dict | bytes | None = None, claims: dict | bytes | None = None, *, key=None, digest=None, scheme=PKCS1) -> str:
        """A token of these parts, written as they are, signed by `key`, which is our own if none is given."""
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


def _parts(forge: Forge) -> list[str]:
    return forge.sign().split(".")


def _other_signature(forge: Forge) -> str:
    """The claims of one token under the signature of another."""
    head = forge.claiming(roles=["admin"]).rpartition(".")[0]
    return f"{head}.{_parts(forge)[2]}"


def _flipped(forge: Forge) -> str:
    header, claims, signature = _parts(forge)
    raw = bytearray(decoded(signature))
    raw[128] ^= 1
    return f"{header}.{claims}.{unpadded(raw)}"


def _nested(forge: Forge) -> str:
    """A token inside a token (RFC 7519 §5.2)."""
    return forge.sign(forge.header | {"cty": "JWT"}, forge.genuine.encode())


PSS = padding.PSS(padding.MGF1(hashes.SHA256()), 32)

# The seven that PyJWT lets pass with `iss` and `aud` set.
LOOSENESSES: dict[str, Callable[[Forge], str]] = {
    "missing exp": lambda forge: forge.without("exp"),
    "exp as text": lambda forge: forge.claiming(exp=str(forge.claims["exp"])),
    "a claim twice": lambda forge: forge.claiming_text('"sub":', '"sub": "cus_somebodyelse", "sub":'),
    "wrong typ": lambda forge: forge.headed(typ="JWT"),
    "an audience more": lambda forge: forge.claiming(aud=[forge.claims["aud"], "another"]),
    "b64 in the header": lambda forge: forge.headed(b64=True),
    "padded signature": lambda forge: f"{forge.sign()}==",
}

ALGORITHMS: dict[str, Callable[[Forge], str]] = {
    "none without signature": lambda forge: forge.headed(alg="none").rpartition(".")[0] + ".",
    "none with a signature": lambda forge: forge.headed(alg="none"),
    "nOnE": lambda forge: forge.headed(alg="nOnE").rpartition(".")[0] + ".",
    "no alg": lambda forge: forge.headed(alg=...),
    "alg null": lambda forge: forge.headed(alg=None),
    "alg a list": lambda forge: forge.headed(alg=["RS256"]),
    "rs256 in lower case": lambda forge: forge.headed(alg="rs256"),
    "HS256 with our public PEM": lambda forge: forge.keyed_by_our_public_half(
        forge.public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HS256 with our public PKCS1": lambda forge: forge.keyed_by_our_public_half(forge.public(Encoding.PEM, PublicFormat.PKCS1)),
    "HS256 with our public DER": lambda forge: forge.keyed_by_our_public_half(
        forge.public(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HS256 with our modulus": lambda forge: forge.keyed_by_our_public_half(forge.jwk(forge.key)["n"].encode()),
    "HS256 with our JWK": lambda forge: forge.keyed_by_our_public_half(json.dumps(forge.jwk(forge.key)).encode()),
    "HS256 with nothing": lambda forge: forge.keyed_by_our_public_half(b""),
    "RS384 of our own key": lambda forge: forge.sign(forge.header | {"alg": "RS384"}, digest=hashes.SHA384()),
    "RS512 of our own key": lambda forge: forge.sign(forge.header | {"alg": "RS512"}, digest=hashes.SHA512()),
    "PS256 of our own key": lambda forge: forge.sign(forge.header | {"alg": "PS256"}, scheme=PSS),
    "PS256 under the name RS256": lambda forge: forge.sign(scheme=PSS),
    "SHA-1 under the name RS256": lambda forge: forge.sign(digest=hashes.SHA1()),  # noqa: S303 (what is to be refused)
}

KEYS: dict[str, Callable[[Forge], str]] = {
    "another service's key under our kid": lambda forge: forge.sign(key=stranger()),
    "another service's kid and key": lambda forge: forge.sign(forge.header | {"kid": "theirs"}, key=stranger()),
    "unknown kid": lambda forge: forge.headed(kid="key_00000000000000000000000000"),
    "no kid": lambda forge: forge.headed(kid=...),
    "kid a number": lambda forge: forge.headed(kid=1),
    "kid null": lambda forge: forge.headed(kid=None),
    "kid a list": lambda forge: forge.headed(kid=[forge.kid]),
    "kid a path": lambda forge: forge.headed(kid="../../../../dev/null"),
    "kid empty": lambda forge: forge.headed(kid=""),
    "jku": lambda forge: forge.headed(jku="https://attacker.example/jwks.json"),
    "jwk of the attacker": lambda forge: forge.sign(forge.header | {"jwk": forge.jwk(stranger())}, key=stranger()),
    "jwk of our own": lambda forge: forge.headed(jwk=forge.jwk(forge.key)),
    "x5u": lambda forge: forge.headed(x5u="https://attacker.example/certificate.pem"),
    "x5c": lambda forge: forge.headed(x5c=["MIIB"]),
    "x5t": lambda forge: forge.headed(x5t="AAAA"),
}

HEADERS: dict[str, Callable[[Forge], str]] = {
    "crit of something unknown": lambda forge: forge.headed(crit=["exp"], exp=1),
    "crit of nothing": lambda forge: forge.headed(crit=[]),
    "crit b64": lambda forge: forge.headed(crit=["b64"], b64=True),
    "crit b64 false": lambda forge: forge.headed(crit=["b64"], b64=False),
    "b64 false": lambda forge: forge.headed(b64=False),
    "no typ": lambda forge: forge.headed(typ=...),
    "typ null": lambda forge: forge.headed(typ=None),
    "typ a list": lambda forge: forge.headed(typ=[TYPE]),
    "typ of an id token": lambda forge: forge.headed(typ="id_token+jwt"),
    "typ of a logout token": lambda forge: forge.headed(typ="logout+jwt"),
    "typ with a space": lambda forge: forge.headed(typ=f"{TYPE} "),
    "cty": lambda forge: forge.headed(cty="JWT"),
    "zip": lambda forge: forge.headed(zip="DEF"),
    "a member that nobody knows": lambda forge: forge.headed(x=1),
    "alg twice": lambda forge: forge.headed_text('"alg":', '"alg": "none", "alg":'),
    "kid twice": lambda forge: forge.headed_text('"kid":', '"kid": "theirs", "kid":'),
    "typ twice": lambda forge: forge.headed_text('"typ":', '"typ": "at+jwt", "typ":'),
    "alg twice by an escape": lambda forge: forge.headed_text('"alg":', '"\\u0061lg": "none", "alg":'),
    "header a list": lambda forge: forge.sign(b"[]"),
    "header null": lambda forge: forge.sign(b"null"),
    "header not JSON": lambda forge: forge.sign(b"{"),
    "header with something behind it": lambda forge: forge.sign(json.dumps(forge.header).encode() + b"{}"),
}

SPELLINGS: dict[str, Callable[[Forge], str]] = {
    "padded header": lambda forge: forge.seal("=.".join(_parts(forge)[:2])),
    "padded claims": lambda forge: forge.seal(".".join(_parts(forge)[:2]) + "="),
    "signature padded once": lambda forge: f"{forge.sign()}=",
    "loose bits in the header": lambda forge: forge.loose_bits(0),
    "loose bits in the claims": lambda forge: forge.loose_bits(1),
    "loose bits in the signature": lambda forge: forge.loose_bits(2),
    "the other base64": Forge.in_the_other_alphabet,
    "a letter of no alphabet": lambda forge: forge.sign() + "~",
    "a letter beyond ASCII": lambda forge: forge.sign() + "é",
    "another script's digit": lambda forge: forge.sign() + "٣",
    "a dot behind": lambda forge: forge.sign() + ".",
    "a dot in front": lambda forge: "." + forge.sign(),
    "four parts": lambda forge: forge.sign() + "." + _parts(forge)[2],
    "five parts, as if encrypted": lambda forge: ".".join([*_parts(forge), *_parts(forge)[:2]]),
    "two parts": lambda forge: ".".join(_parts(forge)[:2]),
    "claims alone": lambda forge: _parts(forge)[1],
    "no signature": lambda forge: ".".join(_parts(forge)[:2]) + ".",
    "half a signature": lambda forge: forge.sign()[:-172],
    "one bit of the signature": _flipped,
    "another token's signature": _other_signature,
    "a signature of zeros": lambda forge: ".".join(_parts(forge)[:2]) + "." + unpadded(bytes(256)),
    "upper case": lambda forge: forge.sign().upper(),
    "JSON serialization": lambda forge: json.dumps(
        dict(zip(("protected", "payload", "signature"), _parts(forge), strict=True)), separators=(",", ":")
    ),
    "dots alone": lambda _: "..",
    "a word": lambda _: "token",
}

CLAIMS: dict[str, Callable[[Forge], str]] = {
    **{f"missing {name}": lambda forge, name=name: forge.without(name) for name in NEEDED if name != "exp"},
    "exp a fraction": lambda forge: forge.claiming(exp=forge.claims["exp"] + 0.5),
    "exp a float": lambda forge: forge.claiming_text(str(forge.claims["exp"]), f"{forge.claims['exp']}.0"),
    "exp with an exponent": lambda forge: forge.claiming_text(str(forge.claims["exp"]), "9e9"),
    "exp infinite": lambda forge: forge.claiming_text(str(forge.claims["exp"]), "Infinity"),
    "exp not a number": lambda forge: forge.claiming_text(str(forge.claims["exp"]), "NaN"),
    "exp true": lambda forge: forge.claiming(exp=True),
    "exp null": lambda forge: forge.claiming(exp=None),
    "exp a list": lambda forge: forge.claiming(exp=[forge.claims["exp"]]),
    "exp negative": lambda forge: forge.claiming(exp=-forge.claims["exp"]),
    "exp zero": lambda forge: forge.claiming(exp=0),
    "exp twice": lambda forge: forge.claiming_text('"exp":', '"exp": 1, "exp":'),
    "exp twice by an escape": lambda forge: forge.claiming_text('"exp":', '"e\\u0078p": 1, "exp":'),
    "exp this second": lambda forge: forge.claiming(exp=forge.claims["iat"]),
    "iat a bool": lambda forge: forge.claiming(iat=True),
    "iat as text": lambda forge: forge.claiming(iat=str(forge.claims["iat"])),
    "iat a float": lambda forge: forge.claiming(iat=forge.claims["iat"] + 0.0),
    "iat tomorrow": lambda forge: forge.claiming(iat=forge.claims["iat"] + 86_400, exp=forge.claims["exp"] + 86_400),
    "auth_time as text": lambda forge: forge.claiming(auth_time=str(forge.claims["auth_time"])),
    "auth_time a bool": lambda forge: forge.claiming(auth_time=True),
    "another audience": lambda forge: forge.claiming(aud="another"),
    "an audience in a list": lambda forge: forge.claiming(aud=[forge.claims["aud"]]),
    "audience empty": lambda forge: forge.claiming(aud=""),
    "audience null": lambda forge: forge.claiming(aud=None),
    "audience twice": lambda forge: forge.claiming_text('"aud":', '"aud": "another", "aud":'),
    "audience in other letters": lambda forge: forge.claiming(aud=forge.claims["aud"].upper()),
    "another issuer": lambda forge: forge.claiming(iss="https://accounts.example"),
    "an issuer that only begins alike": lambda forge: forge.claiming(iss=forge.claims["iss"] + ".attacker.example"),
    "issuer with a slash": lambda forge: forge.claiming(iss=forge.claims["iss"] + "/"),
    "issuer without https": lambda forge: forge.claiming(iss=forge.claims["iss"].replace("https:", "http:")),
    "issuer in a list": lambda forge: forge.claiming(iss=[forge.claims["iss"]]),
    "issuer null": lambda forge: forge.claiming(iss=None),
    "sub a number": lambda forge: forge.claiming(sub=1),
    "sub null": lambda forge: forge.claiming(sub=None),
    "sub a list": lambda forge: forge.claiming(sub=[forge.claims["sub"]]),
    "sid null": lambda forge: forge.claiming(sid=None),
    "jti a number": lambda forge: forge.claiming(jti=1),
    "roles as text": lambda forge: forge.claiming(roles="admin"),
    "roles of numbers": lambda forge: forge.claiming(roles=[1]),
    "roles null": lambda forge: forge.claiming(roles=None),
    "roles an object": lambda forge: forge.claiming(roles={"admin": True}),
    "amr as text": lambda forge: forge.claiming(amr="otp"),
    "amr nested": lambda forge: forge.claiming(amr=[["otp"]]),
    "a claim more": lambda forge: forge.claiming(scope="admin"),
    "nbf": lambda forge: forge.claiming(nbf=forge.claims["iat"]),
    "nonce, as in an id token": lambda forge: forge.claiming(nonce="n"),
    "claims a list": lambda forge: forge.sign(claims=b"[]"),
    "claims a text": lambda forge: forge.sign(claims=b'"sub"'),
    "claims empty": lambda forge: forge.sign(claims=b""),
    "claims not JSON": lambda forge: forge.sign(claims=b"sub=1"),
    "claims nested too deep": lambda forge: forge.sign(claims=b"[" * 1_000),
    "claims with something behind them": lambda forge: forge.sign(claims=json.dumps(forge.claims).encode() + b"x"),
    "claims in latin-1": lambda forge: forge.sign(claims=json.dumps(forge.claims).replace('"otp"', '"\xf6tp"').encode("latin-1")),
    "a token in a token": _nested,
}

FORGERIES = LOOSENESSES | ALGORITHMS | KEYS | HEADERS | SPELLINGS | CLAIMS
assert len(FORGERIES) == sum(map(len, (LOOSENESSES, ALGORITHMS, KEYS, HEADERS, SPELLINGS, CLAIMS)))

"""Every token that nobody should accept, by its fault: algorithm, key, header, spelling or claims."""

import json
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.harness.forged_claims import CLAIMS
from tests.harness.forgery import TYPE, Forge, decoded, foreign_key, unpadded


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
    "another service's key under our kid": lambda forge: forge.sign(key=foreign_key()),
    "another service's kid and key": lambda forge: forge.sign(forge.header | {"kid": "theirs"}, key=foreign_key()),
    "unknown kid": lambda forge: forge.headed(kid="key_00000000000000000000000000"),
    "no kid": lambda forge: forge.headed(kid=...),
    "kid a number": lambda forge: forge.headed(kid=1),
    "kid null": lambda forge: forge.headed(kid=None),
    "kid a list": lambda forge: forge.headed(kid=[forge.kid]),
    "kid a path": lambda forge: forge.headed(kid="../../../../dev/null"),
    "kid empty": lambda forge: forge.headed(kid=""),
    "jku": lambda forge: forge.headed(jku="https://attacker.example/jwks.json"),
    "jwk of the attacker": lambda forge: forge.sign(forge.header | {"jwk": forge.jwk(foreign_key())}, key=foreign_key()),
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

FORGERIES = LOOSENESSES | ALGORITHMS | KEYS | HEADERS | SPELLINGS | CLAIMS
assert len(FORGERIES) == sum(map(len, (LOOSENESSES, ALGORITHMS, KEYS, HEADERS, SPELLINGS, CLAIMS)))

"""Tokens with wrong claims, each in one way, under our own signature."""

import json
from collections.abc import Callable

from tests.harness.forgery import NEEDED, Forge


def _nested(forge: Forge) -> str:
    """A token inside a token (RFC 7519 §5.2)."""
    return forge.sign(forge.header | {"cty": "JWT"}, forge.real.encode())


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

"""A provider that lies or is out of order signs nobody in, and nothing of it or of the person stands in our answer or in the log."""

import re
from collections.abc import Callable

import pytest

from customer_auth.outgoing.deadline import Deadline
from tests.harness import provider_faults, provider_tokens
from tests.harness.provider_tokens import rsa_key
from tests.harness.world import Tables

CANARY = "kanarienvogel"
OTHER = "the-other-client"
# What a provider is: by the name of the case, what it does and what comes of it.
HostileCase = tuple[Callable[[object], object], int]


def claims(**changes) -> HostileCase:
    return lambda provider: provider.claims.update(changes), 401


def at(endpoint: str, fault: Callable, status: int = 502) -> HostileCase:
    return lambda provider: provider.faults.update({endpoint: fault}), status


def signing(sign: Callable) -> HostileCase:
    return lambda provider: setattr(provider, "sign", sign), 401


def brings_a_key(provider) -> None:
    provider.header["jwk"] = provider.keys[0].jwk


def publishes_a_key_twice(provider) -> None:
    provider.published = [rsa_key("of somebody else")._replace(kid=provider.keys[0].kid).jwk, provider.keys[0].jwk]


def publishes_no_key(provider) -> None:
    provider.published = []


def names_another_issuer(provider) -> None:
    provider.document["issuer"] = f"https://{CANARY}.example"


WORDS = f'{{"error": "{CANARY}", "error_description": "{CANARY} did it", "id_token": "{CANARY}"}}'.encode()
BROKEN = {
    "500": provider_faults.status(500, WORDS),
    "403": provider_faults.status(403, WORDS),
    "nonsense": provider_faults.body(f"<html>{CANARY}</html>".encode()),
    "an array": provider_faults.body([CANARY]),
    "members twice": provider_faults.twice,
    "huge": provider_faults.body(b'{"padding": "' + CANARY.encode() * 10_000 + b'"}'),
    "elsewhere": provider_faults.redirect(f"http://localhost:1/{CANARY}"),
    "no HTTP": provider_faults.raw(f"{CANARY}\r\n\r\n".encode()),
    "nothing": provider_faults.raw(b""),
}
OPENID: dict[str, HostileCase] = {
    "another issuer": claims(iss=f"https://{CANARY}.example"),
    "another audience": claims(aud=OTHER),
    "another party": claims(azp=OTHER),
    "another nonce": claims(nonce=CANARY),
    "no nonce": claims(nonce=...),
    "expired": claims(exp=1),
    "of the future": claims(iat=99_999_999_999),
    "no subject": claims(sub=...),
    "an endless subject": claims(sub=CANARY * 800),
    "a subject that is a number": claims(sub=7),
    "no algorithm": signing(provider_tokens.unsigned),
    "HS256": signing(lambda key, content: provider_tokens.hs256(key, content, b"google secret")),
    "another key": signing(lambda key, content: provider_tokens.sign(rsa_key("of somebody else")._replace(kid=key.kid), content)),
    "no published key": (publishes_no_key, 401),
    "a key twice": (publishes_a_key_twice, 401),
    "its own key": (brings_a_key, 401),
    "a document of another issuer": (names_another_issuer, 502),
    **{f"{name} for {each}": at(each, fault) for name, fault in BROKEN.items() for each in ("discovery", "jwks", "token")},
    "late": at("token", provider_faults.slow(), 504),
    "dripping": at("jwks", provider_faults.dripping(0.02), 504),
}
FACEBOOK: dict[str, HostileCase] = {
    "another app": (lambda provider: provider.debug.update(app_id=OTHER), 401),
    "not valid": (lambda provider: provider.debug.update(is_valid=False), 401),
    "expired": (lambda provider: provider.debug.update(expires_at=1), 401),
    "another person": (lambda provider: provider.debug.update(user_id=CANARY), 401),
    "another person's profile": (lambda provider: provider.me_fields.update(id=CANARY), 401),
    "no id": (lambda provider: provider.me_fields.update(id=...), 401),
    **{f"{name} for {each}": at(each, fault) for name, fault in BROKEN.items() for each in ("token", "debug_token", "me")},
    "late": at("token", provider_faults.slow(), 504),
    "dripping": at("me", provider_faults.dripping(0.02), 504),
}
ALL = [*(("google", name) for name in OPENID), *(("apple", name) for name in OPENID), *(("facebook", name) for name in FACEBOOK)]


@pytest.fixture
def hurry(monkeypatch):
    """Makes calls wait for each request half a second."""
    return lambda: monkeypatch.setitem(Deadline.__init__.__kwdefaults__, "each_seconds", 0.5)


def somebody(provider) -> dict[str, str]:
    """A person who would be known again."""
    key, name = ("id", "first_name") if provider.kind == "facebook" else ("sub", "given_name")
    return {key: f"{CANARY}-{provider.person[key]}", "email": f"{CANARY}@gmail.com", name: CANARY.capitalize()}


def tokens_of(provider) -> set[str]:
    """Fills with the secrets that the provider gets and gives."""
    secrets, issue = set(), provider.token

    def noting(form):
        answer = issue(form)
        given = [value for name, value in answer.items() if name in ("id_token", "refresh_token")] if isinstance(answer, dict) else []
        secrets.update([*given, form["code_verifier"], form["client_secret"]])
        return answer

    provider.token = noting
    return secrets


@pytest.mark.parametrize(("kind", "name"), ALL, ids=[f"{kind}: {name}" for kind, name in ALL])
def test_a_hostile_provider_signs_nobody_in_and_leaves_no_word(api, all_set_up, browser, log, hurry, *, kind, name):
    provider, (misbehave, status) = all_set_up[kind], (FACEBOOK if kind == "facebook" else OPENID)[name]
    secrets, signed_in = tokens_of(provider), browser.visit(provider, **somebody(provider))
    before = Tables(api).look()
    api.restart()  # so that the provider's document and keys are fetched once more
    misbehave(provider)
    if status == 504:
        hurry()
    answer = browser.exchange(provider, signed_in)

    assert (answer.status, answer["type"]) == (status, {401: "wrong_proof", 502: "provider_error", 504: "provider_timeout"}[status])
    assert {kind for kind, _ in Tables(api).look().changes_since(before)} <= {"binding"}  # no account, no session
    shown = f"{answer.text}{answer.headers}{log.everything}"
    secrets |= {signed_in.code, signed_in.state, browser.started["binding"], browser.started["authUrl"]}
    assert [secret for secret in secrets if secret in shown] == []
    assert not re.search(f"{CANARY}|eyJ|localhost", shown, re.IGNORECASE)
    assert (log.last["outcome"], log.last["message"]) == (answer["type"], "exchange_provider_code")

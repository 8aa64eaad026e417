"""What schemathesis cannot invent: numbers and mailboxes that exist, codes that were sent, tokens that were issued.

Runs in schemathesis' own environment. Every second call with valid input gets real values, so that some calls succeed.
"""

import itertools
import time
from collections.abc import Callable
from typing import Any

import requests
import schemathesis  # type: ignore[import-not-found]  # it is in an environment of its own
from hypothesis import strategies as st
from schemathesis import GenerationMode

SIGN_IN_API = "/login/mobile"
SENT_SECONDS = 10.0

# New York's and San Francisco's; the local stack serves the US by default.
schemathesis.openapi.format("phone", st.integers(2_000_000, 9_999_999).map(lambda number: f"+1212{number}"))
schemathesis.openapi.format("idn-email", st.from_regex(r"[a-z]{1,20}", fullmatch=True).map(lambda name: f"{name}@example.com"))
schemathesis.serializer("application/secevent+jwt")(lambda _context, value: str(value).encode())
_new = itertools.count(2_000_000)
_turn = itertools.count()


def _post(url: str, **body: str) -> Any:
    answer = requests.post(url, json=body, timeout=20)
    answer.raise_for_status()
    return answer.json()


def _proof(api: str, ask: str) -> dict[str, str]:
    """A proof for the endpoint that verifies the code of this one: a new address, its challenge and its code."""
    identifier = {"email": f"c{next(_new)}@example.com"} if "email" in ask else {"phone": f"+1415{next(_new)}"}
    [address] = identifier.values()
    challenge = _post(api + ask, **identifier)["challenge"]
    ends_at = time.monotonic() + SENT_SECONDS
    while not (sent := requests.get(f"{api}/_local/messages", {"to": address}, timeout=20).json()):
        if time.monotonic() > ends_at:
            raise TimeoutError(f"no message to {address}")
        time.sleep(0.02)
    return identifier | {"challenge": challenge, "code": sent[0]["code"]}


def _session(api: str) -> Any:
    return _post(f"{api}{SIGN_IN_API}/verify", **_proof(api, f"{SIGN_IN_API}/send"))


def _token(name: str) -> Callable[[str, str], dict[str, str]]:
    return lambda api, _path: {name: _session(api)[name]}


def _proven(api: str, path: str) -> dict[str, str]:
    return _proof(api, path.replace("verify-otp", "request-otp").replace("/verify", "/send"))


REAL: dict[str, Callable[[str, str], dict[str, str]]] = {
    "/login/validate": _token("sessionToken"),
    "/login/refresh": _token("refreshToken"),
    "/login/logout": _token("refreshToken"),
    "/login/email/verify": _proven,
    "/login/mobile/verify": _proven,
    "/api/v1/auth/customer/register/verify-otp": _proven,
}


# The members that may be in the body or the query string, and those of them that name the customer: exactly one, in one place.
BY_QUERY_TOO = {
    "/auth/customer/emailpass",
    "/auth/customer/emailpass/reset-password",
    "/auth/customer/emailpass/update",
    "/store/customers/account-deletion/cancel-request",
}
IDENTIFIERS = ("email", "phone", "email_or_phone", "identifier")


@schemathesis.hook  # type: ignore[untyped-decorator]
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Replace invented values by real ones, and contradictory values by consistent ones."""
    if not case.meta or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if case.query:
        case.query.pop("cursor", None)  # only the service creates one
    if case.operation.path in BY_QUERY_TOO:
        _name_once(case)
    if case.operation.path == "/store/customers" and not isinstance(case.body, dict):
        case.body = {}  # if registrations collect both, the phone comes with the customer
    if isinstance(case.body, dict):
        _fit(case.body, case.operation.path)
    if next(_turn) % 2:
        return
    api, path = case.operation.base_url.rstrip("/"), case.operation.path
    if "challenge" in (case.path_parameters or {}):
        case.path_parameters["challenge"] = _post(f"{api}{SIGN_IN_API}/send", phone=f"+1415{next(_new)}")["challenge"]
    if path in REAL and isinstance(case.body, dict):
        case.body.update(REAL[path](api, path))
        for name in ("referral_code", "referralCode"):  # an invented one belongs to nobody
            case.body.pop(name, None)


def _name_once(case: Any) -> None:
    body = case.body if isinstance(case.body, dict) else {}
    named = [name for name in IDENTIFIERS if body.get(name) is not None]
    in_query = [] if named else [name for name in IDENTIFIERS if (case.query or {}).get(name) is not None][:1]
    case.query = {name: value for name, value in (case.query or {}).items() if name in in_query or name not in IDENTIFIERS}
    for name in in_query:
        body.pop(name, None)  # a null there would count as the body's value
    if not named and not in_query:
        case.query["email"] = f"c{next(_new)}@example.com"


def _fit(body: dict[str, Any], path: str) -> None:
    """Do what a schema cannot say: repeat the password, and use the address that this stack registers."""
    if "confirm_password" in body:
        body["confirm_password"] = body["new_password"]
    if path.endswith("/emailpass/register"):
        body["email"] = body.get("email") or f"c{next(_new)}@example.com"
    if path == "/store/customers":
        body["phone"] = body.get("phone") or f"+1415{next(_new)}"
        body.pop("email", None)  # only the registered one
        body.pop("referral_code", None)
        if isinstance(body.get("metadata"), dict):
            body["metadata"].pop("referral_code", None)


def _wants(scheme: str) -> Callable[[Any], bool]:
    return lambda context: any(scheme in each for each in context.operation.definition.raw["security"])


@schemathesis.auth(refresh_interval=None).apply_to(_wants("customer"))
class Customer:
    """A session of a new customer for each call, so that no call sees another's changes."""

    def get(self, case: Any, _context: Any) -> str:
        return str(_session(case.operation.base_url.rstrip("/"))["sessionToken"])

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.auth(refresh_interval=None).apply_to(_wants("registration"))
class Registration:
    """A new registration for each call, because one creates only one customer."""

    def get(self, case: Any, _context: Any) -> str:
        api = case.operation.base_url.rstrip("/")
        email, password = f"c{next(_new)}@example.com", "correct horse battery staple"
        return str(_post(f"{api}/auth/customer/emailpass/register", email=email, password=password)["token"])

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.auth(refresh_interval=None).apply_to(_wants("reset"))
class Reset:
    """An invented token: a real one would have to belong to the address in the call."""

    def get(self, _case: Any, _context: Any) -> str:
        return "A" * 87

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.auth(refresh_interval=None).apply_to(_wants("storefront"))
class Storefront:
    """The local stack's own publishable key."""

    def get(self, _case: Any, _context: Any) -> str:
        return "pk_local"

    def set(self, case: Any, data: str, _context: Any) -> None:
        case.headers = {**(case.headers or {}), "x-publishable-api-key": data}

"""CPU of a warm phone sign-in, ask and verify, handler to handler, against a stub that answers at once.

The whole is taken over sockets. The service's own part is taken with the same answers given from memory, without a client, less the
signature: so it holds no part of what the client's work does to the processor's caches. Building the events and reading the code, which
others do in a sign-in, is left out of both.
"""

import contextlib
import importlib.util
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks import stub
from local.events import http_event
from local.template import Template

ROOT = Path(__file__).resolve().parents[1]
SIGN_INS = 300
ROUNDS = 7
PHONE = "+12125550123"
ASK, VERIFY = "/api/v1/auth/customer/login/request-otp", "/api/v1/auth/customer/login/verify-otp"
IDS = {"IndexKey": "index-key", "Pepper": "pepper", "SigningKeysKey": "signing-keys"}

type Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def main() -> None:
    """Measure and print."""
    sys.path.insert(0, str(ROOT / "layers" / "shared"))
    template = Template.of_service({"IP_SENDS_PER_HOUR": "30"})
    ids = {name: name for kind in ("AWS::DynamoDB::Table", "AWS::SQS::Queue") for name in template.resources_of(kind)} | IDS
    os.environ |= template.functions["VerifyLoginCode"].environment(ids)
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
    process, url = stub.start(_known())
    os.environ["AWS_ENDPOINT_URL"] = url
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            whole, signature, own = _measured(template)
    finally:
        process.terminate()
    print("CPU of a warm phone sign-in (ask and verify), milliseconds, median of", ROUNDS, "rounds of", SIGN_INS)
    print(f"  whole              {whole:5.2f}   at most 5.20 wanted")
    print(f"  1 signature        {signature:5.2f}")
    print(f"  own part           {own:5.2f}   at most 0.50 wanted")


class _Stopwatch:
    """CPU seconds spent inside what it wraps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0

    def around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.thread_time()
            try:
                return act(*args, **kwargs)
            finally:
                self.seconds += time.thread_time() - started
                self.calls += 1

        return timed

    def take(self) -> float:
        """Milliseconds a sign-in since the last look."""
        seconds, self.seconds = self.seconds, 0.0
        return seconds * 1000 / SIGN_INS


def _measured(template: Template) -> tuple[float, float, float]:
    """The whole, the signature and the own part, in milliseconds a sign-in."""
    from customer_auth import aws, tokens  # noqa: PLC0415 (after the settings are there)

    whole, signature = _Stopwatch(), _Stopwatch()
    ask, verify = (whole.around(_handler(template, name)) for name in ("RequestLoginCode", "VerifyLoginCode"))
    remembered = _Memory(aws.call)
    aws.call = remembered.listen
    _sign_in(ask, verify)  # warm: secrets, keyring, connections
    remembered.answers.clear()
    _sign_in(ask, verify)
    assert len(remembered.answers) == 5, remembered.answers
    tokens.issue = signature.around(tokens.issue)
    rounds = []
    for _ in range(ROUNDS):
        aws.call = remembered.pass_on
        complete = _round(ask, verify, whole)
        signature.take()
        aws.call = remembered.answer
        alone = _round(ask, verify, whole)
        signed = signature.take()
        rounds.append((complete, signed, alone - signed))
    medians = [statistics.median(figures) for figures in zip(*rounds, strict=True)]
    return medians[0], medians[1], medians[2]


def _round(ask: Handler, verify: Handler, whole: _Stopwatch) -> float:
    whole.take()
    for _ in range(SIGN_INS):
        _sign_in(ask, verify)
    return whole.take()


class _Memory:
    """The answers of one sign-in, in their order, to be given again."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call
        self.answers: list[Any] = []
        self.next = 0

    def pass_on(self, *asked: Any, **parameters: Any) -> Any:
        _note(parameters)
        return self.call(*asked, **parameters)

    def listen(self, *asked: Any, **parameters: Any) -> Any:
        self.answers.append(self.pass_on(*asked, **parameters))
        return self.answers[-1]

    def answer(self, *_: Any, **parameters: Any) -> Any:
        _note(parameters)
        self.next = (self.next + 1) % len(self.answers)
        return _with_challenge(self.answers[self.next - 1])


def _sign_in(ask: Handler, verify: Handler) -> None:
    asked = ask(_event(ASK, {"phone": PHONE}), None)
    assert asked["statusCode"] == 200, asked
    challenge = json.loads(asked["body"])["challenge"]
    entered = verify(_event(VERIFY, {"phone": PHONE, "code": _code(), "challenge": challenge}), None)
    assert entered["statusCode"] == 200, entered


_last: dict[str, Any] = {}


def _code() -> str:
    """The code of the challenge that was just put, as the sender derives it."""
    from customer_auth import challenges, phone  # noqa: PLC0415

    return challenges.code(_last["nonce"]["B"], int(_last["pepper"]["N"]), challenges.Purpose.LOGIN, phone.parse(PHONE))


def _note(parameters: dict[str, Any]) -> None:
    """See each challenge on its way to the table."""
    if put := parameters.get("ExpressionAttributeValues", {}).get(":challenge"):
        _last.update(put["M"])


def _with_challenge(answer: dict[str, Any]) -> dict[str, Any]:
    """The remembered item, with the challenge that was put last."""
    challenge = answer.get("Attributes", {}).get("login", {}).get("M")
    if challenge is None:
        return answer
    return {"Attributes": {"login": {"M": challenge | _last}}}


def _event(path: str, body: dict[str, str]) -> dict[str, Any]:
    return http_event("POST", path, headers={"content-type": "application/json"}, body=json.dumps(body).encode(), source_ip="192.0.2.1")


def _handler(template: Template, name: str) -> Handler:
    function = template.functions[name]
    spec = importlib.util.spec_from_file_location(f"bench_{name}", function.code / f"{function.handler.module}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return cast("Handler", module.handler)


def _known() -> dict[str, Any]:
    """A customer with this phone, a keyring with one key, and the two secrets."""
    from customer_auth import customers, ids, phone  # noqa: PLC0415
    from customer_auth.tables import keys  # noqa: PLC0415

    secrets = {"index-key": "i" * 64, "pepper": json.dumps({"0": "p" * 64})}
    address = phone.parse(PHONE)
    customer = customers.new(customers.Names("Ada", "Lovelace"), address=address)
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.public_key().public_numbers()
    now = int(time.time())
    key = {
        "kid": "key_bench",
        "sign_from": now - 60,
        "sign_until": now + 86_400,
        "n": ids.base64url(numbers.n.to_bytes(256, "big")),
        "e": "AQAB",
        "sealed": private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    }
    from customer_auth import vault  # noqa: PLC0415

    vault.index_key.cache_clear()
    index_key = secrets["index-key"].encode()
    identity_key = f"identity#{ids.base64url(ids.keyed(index_key, 'identity', address.key)[:16])}"
    items = {
        keys.customer(customer.id): customer._asdict() | {"metadata": "{}"},
        identity_key: {"customer_id": customer.id, "spelling": PHONE, "channel": "phone", "proven_at": now},
        keys.KEYRING: {"version": 1, "keys": [key]},
    }
    return secrets | {"hint": customer.id} | {name: _json({"pk": name} | item) for name, item in items.items()}


def _json(item: dict[str, Any]) -> dict[str, Any]:
    from customer_auth.tables import dynamodb  # noqa: PLC0415

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return stub.binary(value["B"]) if "B" in value else {name: plain(each) for name, each in value.items()}
        return [plain(each) for each in value] if isinstance(value, list) else value

    return cast("dict[str, Any]", plain(dynamodb._marshalled(item)))  # noqa: SLF001 (the table's own form)

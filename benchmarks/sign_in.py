"""CPU of a warm sign-in by phone: request and verification, calling the handlers directly, with a stub for AWS that responds at once.

The total is measured over sockets. The service's own part is measured with the same responses from memory, without a client, minus the
signature, so it does not include the client's effect on the processor's caches. Building the events and reading the code, which others do
in a sign-in, are excluded from both.
"""

import base64
import contextlib
import io
import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks import stub, warm
from benchmarks.warm import Handler
from local.template import Template

SIGN_INS = 300
ROUNDS = 7
PHONE = "+12125550123"
ASK, VERIFY = "/api/v1/auth/customer/login/request-otp", "/api/v1/auth/customer/login/verify-otp"


def main() -> None:
    """Measure and print."""
    with warm.container(_known, IP_SENDS_PER_HOUR="30") as template, contextlib.redirect_stdout(io.StringIO()):
        whole, signature, own = _measured(template)
    print("CPU of a warm phone sign-in (ask and verify), milliseconds, median of", ROUNDS, "rounds of", SIGN_INS)
    print(f"  whole              {whole:5.2f}   at most 5.20 wanted")
    print(f"  1 signature        {signature:5.2f}")
    print(f"  own part           {own:5.2f}   at most 0.50 wanted")


class _Stopwatch:
    """CPU seconds spent in the wrapped functions."""

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
        """Milliseconds for each sign-in since the last call."""
        seconds, self.seconds = self.seconds, 0.0
        return seconds * 1000 / SIGN_INS


def _measured(template: Template) -> tuple[float, float, float]:
    """The total, the signature and the service's own part, in milliseconds for each sign-in."""
    from customer_auth import aws  # noqa: PLC0415 (after the settings are there)
    from customer_auth.tokens import access_tokens  # noqa: PLC0415 (after the settings are there)

    whole, signature = _Stopwatch(), _Stopwatch()
    ask, verify = (whole.around(warm.handler(template, name)) for name in ("RequestLoginCode", "VerifyLoginCode"))
    remembered = _Memory(aws.call)
    aws.call = remembered.listen
    _sign_in(ask, verify)  # warm: secrets, keyring, connections
    remembered.answers.clear()
    _sign_in(ask, verify)
    assert len(remembered.answers) == 5, remembered.answers
    access_tokens.issue = signature.around(access_tokens.issue)
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
    """Records the responses of one sign-in in order, and replays them."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call
        self.answers: list[Any] = []
        self.next = 0

    def pass_on(self, *args: Any, **parameters: Any) -> Any:
        _note(parameters)
        return self.call(*args, **parameters)

    def listen(self, *args: Any, **parameters: Any) -> Any:
        self.answers.append(self.pass_on(*args, **parameters))
        return self.answers[-1]

    def answer(self, *_: Any, **parameters: Any) -> Any:
        _note(parameters)
        self.next = (self.next + 1) % len(self.answers)
        return _with_challenge(self.answers[self.next - 1])


def _sign_in(ask: Handler, verify: Handler) -> None:
    response = ask(warm.event(ASK, {"phone": PHONE}), warm.Context())
    assert response["statusCode"] == 200, response
    challenge = json.loads(response["body"])["challenge"]
    entered = verify(warm.event(VERIFY, {"phone": PHONE, "code": _code(), "challenge": challenge}), warm.Context())
    assert entered["statusCode"] == 200, entered


_last: dict[str, Any] = {}


def _code() -> str:
    """The code of the latest challenge, derived like the sender does."""
    from customer_auth.addresses import phone  # noqa: PLC0415
    from customer_auth.otp import derivation, purposes  # noqa: PLC0415

    return derivation.derive_code(
        base64.b64decode(_last["nonce"]["B"]), int(_last["derivation_key"]["N"]), purposes.Purpose.LOGIN, phone.parse(PHONE)
    )


def _note(parameters: dict[str, Any]) -> None:
    """Remember the latest challenge that is written."""
    if put := parameters.get("ExpressionAttributeValues", {}).get(":challenge"):
        _last.update({name: stub.binary(value["B"]) if "B" in value else value for name, value in put["M"].items()})


def _with_challenge(answer: dict[str, Any]) -> dict[str, Any]:
    """The remembered item with the latest challenge."""
    challenge = answer.get("Attributes", {}).get("login", {}).get("M")
    if challenge is None:
        return answer
    return {"Attributes": {"login": {"M": challenge | _last}}}


def _known() -> warm.Items:
    """A customer with this phone."""
    from customer_auth.addresses import phone  # noqa: PLC0415
    from customer_auth.aws import keys  # noqa: PLC0415
    from customer_auth.customers import customers  # noqa: PLC0415

    address = phone.parse(PHONE)
    customer = customers.new(customers.Names("Ada", "Lovelace"), address=address)
    identity = {"customer_id": customer.id, "spelling": PHONE, "channel": "phone", "proven_at": int(time.time()), "revision": "0" * 16}
    return {
        keys.customer(customer.id): customer._asdict() | {"metadata": "{}"},
        keys.identity(address.key): identity,
    }

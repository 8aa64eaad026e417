"""A returning customer's sign-in by phone, as Lambda runs it: two events and two answers in JSON, five requests to AWS between."""

import json
import time
from collections.abc import Callable
from typing import Any

from benchmarks import warm
from local.template import Template

PHONE = "+12125550123"
ASK, VERIFY = "/api/v1/auth/customer/login/request-otp", "/api/v1/auth/customer/login/verify-otp"
SETTINGS = {"IP_SENDS_PER_HOUR": "30"}

type Run = Callable[[str], str]


class PhoneSignIn:
    """Signs the customer in, again and again; `events` are those of the last time, `answers` what they were answered.

    `around` is put around the two runs, each from an event's text to its answer's. Making the events and deriving the code, which others
    do, is outside.
    """

    def __init__(self, template: Template, around: Callable[[Run], Run] = lambda run: run) -> None:
        from customer_auth import aws  # noqa: PLC0415 (after the settings are there)

        self._ask, self._verify = (around(_run(warm.handler(template, name))) for name in ("RequestLoginCode", "VerifyLoginCode"))
        self._call, aws.call = aws.call, self._noting
        self._challenge: dict[str, Any] = {}
        self.events: list[str] = []
        self.answers: list[str] = []

    def once(self) -> None:
        """One sign-in."""
        requested = warm.event(ASK, {"phone": PHONE})
        self.events, self.answers = [json.dumps(requested)], []
        challenge = self._answered(self._ask)["challenge"]
        entered = warm.event(VERIFY, {"phone": PHONE, "code": self._code(), "challenge": challenge})
        self.events.append(json.dumps(entered))
        self._answered(self._verify)

    def _answered(self, run: Run) -> Any:
        from customer_auth.addresses import phone  # noqa: PLC0415

        phone.forget()  # a container's next request is somebody else's
        self.answers.append(run(self.events[-1]))
        answer = json.loads(self.answers[-1])
        assert answer["statusCode"] == 200, answer
        return json.loads(answer["body"])

    def _noting(self, *asked: Any, **parameters: Any) -> Any:
        """In the place of `aws.call`: see each challenge on its way to the table."""
        put = parameters.get("ExpressionAttributeValues", {}).get(":challenge")
        if put:
            self._challenge = put["M"]
        return self._call(*asked, **parameters)

    def _code(self) -> str:
        """The code of the challenge that was just put, as the sender derives it."""
        from customer_auth.addresses import phone  # noqa: PLC0415
        from customer_auth.aws import attribute_values  # noqa: PLC0415
        from customer_auth.otp import derivation, purposes  # noqa: PLC0415

        challenge = attribute_values.unmarshal_item(self._challenge)
        return derivation.derive_code(challenge["nonce"], challenge["derivation_key"], purposes.Purpose.LOGIN, phone.parse(PHONE))


def _run(handler: warm.Handler) -> Run:
    return lambda text: json.dumps(handler(json.loads(text), warm.Context()))


def known() -> warm.Items:
    """A customer with this phone, and the phone's code item, full of what a day may leave in it."""
    from customer_auth.addresses import phone  # noqa: PLC0415
    from customer_auth.aws import keys  # noqa: PLC0415
    from customer_auth.customers import customers  # noqa: PLC0415

    address = phone.parse(PHONE)
    customer = customers.new(customers.Names("Ada", "Lovelace"), address=address)
    identity = {"customer_id": customer.id, "spelling": PHONE, "channel": "phone", "proven_at": int(time.time()), "revision": "0" * 16}
    return {
        keys.customer(customer.id): customer._asdict() | {"metadata": "{}"},
        keys.identity(address.key): identity,
        keys.code_item(keys.code_item_key(address, keys.Lane.UNTRUSTED)): _code_item(customer.id),
    }


def _code_item(customer_id: str) -> dict[str, Any]:
    """Full windows, and what the last code led to; the challenge is put by each sign-in."""
    from customer_auth.base import limits  # noqa: PLC0415
    from customer_auth.otp.idempotency_items import IdempotencyRecord  # noqa: PLC0415

    now = int(time.time())
    windows = (limits.sends(), limits.code_attempts())
    record = IdempotencyRecord(
        redemption_id="0" * 8,
        challenge_hash=bytes(16),
        address=[],
        requested_at=now,
        expires_at=now,
        nonce=bytes(16),
        derivation_key_version=0,
        key_hash=bytes(16),
        customer_id=customer_id,
        family="ses_" + "0" * 24,
        registered=False,
        at=now,
    )
    return {
        **{f"{window.name}{nth}": now for window in windows for nth in range(window.length)},
        "done_login": record.item(),
        "attempts_login_bound": {"0" * 16: now},
        "attempts_login_unbound": {},
        "event": "attempted",
        "expires_at": now,
    }

"""Cold starts of the built functions under Lambda's runtime, compared with a minimal function, in milliseconds.

Each first request is a realistic one: with codes that were sent, with valid tokens, with messages to send. Only the resend of a code is
refused, because it comes too early.
"""

import base64
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from local.cloud import Clients
from local.template import Template
from tools import emulator, stack
from tools.invoke_all import BUILD, LAYER, events_of

ROUNDS = 9
HELLO = Path(__file__).with_name("hello")
# Times the bare function; the others 1.0. The former alone loads the SDK, the latter alone graphql-core, whose import it may take besides.
MOST = {"SendMessages": 1.3, "ExecuteGraphql": 2.0}
RESEND_SECONDS = 30
SETTINGS = ("--set", "IP_SENDS_PER_HOUR=0", "--set", f"RESEND_THROTTLE_SECONDS={RESEND_SECONDS}")
REGISTER, LOGIN = (f"/api/v1/auth/customer/{area}" for area in ("register", "login"))

type Event = dict[str, Any]


class Start(NamedTuple):
    """The figures of one cold container."""

    init_ms: float
    first_ms: float
    answer: Any

    @property
    def total_ms(self) -> float:
        return self.init_ms + self.first_ms


def main() -> None:
    """Measure and print."""
    template = Template.of_service()
    with tempfile.TemporaryDirectory() as folder, stack.started(*SETTINGS) as running:
        runtime, environments = emulator.lay_runtime(Path(folder)), running.environments()
        people = People(running, environments)

        def start(name: str, package: Path, handler: str, event: Event) -> Start:
            with emulator.started(package, handler, environments[name], [LAYER, runtime]) as container:
                answer = container.invoke(event)
                return Start(container.init_ms(), container.request_ms()[0], answer)

        pairs: dict[str, list[tuple[Start, Start]]] = {name: [] for name in template.functions}
        health = json.loads(events_of(template.functions["CheckHealth"])[0].read_text(encoding="utf-8"))
        for _ in range(ROUNDS):
            for name, function in template.functions.items():
                bare = start("CheckHealth", HELLO, "hello.handler", health)
                handler = f"{function.handler.module}.{function.handler.attribute}"
                event = people.event(name, json.loads(events_of(function)[0].read_text(encoding="utf-8")))
                pairs[name].append((bare, start(name, BUILD / name, handler, event)))
    _print(pairs)


def _print(pairs: dict[str, list[tuple[Start, Start]]]) -> None:
    bare = [bare for each in pairs.values() for bare, _ in each]
    print(f"Cold starts, milliseconds, median of {ROUNDS} ({len(bare)} of the bare function), each right after a bare one")
    print(f"  {'':24}{'INIT':>7}{'first':>7}{'sum':>7}{'times':>7}{'wanted':>8}  answer")
    _print_row("a bare function", bare, 1)
    for name, each in pairs.items():
        _print_row(name, [start for _, start in each], statistics.median(start.total_ms / bare.total_ms for bare, start in each))


def _print_row(name: str, starts: list[Start], times: float) -> None:
    init, first, total = (statistics.median(row) for row in zip(*((e.init_ms, e.first_ms, e.total_ms) for e in starts), strict=True))
    print(f"  {name:24}{init:7.0f}{first:7.0f}{total:7.0f}{times:7.2f}{MOST.get(name, 1.0):8.1f}  {_summary(starts[-1].answer)}")


def _summary(answer: Any) -> str:
    return str(answer["statusCode"]) if "statusCode" in answer else json.dumps(answer)


class People:
    """Customers of a local stack, for whom the events of `events/` are rewritten."""

    def __init__(self, running: stack.Stack, environments: Mapping[str, dict[str, str]]) -> None:
        self._stack = running
        self._phones = (f"+1212555{number}" for number in count(1000))
        self._emails = (f"ada{number}@example.com" for number in count())
        variables = environments["SendMessages"]
        self._codes_table = variables["CODES_TABLE"]
        self._dynamodb = Clients(variables["AWS_ENDPOINT_URL"], None).dynamodb
        self._with_account = [next(self._phones) for _ in range(2 * ROUNDS)]  # for two functions
        for phone in self._with_account:
            self._sign_up(phone)
        running.ask("/_local/clock", {"advance_seconds": RESEND_SECONDS})  # a container's own clock may be a minute behind
        self._rewrites = self._by_function()

    def _by_function(self) -> Mapping[str, Callable[[Event], Event]]:
        return {
            "RequestRegisterCode": self._ask,
            "RequestLoginCode": self._ask,
            "SendEmailCode": self._ask,
            "SendMobileCode": self._ask,
            "RegisterPassword": self._ask,
            "SendPasswordReset": self._ask,
            "RequestContactChange": self._ask,
            "ResendRegisterCode": self._with_challenge,
            "ResendLoginCode": self._with_challenge,
            "VerifyRegisterCode": self._try,
            "VerifyEmailCode": self._try,
            "VerifyMobileCode": self._try,
            "VerifyLoginCode": self._try_login,
            "SignInByPhone": self._try_login,
            "ValidateSession": self._signed_in,
            "RefreshSession": self._signed_in,
            "EndSession": self._signed_in,
            "GetDelivery": self._delivery,
            "SendMessages": self._message,
        }

    def event(self, name: str, event: Event) -> Event:
        """The event, rewritten for a customer for whom it is valid."""
        if "authorization" in event.get("headers", {}):
            event = self._signed_in(event)
        return self._rewrites[name](event) if name in self._rewrites else event

    def _ask(self, event: Event) -> Event:
        body = json.loads(event["body"])
        return _with(event, email=next(self._emails)) if "email" in body else _with(event, phone=next(self._phones))

    def _with_challenge(self, event: Event) -> Event:
        """The event with the challenge of a code that was requested from the matching endpoint."""
        path = event["rawPath"].replace("resend-otp", "request-otp").replace("verify-otp", "request-otp").replace("/verify", "/send")
        event = self._ask(event)
        body = json.loads(event["body"])
        response = self._stack.ask(path, {name: body[name] for name in ("phone", "email") if name in body})
        return _with(event, challenge=response["challenge"])

    def _try(self, event: Event) -> Event:
        event = self._with_challenge(event)
        body = json.loads(event["body"])
        return _with(event, code=self._stack.code(body.get("phone") or body["email"]))

    def _try_login(self, event: Event) -> Event:
        """The event of a customer who has an account already."""
        phone = self._with_account.pop()
        response = self._stack.ask(f"{LOGIN}/request-otp", {"phone": phone})
        return _with(event, phone=phone, challenge=response["challenge"], code=self._stack.code(phone, nth=2))

    def _signed_in(self, event: Event) -> Event:
        session = self._sign_up(next(self._phones))
        if "authorization" in event["headers"]:
            event["headers"]["authorization"] = f"Bearer {session['token']}"
        if "sid" in event.get("pathParameters", {}):
            event["pathParameters"]["sid"] = session["refresh_token"].split(".")[1]
        return _with(event, sessionToken=session["token"], refreshToken=session["refresh_token"])

    def _delivery(self, event: Event) -> Event:
        challenge = self._stack.ask(f"{REGISTER}/request-otp", {"phone": next(self._phones)})["challenge"]
        return event | {"pathParameters": {"challenge": challenge}}

    def _message(self, event: Event) -> Event:
        """A message that waits in the table. It is stored as already seen, so that the stack's own sender ignores it."""
        image = event["Records"][0]["dynamodb"]["NewImage"]
        now, phone = int(time.time()), next(self._phones)
        image |= {"pk": {"S": f"code#{phone}"}}
        image["register"]["M"] |= {"requested_at": {"N": str(now)}, "expires_at": {"N": str(now + 300)}}
        image["register"]["M"]["address"] = {"L": [{"S": part} for part in ("phone", phone, phone, "US")]}
        self._dynamodb.put_item(TableName=self._codes_table, Item=_item(image | {"event": {"S": "recorded"}}))
        return event

    def _sign_up(self, phone: str) -> Any:
        response = self._stack.ask(f"{REGISTER}/request-otp", {"phone": phone})
        proof = {"phone": phone, "challenge": response["challenge"], "code": self._stack.code(phone)}
        return self._stack.ask(f"{REGISTER}/verify-otp", proof)


def _with(event: Event, **fields: str) -> Event:
    """The event with these fields in its body, if it has one."""
    return event | {"body": json.dumps(json.loads(event["body"]) | fields)} if event.get("body") else event


def _item(image: dict[str, Any]) -> dict[str, Any]:
    """The item of an event's image, in which bytes are base64."""
    bytes_too: dict[str, Any] = json.loads(
        json.dumps(image), object_hook=lambda each: {"B": base64.b64decode(each["B"])} if "B" in each else each
    )
    return bytes_too

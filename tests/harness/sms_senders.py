"""The senders of SMS in the tests: the local stack's stand-ins behind sockets, and the service with them in its routes."""

import itertools
import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from local import events
from local.clock import Clock
from local.eum import Eum
from local.inbox import Inbox
from local.netgsm import Netgsm
from local.senders import Senders
from local.server import Request, Response, Server
from local.sms_webhook import SmsWebhook
from local.smsir import Smsir

SECRETS = {"NETGSM_PASSWORD": "canary-password", "SMSIR_API_KEY": "canary-key", "SMS_WEBHOOK_SECRET": "canary-secret-of-the-gateway"}
SETTINGS = {
    "ALLOWED_REGIONS": "US,TR,IR,DE",
    "NETGSM_USER": "8501234567",
    "NETGSM_HEADER": "MYSHOP",
    "NETGSM_OTP": "false",
    "SMSIR_TEMPLATES": "sign_up.en=100001,sign_up.fa=100002,sign_in.en=100003,sign_in.fa=100004",
    "BRAND_NAME": "My Shop",
}
MOST_BYTES = 2_000_000
FOREVER = 1e9
# A number of each sender's country.
PREFIXES = {"netgsm": "+90532", "smsir": "+98912", "eum": "+491512", "webhook": "+491512", "sns": "+1212555"}
DIGITS = {"+90532": 7, "+98912": 7, "+491512": 7, "+1212555": 4}

_numbers = itertools.count(random.randrange(1_000_000))


def new_number_of(sender: str) -> str:
    """A mobile number that nobody in this run has, in a country where the sender sends to."""
    prefix = PREFIXES[sender]
    digits = DIGITS[prefix]
    return f"{prefix}{(2_000_000 + next(_numbers) % 7_000_000) % 10**digits:0{digits}d}"


class Providers:
    """Four providers: what was asked of each, what each has sent, and ways in which they fail."""

    def __init__(self, clock):
        self._stopping = threading.Event()
        self.inbox = Inbox(Clock(), {"OTP_LENGTH": "6"}, lambda _: None)
        self.senders = Senders(self.inbox, Clock(), self._stopping)
        self.settings = SETTINGS | SECRETS
        arguments = (self.settings, self.inbox, self.senders)
        stand_ins = (Netgsm(*arguments), Smsir(*arguments), SmsWebhook(*arguments, clock=clock), Eum(*arguments))
        self._apps = {each.name: each for each in stand_ins}
        self._servers = {name: Server("127.0.0.1", 0, longest_body=MOST_BYTES) for name in self._apps}
        self.requests: dict[str, list[Request]] = defaultdict(list)
        self.responses: dict[str, Response] = {}  # instead of the provider's own
        self.slow: set[str] = set()

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._servers[name].port}"

    def break_(self, name: str, mode: str) -> None:
        self.senders.break_(name, mode, FOREVER)

    def mend(self, name: str) -> None:
        self.senders.break_(name, "", 0)
        self.responses.pop(name, None)

    def close(self, name: str) -> None:
        """Nobody listens at its port any more."""
        self._servers[name].stop()

    def sent(self, to: str) -> list[str]:
        """Who sent to this number, the first before."""
        return [message.provider for message in reversed(self.inbox.messages(to))]

    def bodies(self, name: str) -> list[dict]:
        return [json.loads(request.body) for request in self.requests[name]]

    def start(self) -> None:
        for name, server in self._servers.items():
            server.start(lambda request, name=name: self._answer(name, request))

    def stop(self) -> None:
        self._stopping.set()
        for server in self._servers.values():
            server.stop()

    def _answer(self, name: str, request: Request) -> Response | None:
        self.requests[name].append(request)
        if name in self.slow:
            time.sleep(0.6)
        return self.responses.get(name) or self._apps[name].answer(request)


@contextmanager
def running(clock) -> Iterator[Providers]:
    providers = Providers(clock)
    providers.start()
    yield providers
    providers.stop()


def addresses(providers: Providers) -> dict[str, str]:
    """The settings that lead to the providers."""
    return {
        "NETGSM_URL": providers.url("netgsm"),
        "SMSIR_URL": providers.url("smsir"),
        "SMS_WEBHOOK_URL": f"{providers.url('webhook')}/send",
        "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": providers.url("eum"),
    }


class Outbox:
    """The sender, fed by hand: `ask` for a code, `take` what was asked for, `take_again` what waits in the queue."""

    def __init__(self, api, providers: Providers):
        self.api, self.providers = api, providers
        self._waiting: list[dict] = []
        api.skip_records()
        while api.queued():
            pass

    def ask(self, phone: str, **headers: str) -> str:
        """Ask for a code to sign up or in; its challenge."""
        answer = self.api.post("/login/mobile/send", phone=phone, headers=headers)
        assert answer.status == 200, answer.text
        return answer["challenge"]

    def take(self) -> Counter:
        """Send what was asked for; the requests to AWS."""
        since = len(self.api.wire.calls)
        self.take_records(self.api.new_records())
        return self.api.wire.count(since)

    def take_records(self, records: list[dict]) -> None:
        self.api.invoke("SendMessages", events.stream_event(records, self.api.engine.ids["CodesTable.StreamArn"]))

    def take_again(self) -> None:
        """Send what waits in the queue; what is not sent then waits on."""
        self._waiting += self.api.queued()
        if self._waiting:
            answer = self.api.invoke("SendMessages", events.queue_event(self._waiting, self.api.engine.ids["RetryQueue.Arn"]))
            stay = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            self._waiting = [message for message in self._waiting if message["MessageId"] in stay]

    def send(self, phone: str, **headers: str) -> Counter:
        self.ask(phone, **headers)
        return self.take()

    def sent(self, phone: str) -> list[str]:
        """Who sent to this number: the providers first, SNS last."""
        return self.providers.sent(phone) + ["sns" for message in self.api.wire.sent if message.to == phone]

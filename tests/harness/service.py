"""The service in this process: requests by the template's routes, its outbox by its stream, its clock by hand."""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace

from customer_auth.aws import connections, json_protocol, sdk, secret_keys
from customer_auth.base import clock, consent_settings, provider_settings, sender_settings, settings
from customer_auth.messaging import circuits
from customer_auth.outgoing import provider_secrets
from customer_auth.social import discovery, jwks, providers
from customer_auth.tokens import keyring, publishable_keys
from local import events
from local.filters import fits_any
from local.routes import Routes
from local.template import Template
from tests.harness import described
from tests.harness.answers import Answer
from tests.harness.engines import Engine
from tests.harness.people import new_ip
from tests.harness.wire import FUNCTION, Wire


@cache
def template() -> Template:
    return Template.of_service()


@cache
def handler(logical_id: str):
    """A function's handler, imported from its file alone, as Lambda does."""
    function = template().functions[logical_id]
    path = function.code / f"{function.handler.module}.py"
    name = f"functions_{function.code.name}.{function.handler.module}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return getattr(module, function.handler.attribute)


@cache
def routes() -> dict[tuple[str, str], str]:
    return {(route.method, route.path): name for name, function in template().functions.items() for route in function.routes}


@cache
def matching() -> Routes:
    return Routes(template().functions)


# What a container reads once, or not often.
READ_ONCE = (secret_keys, keyring, publishable_keys, provider_secrets, providers, discovery, jwks, circuits)
# The functions that read the codes table's stream.
READERS = ("SendMessages", "RecordConversions")
# Of an invocation that has time for everything.
UNHURRIED = SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000)


class Clock:
    """The service's clock: the wall's, moved forward by hand."""

    def __init__(self):
        self.offset = 0.0
        self.frozen_at = float(int(time.time()))

    def now(self) -> float:
        return self.frozen_at + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds


class Service:
    """The running service on one engine."""

    def __init__(self, engine: Engine, wire: Wire, test_clock: Clock):
        self.engine, self.wire, self.clock = engine, wire, test_clock
        self.ip = new_ip()  # windows of clients outlive a test
        self._unread: dict[str, list[dict]] = {reader: [] for reader in READERS}

    def invoke(self, logical_id: str, event: dict, context: object = UNHURRIED) -> dict:
        token = FUNCTION.set(logical_id)
        try:
            answer = handler(logical_id)(event, context)
        finally:
            FUNCTION.reset(token)
        if "routeKey" in event:
            described.check(event, answer)
        return answer

    def request(self, method: str, path: str, *, raw: bytes | None = None, headers: dict | None = None, ip: str = "", query="", **body):
        all_headers = {"content-type": "application/json"} | {name.lower(): value for name, value in (headers or {}).items()}
        content = raw if raw is not None else b"" if method in ("GET", "HEAD") else json.dumps(body).encode()
        match = matching().find(method, path)
        event = events.http_event(
            method,
            path,
            route_key=f"{method} {match.route.path}",
            path_parameters=match.path_parameters,
            headers={name: value for name, value in all_headers.items() if value is not None},
            query=query,
            body=content,
            source_ip=ip or self.ip,
            domain="auth.shop.example",
            at=self.clock.now(),
        )
        since = len(self.wire.calls)
        answer = self.invoke(match.function, event)
        called = tuple(call.operation for call in self.wire.calls[since:])
        return Answer(answer["statusCode"], answer["headers"], answer["body"], called, tuple(answer.get("cookies", ())))

    def process_deletions(self, *, at: float | None = None, has_time: Callable[[], bool] = lambda: True) -> dict:
        """The hourly run, by EventBridge's clock at that second, for as long as it has time."""
        event = events.schedule_event("ProcessAccountDeletionsHourly", self.clock.now() if at is None else at)
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000 if has_time() else 0)
        return self.invoke("ProcessAccountDeletions", event, context)

    def aggregate_costs(self) -> dict:
        """The hourly run, by EventBridge's clock now."""
        return self.invoke("AggregateCosts", events.schedule_event("AggregateCostsHourly", self.clock.now()))

    def post(self, path: str, **rest) -> Answer:
        return self.request("POST", path, **rest)

    def get(self, path: str, **rest) -> Answer:
        return self.request("GET", path, **rest)

    # ── the outbox ──

    def new_records(self) -> list[dict]:
        """The codes table's stream since the last look, filtered as the template says for the sender."""
        return self._new_records("SendMessages")

    def used_codes(self) -> list[dict]:
        """The same, as it is filtered for what records conversions."""
        return self._new_records("RecordConversions")

    def _new_records(self, reader: str) -> list[dict]:
        for record in self.engine.new_records():
            for each in READERS:
                if self._passes(record, each):
                    self._unread[each].append(record)
        records, self._unread[reader] = self._unread[reader], []
        return records

    def skip_records(self) -> None:
        self.engine.skip_records()

    def convert(self) -> dict | None:
        """Let the used codes be recorded in the ledger."""
        records = self.used_codes()
        if not records:
            return None
        return self.invoke("RecordConversions", events.stream_event(records, self.engine.ids["CodesTable.StreamArn"]))

    def deliver(self) -> dict | None:
        """Let the outbox send the requested messages."""
        records = self.new_records()
        if not records:
            return None
        return self.invoke("SendMessages", events.stream_event(records, self.engine.ids["CodesTable.StreamArn"]))

    def deliver_again(self) -> dict | None:
        """Let the outbox take what its retry queue holds."""
        messages = self.queued()
        if not messages:
            return None
        return self.invoke("SendMessages", events.queue_event(messages, self.engine.ids["RetryQueue.Arn"]))

    def queued(self) -> list[dict]:
        sqs, url = self.engine.clients.sqs, self.engine.ids["RetryQueue"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0", "VisibilityTimeout": "0"})
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages

    @staticmethod
    def _passes(record: dict, reader: str = "SendMessages") -> bool:
        return any(fits_any(stream.filters, record) for stream in template().functions[reader].streams)

    def restart(self) -> None:
        """The next call runs in a new container: it has read no secret and no key. The SDK's clients stay, for they take long to make."""
        for cached in READ_ONCE:
            cached.forget()

    # ── the tables, without the service ──

    def table(self, logical_id: str) -> list[dict]:
        """Every item of a table, for tests that read it."""
        return self.engine.scan(self.engine.ids[logical_id])


def forget_everything() -> None:
    """As a container that has just started."""
    settings.forget()
    provider_settings.forget()
    consent_settings.forget()
    sender_settings.forget()
    for cached in READ_ONCE:
        cached.forget()
    json_protocol.forget()
    sdk.forget()
    clock.source = time.time


def entered(engine: Engine, wire: Wire):
    """The engine as the one that every function talks to, with its first signing key made; a generator for fixtures."""
    before = dict(os.environ)
    # Many threads on few cores answer later than a network does; a time-out is injected where one is meant.
    connections.CONNECT_SECONDS, connections.READ_SECONDS = 30, 60
    os.environ.pop("AWS_ENDPOINT_URL_DYNAMODB", None)
    os.environ.update(engine.environment)
    forget_everything()
    wire.listen()
    Service(engine, wire, Clock()).invoke("RotateSigningKeys", {})
    yield engine
    os.environ.clear()
    os.environ.update(before)
    forget_everything()

"""The whole local stack: an embedded AWS, the functions' workers, their triggers, and the HTTP server in front."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from local import cloud, custom, pool
from local.app import app_of
from local.aws import EmbeddedAws
from local.changes import Change
from local.clock import Clock
from local.cloud import Clients
from local.console import TASKS, Console
from local.data import DataFolder
from local.gateway import Gateway
from local.inbox import Inbox
from local.iys import Iys
from local.keeper import Keeper
from local.pool import Pool
from local.queues import QueueFeeder
from local.routes import Routes
from local.runtime import spec_of, task_spec
from local.scheduler import Scheduler, jobs_of
from local.schedules import ScheduleError
from local.senders import Senders
from local.server import App, Server
from local.sms_providers import Ports
from local.streams import StreamFeeder
from local.template import StreamTrigger, Template, Unresolved
from local.worker import Failure

EMBEDDED_LOOK_SECONDS = 5.0  # the embedded DynamoDB announces changes
REAL_LOOK_SECONDS = 0.1  # any other is polled
REAL_SHOWN_SECONDS = 0.3  # until a write appears in the stream
WORK_OFF_SECONDS = 60.0  # at most, at each stop of the clock; a sender that hangs takes seconds
SETTINGS_ERROR = "SettingsError"
PUBLISH_KEY = "publish_key"  # the stack's own task, as console.TASKS
PUBLISHABLE_KEY = "pk_local"


class StartError(Exception):
    """The stack cannot start; the message is one line."""


class Options(NamedTuple):
    """The options of the command; `dynamodb` is the URL of another DynamoDB."""

    data: Path | None = None
    dynamodb: str | None = None
    verbose: bool = False


class Stack:
    """One local stack; `say` prints a line; `server` and the `ports` of SMS providers are bound already."""

    def __init__(self, template: Template, server: Server, ports: Ports, options: Options, say: Callable[[str], None]) -> None:
        self._template = template
        self._server = server
        self._ports = ports
        self._options = options
        self._stopping = threading.Event()
        self._keeping = threading.Lock()
        self._keeper = Keeper(DataFolder(options.data)) if options.data else None
        self._clock = Clock(self._keeper.offset_seconds if self._keeper else 0)
        self._inbox = Inbox(self._clock, template.settings, lambda message: say(message.line()))
        self._senders = Senders(self._inbox, self._clock, self._stopping)
        self._aws = EmbeddedAws(self._clock, self._senders)
        self._clients = Clients(self._aws.url, options.dynamodb)
        self._pools: dict[str, Pool] = {}
        self._ids: dict[str, str] = {}
        self._streams: list[StreamFeeder] = []
        self._queues: list[QueueFeeder] = []
        fired = self._keeper.fired if self._keeper else None
        self._scheduler = Scheduler(self._clock, work_off=self._work_off, keep=self._keep, stopping=self._stopping, fired=fired)

    def start(self) -> None:
        """Create the resources, check that the functions can start, and serve requests. Raises: StartError, CustomResourceError."""
        try:
            jobs = jobs_of(self._template)
        except ScheduleError as error:
            raise StartError(str(error)) from error
        self._aws.start()
        self._aws.eum = self._ports.serve(self._template.settings, self._inbox, self._senders, self._clock, self._stopping)
        are_new = self._create_resources()
        self._aws.tables.listeners.append(self._hear)
        self._make_pools()
        if are_new:  # and so is everything that custom resources create with them
            custom.create(self._template, self._pools, self._ids)
        self._publish_key()
        self._start_feeders()
        self._scheduler.start(jobs, self._pools)
        self._server.start(self._app())

    def _create_resources(self) -> bool:
        """Create the resources and restore what the last run saved; returns whether the keys are new."""
        keys = self._keeper.restore_keys() if self._keeper else {}
        secrets = self._keeper.secrets if self._keeper else {}
        try:
            self._ids = cloud.create(self._template, self._clients, secrets=secrets, keys=keys)
        except (BotoCoreError, ClientError) as error:
            raise StartError(f"the AWS resources cannot be created: {error}") from error
        if self._keeper:
            if not self._options.dynamodb:
                self._keeper.restore_tables(self._aws.tables)
            self._aws.on_secret = self._keep
            self._keep()
        return not keys

    def stop(self) -> None:
        """Stop everything at once, without waiting for current requests."""
        self._stopping.set()
        self._server.stop()
        threads = [threading.Thread(target=each.stop) for each in self._pools.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._aws.stop()
        if self._keeper:
            self._keeper.close()

    def _make_pools(self) -> None:
        endpoints = self._endpoints()
        for name, function in self._template.functions.items():
            try:
                spec = spec_of(function, self._template, self._ids, endpoints, verbose=self._options.verbose)
            except Unresolved as error:
                raise StartError(f"{name} refers to {error}, which the local stack does not create") from error
            self._pools[name] = Pool(spec, lambda: self._clock.offset_seconds, self._tell)
        for name, failure in pool.check([each.spec for each in self._pools.values()]).items():
            if failure.kind == SETTINGS_ERROR:
                raise StartError(failure.message)
            self._tell(name, failure)
        self._pools |= {task: self._task(task) for task in TASKS}

    def _endpoints(self) -> dict[str, str]:
        dynamodb = self._options.dynamodb
        return {"AWS_ENDPOINT_URL": self._aws.url} | ({"AWS_ENDPOINT_URL_DYNAMODB": dynamodb} if dynamodb else {})

    def _task(self, module: str) -> Pool:
        spec = task_spec(module, self._template, self._ids, self._endpoints(), verbose=self._options.verbose)
        return Pool(spec, lambda: self._clock.offset_seconds, self._tell)

    def _publish_key(self) -> None:
        task = self._task(PUBLISH_KEY)
        task.invoke({"key": PUBLISHABLE_KEY})
        task.stop()

    def _start_feeders(self) -> None:
        for name, function in self._template.functions.items():
            arguments = (self._pools[name], self._clients, self._ids)
            self._streams += [self._feeder(each, *arguments) for each in function.streams]
            self._queues += [QueueFeeder(each, *arguments, stopping=self._stopping) for each in function.queues]
        for feeder in self._feeders:
            feeder.start()

    def _feeder(self, trigger: StreamTrigger, *arguments: Any) -> StreamFeeder:
        every, shown = (REAL_LOOK_SECONDS, REAL_SHOWN_SECONDS) if self._options.dynamodb else (EMBEDDED_LOOK_SECONDS, 0.0)
        return StreamFeeder(trigger, *arguments, every_seconds=every, shown_seconds=shown, stopping=self._stopping)

    @property
    def _feeders(self) -> list[StreamFeeder | QueueFeeder]:
        return [*self._streams, *self._queues]

    def _app(self) -> App:
        domain = f"127.0.0.1:{self._server.port}"
        hosts = frozenset({domain, f"localhost:{self._server.port}"})
        gateway = Gateway(Routes(self._template.functions), self._pools, self._template.cors, domain=domain, now=self._clock.now)
        iys = Iys(self._template.settings, self._inbox, self._senders)
        console = Console(self._template, self._pools, self._inbox, self._senders, iys, self._clock, self._scheduler.advance, hosts)
        return app_of(console, gateway)

    def _hear(self, changes: Sequence[Change]) -> None:
        """Wake the feeders of the streams whose tables have changed."""
        changed = {change.table for change in changes}
        for feeder in self._streams:
            if feeder.table in changed:
                feeder.wake()

    def _work_off(self) -> None:
        """Wait until streams and queues are processed, but not forever."""
        ends_at = time.monotonic() + WORK_OFF_SECONDS
        for feeder in self._feeders:
            feeder.work_off(ends_at)

    def _keep(self) -> None:
        try:
            with self._keeping:
                if self._keeper:
                    self._keeper.keep(self._template, self._clients, self._ids, self._clock, self._scheduler.fired)
        except (BotoCoreError, ClientError):
            if not self._stopping.is_set():  # otherwise the last saved state stays
                raise

    def _tell(self, name: str, failure: Failure) -> None:
        if not self._stopping.is_set():
            print(f"{name} failed: {failure.kind}: {failure.message}\n{failure.trace}", file=sys.stderr, flush=True)

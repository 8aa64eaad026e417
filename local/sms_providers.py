"""The SMS providers beside the stack: a stand-in at a port of its own for each of them, closed while the provider is down."""

import re
import threading
from collections.abc import Mapping
from typing import Any

from local.clock import Clock
from local.eum import REASONS, Eum
from local.inbox import Inbox
from local.netgsm import Netgsm
from local.senders import Senders
from local.server import App, Server
from local.sms_webhook import SmsWebhook
from local.smsir import Smsir
from local.stand_in import LONGEST_BODY

LOOK_SECONDS = 0.1
NAMES = ("netgsm", "smsir", "webhook")
_CARRIED = (
    "sign_in", "sign_up", "account_exists", "verify", "contact", "password_changed", "contact_changed", "method_added", "provider_added",
    "provider_removed", "deletion", "cancellation", "deletion_cancelled", "deletion_completed",
)  # fmt: skip
_LANGUAGES = ("fa", "tr", "en")


def has_code(name: str, code: str) -> bool:
    """Whether a stand-in can answer with this code: a number, or what End User Messaging calls its reasons."""
    return code in REASONS if name == "eum" else name in NAMES and re.fullmatch(r"[0-9]{1,3}", code) is not None


class Ports:
    """The providers' ports, bound before the template is read, since their addresses are settings."""

    def __init__(self) -> None:
        self._servers: dict[str, Server | None] = {name: Server("127.0.0.1", 0, longest_body=LONGEST_BODY) for name in NAMES}
        self._ports = {name: server.port for name, server in self._servers.items() if server}
        self._apps: Mapping[str, App] = {}
        self._lock = threading.Lock()

    def settings(self) -> dict[str, str]:
        """Local values for what is empty otherwise."""
        url = {name: f"http://127.0.0.1:{port}" for name, port in self._ports.items()}
        pairs = [f"{kind}.{language}" for kind in _CARRIED for language in _LANGUAGES]
        return {
            "NETGSM_URL": url["netgsm"],
            "NETGSM_USER": "8500000000",
            "NETGSM_PASSWORD": "local-password",
            "NETGSM_HEADER": "LOCAL",
            "SMSIR_URL": url["smsir"],
            "SMSIR_API_KEY": "local-key",
            "SMSIR_TEMPLATES": ",".join(f"{pair}={number}" for number, pair in enumerate(pairs, 100_001)),
            "SMS_WEBHOOK_URL": f"{url['webhook']}/send",
            "SMS_WEBHOOK_SECRET": "local-webhook-secret",
        }

    def serve(self, settings: Mapping[str, Any], inbox: Inbox, senders: Senders, clock: Clock, stopping: threading.Event) -> App:
        """Answer requests until `stopping`, from those that are not down; returns what answers for End User Messaging, which is AWS's."""
        arguments = (settings, inbox, senders)
        self._apps = {
            "netgsm": Netgsm(*arguments).answer,
            "smsir": Smsir(*arguments).answer,
            "webhook": SmsWebhook(*arguments, clock=clock).answer,
        }
        for name, server in self._servers.items():
            if server:
                server.start(self._apps[name])
        senders.on_change = lambda: self._look(senders)

        def watch() -> None:
            while not stopping.wait(LOOK_SECONDS):
                self._look(senders)
            self._close()

        threading.Thread(target=watch, daemon=True, name="sms-providers").start()
        return Eum(*arguments).answer

    def _look(self, senders: Senders) -> None:
        """Close the ports of those that are down, and open those of the others again."""
        with self._lock:
            for name, server in self._servers.items():
                is_down = senders.mode(name) == "down"
                if is_down and server:
                    server.stop()
                    self._servers[name] = None
                elif not is_down and server is None:
                    again = Server("127.0.0.1", self._ports[name], longest_body=LONGEST_BODY)
                    again.start(self._apps[name])
                    self._servers[name] = again

    def _close(self) -> None:
        with self._lock:
            for server in self._servers.values():
                if server:
                    server.stop()

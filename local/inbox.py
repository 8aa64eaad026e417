"""Every SMS and email that was sent by the embedded AWS."""

import re
import runpy
import threading
import unicodedata
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import phonenumbers
from phonenumbers import PhoneNumberType

from local.clock import Clock

KEPT_MESSAGES = 5_000
CARRY_CODES = ("sms", "email")
WEB_OTP_LINE = re.compile(r"^@\S+ #(\S+)$", re.MULTILINE)  # the last line of an SMS, which lets browsers fill in the code

DIGIT = "[0-9٠-٩۰-۹]"  # codes are shown in the digits of the reader's language
RECEIVES_SMS = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
# The current numbers of old spellings, from the service's own table: its messages go to current numbers.
CURRENT = runpy.run_path(str(Path(__file__).parents[1] / "layers/shared/customer_auth/addresses/numbering.py"))["current"]


class Message(NamedTuple):
    """One message as it was sent; `sent_at` by the stack's clock."""

    channel: str
    to: str
    body: str
    subject: str | None
    code: str | None
    provider: str
    sent_at: str

    def as_json(self) -> dict[str, str]:
        return {name: value for name, value in self._asdict().items() if value is not None}

    def line(self) -> str:
        """The line for the terminal."""
        code = f" · code {self.code}" if self.code else ""
        text = self.subject or " ".join(self.body.split())
        return f"{self.channel} to {self.to}{code} · {text[:100]}"


class Inbox:
    """The messages, newest first. `settings` define the form of codes and the region of national numbers."""

    def __init__(self, clock: Clock, settings: Mapping[str, Any], on_message: Callable[[Message], None]) -> None:
        self._clock = clock
        self._settings = settings
        self._on_message = on_message
        self._messages: deque[Message] = deque(maxlen=KEPT_MESSAGES)
        self._lock = threading.Lock()

    def add(self, channel: str, to: str, body: str, *, provider: str, subject: str | None = None) -> None:
        """Store a message and announce it."""
        code = find_code(body, self._settings) if channel in CARRY_CODES else None
        message = Message(channel, to, body, subject, code, provider, self._clock.iso())
        with self._lock:
            self._messages.appendleft(message)
        self._on_message(message)

    def messages(self, to: str = "") -> list[Message]:
        """All messages, or those to an address in any of its spellings."""
        with self._lock:
            messages = list(self._messages)
        if not to.strip():
            return messages
        region = str(self._settings.get("DEFAULT_REGION", ""))
        address = normal_address(to, region)
        return [message for message in messages if normal_address(message.to, region) == address]


def find_code(body: str, settings: Mapping[str, Any]) -> str | None:
    """The one-time code in a text: what follows # in a WebOTP line, else the first word of a code's length and characters."""
    marked = WEB_OTP_LINE.findall(body)
    if marked:
        return str(marked[-1])
    text = unicodedata.normalize("NFKC", body).replace(str(settings.get("BRAND_NAME") or "\0"), "")
    length = int(settings.get("OTP_LENGTH", 6))
    if settings.get("OTP_CHARSET", "numeric") == "numeric":
        match = re.search(rf"(?<![\w+]){DIGIT}{{{length}}}(?!\w)", text)
        return "".join(str(unicodedata.digit(digit)) for digit in match[0]) if match else None
    words = re.findall(rf"\b[A-Z0-9]{{{length}}}\b", text)
    return next((word for word in words if re.search("[0-9]", word)), words[0] if words else None)


def normal_address(text: str, region: str) -> str:
    """An email in lower case, a number in today's E.164, any other text unchanged. In a query a leading + may have become a space."""
    if "@" in text:
        return text.strip().lower()
    number = f"+{text.strip()}" if re.match(r" \d", text) else text.strip()
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.number_type(parsed) in RECEIVES_SMS:
        return e164
    means = (each for each in CURRENT(e164) if phonenumbers.number_type(phonenumbers.parse(each)) in RECEIVES_SMS)
    return next(means, e164)

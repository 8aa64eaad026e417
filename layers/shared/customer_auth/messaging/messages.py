"""What a customer reads: a kind of message, for a channel, in a locale.

A kind's files are `templates/<locale>/<kind>.sms.txt` and `<kind>.email.txt`, plain text with `{{brand}} {{code}} {{minutes}}
{{domain}}`, one that speaks of a day with `{{date}}`, a reset's with `{{reset_url}} {{token}} {{phone}}` in the place of the code; an
email's first line is its subject. A subject holds no code: SES copies it into its delivery events.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from customer_auth.base.locales import Locale
from customer_auth.messaging.email_html import lay_out
from customer_auth.messaging.kinds import Kind
from customer_auth.messaging.templates import fill, read

__all__ = ["Kind", "Message", "MessageChannel", "render"]

type MessageChannel = Literal["sms", "email"]

# Browsers fill the code in on this domain alone; it must be the last line (https://wicg.github.io/sms-one-time-codes/ §3).
_WEB_OTP = "\n\n@{{domain}} #{{code}}"
_SUBJECT = "Subject: "


class Message(NamedTuple):
    """What a sender carries; an SMS is `text` alone."""

    subject: str | None
    text: str
    html: str | None


def render(
    kind: Kind, channel: MessageChannel, locale: Locale, *, brand: str, domain: str = "", minutes: int = 0, **values: str
) -> Message:
    """The message, with a `value` in the place of each placeholder of its name. `minutes` is how long its code or link lives.

    Where it has a `code`, an SMS ends with the WebOTP line, unless `domain` is empty.
    """
    values |= {"brand": _one_line(brand), "minutes": locale.number(minutes), "domain": domain}
    template = read(f"{locale}/{kind}.{channel}.txt")
    if channel == "sms":
        return Message(None, fill(template + _WEB_OTP if domain and "code" in values else template, values), None)
    return _email(template, values, locale)


def _email(template: str, values: Mapping[str, str], locale: Locale) -> Message:
    first, *paragraphs = template.split("\n\n")
    subject = fill(first.removeprefix(_SUBJECT), values)
    return Message(subject, fill("\n\n".join(paragraphs), values), lay_out(subject, paragraphs, values, locale))


def _one_line(text: str) -> str:
    """`text` without line ends or other controls: in a subject they would begin a header, in an SMS a WebOTP line."""
    return " ".join("".join(" " if letter < " " or "\x7f" <= letter <= "\x9f" else letter for letter in text).split())

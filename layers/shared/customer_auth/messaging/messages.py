"""Renders a message: a kind, for a channel, in a locale.

A kind has two template files, `templates/<locale>/<kind>.sms.txt` and `<kind>.email.txt`: plain text with the placeholders `{{brand}}
{{code}} {{minutes}} {{domain}}`; `{{date}}` where the message names a day; and for a reset `{{reset_url}} {{token}} {{phone}}` instead
of the code. An email's first line is its subject. A subject never contains a code, because SES copies it into its delivery events.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from customer_auth.base.locales import Locale
from customer_auth.messaging.email_html import lay_out
from customer_auth.messaging.kinds import Kind
from customer_auth.messaging.templates import fill, read

__all__ = ["Kind", "MessageChannel", "RenderedMessage", "render"]

type MessageChannel = Literal["sms", "email"]

# Browsers fill the code in on this domain only; it must be the last line (https://wicg.github.io/sms-one-time-codes/ §3).
_WEB_OTP = "\n\n@{{domain}} #{{code}}"
_SUBJECT = "Subject: "


class RenderedMessage(NamedTuple):
    """A message ready to be sent; an SMS has only `text`."""

    subject: str | None
    text: str
    html: str | None


def render(
    kind: Kind, channel: MessageChannel, locale: Locale, *, brand: str, domain: str = "", minutes: int = 0, **values: str
) -> RenderedMessage:
    """Fill the message's template, each placeholder with the value of the same name. `minutes` is how long its code or link is valid.

    An SMS with a `code` ends with the WebOTP line, unless `domain` is empty.
    """
    values |= {"brand": _one_line(brand), "minutes": locale.number(minutes), "domain": domain}
    template = read(f"{locale}/{kind}.{channel}.txt")
    if channel == "sms":
        return RenderedMessage(None, fill(template + _WEB_OTP if domain and "code" in values else template, values), None)
    return _email(template, values, locale)


def _email(template: str, values: Mapping[str, str], locale: Locale) -> RenderedMessage:
    first, *paragraphs = template.split("\n\n")
    subject = fill(first.removeprefix(_SUBJECT), values)
    return RenderedMessage(subject, fill("\n\n".join(paragraphs), values), lay_out(subject, paragraphs, values, locale))


def _one_line(text: str) -> str:
    """`text` without line breaks or other control characters: in a subject they could start a header, in an SMS a WebOTP line."""
    return " ".join("".join(" " if character < " " or "\x7f" <= character <= "\x9f" else character for character in text).split())

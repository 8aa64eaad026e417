"""The HTML of an email, rendered from the paragraphs of its text, so that both always say the same.

It sets no colours of its own and so follows the reader's light or dark mode. `dir` and `lang` are repeated on a `div`, because Gmail
removes them from `html`.
"""

from collections.abc import Mapping
from html import escape

from customer_auth.base.locales import Locale
from customer_auth.messaging.templates import fill, read

_LAYOUT = "email.html"
_PARAGRAPH = '<p style="margin: 0 0 16px;">{}</p>'
# `dir` isolates the code: its letters and digits keep their order in a text that runs from right to left (UAX #9 §2.7).
_CODE_STYLE = "margin: 0 0 16px; padding: 16px 0; font: bold 32px/1.25 monospace; letter-spacing: 4px; text-align: center;"
_CODE = f'<p dir="ltr" style="{_CODE_STYLE}">{{}}</p>'
_LINK = '<p dir="ltr" style="margin: 0 0 16px; overflow-wrap: anywhere;"><a href="{0}">{0}</a></p>'


def lay_out(subject: str, paragraphs: list[str], values: Mapping[str, str], locale: Locale) -> str:
    """The complete HTML page. `paragraphs` still contain placeholders; `subject` and `values` are plain text."""
    escaped = {name: escape(value) for name, value in values.items()}
    isolated = {name: f"<bdi>{value}</bdi>" for name, value in escaped.items()}
    blocks = {"{{code}}": _CODE.format(escaped.get("code", "")), "{{reset_url}}": _LINK.format(escaped.get("reset_url", ""))}
    body = [blocks.get(text) or _PARAGRAPH.format(fill(escape(text), isolated)) for text in paragraphs]
    return fill(
        read(_LAYOUT),
        escaped | {"subject": escape(subject), "lang": locale, "dir": locale.direction, "paragraphs": "\n".join(body)},
    )

"""Checks an operator's own templates before the first message is sent; each fault names its file and line."""

from collections.abc import Iterator
from pathlib import Path

from customer_auth.base.locales import Locale
from customer_auth.base.settings import SettingsError
from customer_auth.messaging import segments, templates
from customer_auth.messaging.messages import Kind

_WITH_CODE = (Kind.SIGN_IN, Kind.SIGN_UP, Kind.ACCOUNT_EXISTS, Kind.VERIFY, Kind.CONTACT, Kind.DELETION, Kind.CANCELLATION)
_WITH_DATE = (Kind.DELETION_CONFIRMED, Kind.DELETION_REMINDER)
_RESET_PLACEHOLDERS = ("reset_url", "token")
_COMMON_PLACEHOLDERS = ("brand", "minutes", "domain")
_MAX_SEGMENTS = 4
_SUBJECT = "Subject: "
# Each as long as it can get, to measure an SMS at its longest.
_SAMPLES = {
    "brand": "x" * 32,
    "code": "1234567890",
    "minutes": "10",
    "domain": "shop.example.com",
    "token": "x" * 87,
    "reset_url": "https://shop.example.com/reset-password?token=" + "x" * 87 + "&phone=%2B12125550123",
    "phone": "+12125550123",
    "date": "2026-01-31",
}


def check_folder(name: str) -> Path | None:
    """Check every template in the folder of this name, beside the package in the layer; returns its path, or None without a name.

    Raises: SettingsError, listing every fault of every file.
    """
    if not name:
        return None
    folder = templates.BESIDE_PACKAGE / name
    if not folder.is_dir():
        raise SettingsError(f"TEMPLATES_DIR must be a folder beside the package in the layer; {name} does not exist")
    faults = [fault for path in sorted(folder.rglob("*")) if path.is_file() for fault in _faults(path.relative_to(folder).as_posix(), path)]
    if faults:
        raise SettingsError("; ".join(f"TEMPLATES_DIR: {fault}" for fault in faults))
    return folder


def _faults(name: str, path: Path) -> Iterator[str]:
    known = {f"{locale}/{kind}.{channel}.txt": (kind, channel) for locale in Locale for kind in Kind for channel in ("sms", "email")}
    if name not in known:
        yield f"{name} is not the name of a template"
        return
    kind, channel = known[name]
    text = path.read_text("utf-8")
    allowed = (
        *_COMMON_PLACEHOLDERS,
        *_secrets(kind),
        *(("phone",) if kind is Kind.RESET else ()),
        *(("date",) if kind in _WITH_DATE else ()),
    )
    for number, line in enumerate(text.splitlines(), 1):
        for placeholder in templates.PLACEHOLDER.findall(line):
            if placeholder not in allowed:
                yield f"{name} line {number}: {{{{{placeholder}}}}} is not allowed in this template"
    if _secrets(kind) and not any(f"{{{{{each}}}}}" in text for each in _secrets(kind)):
        yield f"{name} line 1: {' or '.join(f'{{{{{each}}}}}' for each in _secrets(kind))} is missing"
    yield from _faults_of_email(name, text) if channel == "email" else _faults_of_sms(name, text)


def _secrets(kind: Kind) -> tuple[str, ...]:
    """The placeholders that carry what the message exists to deliver; a template needs at least one of them."""
    return ("code",) if kind in _WITH_CODE else _RESET_PLACEHOLDERS if kind is Kind.RESET else ()


def _faults_of_email(name: str, text: str) -> Iterator[str]:
    first, _, rest = text.partition("\n")
    if not first.startswith(_SUBJECT) or not rest.startswith("\n") or not rest.strip():
        yield f"{name} line 1: must be “{_SUBJECT}…”, then an empty line and the text"
    elif any(f"{{{{{each}}}}}" in first for each in ("code", *_RESET_PLACEHOLDERS)):
        yield f"{name} line 1: a subject must not contain a secret, because it is copied into delivery events"


def _faults_of_sms(name: str, text: str) -> Iterator[str]:
    filled = templates.PLACEHOLDER.sub(lambda placeholder: _SAMPLES.get(placeholder[1], ""), text.rstrip("\n"))
    needed = segments.count(filled).segments
    if needed > _MAX_SEGMENTS:
        yield f"{name} line 1: {needed} segments, but at most {_MAX_SEGMENTS} are sent"

"""Whether an operator's own templates will do, before the first message: each fault is told with the file's name and line."""

from collections.abc import Iterator
from pathlib import Path

from customer_auth.base.locales import Locale
from customer_auth.base.settings import SettingsError
from customer_auth.messaging import segments, templates
from customer_auth.messaging.messages import Kind

_CODES = (Kind.SIGN_IN, Kind.SIGN_UP, Kind.ACCOUNT_EXISTS, Kind.VERIFY, Kind.CONTACT, Kind.DELETION, Kind.CANCELLATION)
_DATED = (Kind.DELETION_CONFIRMED, Kind.DELETION_REMINDER)
_LINKS = ("reset_url", "token")
_ALWAYS = ("brand", "minutes", "domain")
_MOST_SEGMENTS = 4
_SUBJECT = "Subject: "
# As long as they get.
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


def checked(name: str) -> Path | None:
    """The folder of that name beside the package in the layer; none without a name.

    Raises: SettingsError, with every fault of every file.
    """
    if not name:
        return None
    folder = templates.BESIDE_PACKAGE / name
    if not folder.is_dir():
        raise SettingsError(f"TEMPLATES_DIR must be a folder beside the package in the layer; there is no {name}")
    faults = [fault for path in sorted(folder.rglob("*")) if path.is_file() for fault in _faults(path.relative_to(folder).as_posix(), path)]
    if faults:
        raise SettingsError("; ".join(f"TEMPLATES_DIR: {fault}" for fault in faults))
    return folder


def _faults(name: str, path: Path) -> Iterator[str]:
    known = {f"{locale}/{kind}.{channel}.txt": (kind, channel) for locale in Locale for kind in Kind for channel in ("sms", "email")}
    if name not in known:
        yield f"{name} is no template"
        return
    kind, channel = known[name]
    text = path.read_text("utf-8")
    allowed = (*_ALWAYS, *_proofs(kind), *(("phone",) if kind is Kind.RESET else ()), *(("date",) if kind in _DATED else ()))
    for number, line in enumerate(text.splitlines(), 1):
        for placeholder in templates.PLACEHOLDER.findall(line):
            if placeholder not in allowed:
                yield f"{name} line {number}: {{{{{placeholder}}}}} is no placeholder here"
    if _proofs(kind) and not any(f"{{{{{each}}}}}" in text for each in _proofs(kind)):
        yield f"{name} line 1: {' or '.join(f'{{{{{each}}}}}' for each in _proofs(kind))} is missing"
    yield from _faults_of_email(name, text) if channel == "email" else _faults_of_sms(name, text)


def _proofs(kind: Kind) -> tuple[str, ...]:
    return ("code",) if kind in _CODES else _LINKS if kind is Kind.RESET else ()


def _faults_of_email(name: str, text: str) -> Iterator[str]:
    first, _, rest = text.partition("\n")
    if not first.startswith(_SUBJECT) or not rest.startswith("\n") or not rest.strip():
        yield f"{name} line 1: must be «{_SUBJECT}…», an empty line, and the text"
    elif any(f"{{{{{each}}}}}" in first for each in ("code", *_LINKS)):
        yield f"{name} line 1: a subject must not hold what is secret, for it is copied into delivery events"


def _faults_of_sms(name: str, text: str) -> Iterator[str]:
    filled = templates.PLACEHOLDER.sub(lambda placeholder: _SAMPLES.get(placeholder[1], ""), text.rstrip("\n"))
    counted = segments.count(filled).segments
    if counted > _MOST_SEGMENTS:
        yield f"{name} line 1: {counted} segments, and at most {_MOST_SEGMENTS} are sent"

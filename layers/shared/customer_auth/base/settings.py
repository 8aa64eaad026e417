"""The service's settings, read from the environment that `template.yaml` gives a function; a wrong one ends the start with its name.

Defaults stand in the template alone. A group is read when first asked for, so a function needs only what it uses.
"""

import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, SUPPORTED_REGIONS
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator


class SettingsError(Exception):
    """A setting is missing or not allowed, or two do not fit together; the message names it and says what is allowed."""


def _list(text: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(text).split(",") if part.strip())


def _prefixes(text: object) -> tuple[str, ...]:
    prefixes = _list(text)
    for prefix in prefixes:
        # A whole country would let in its premium numbers too, as far as the library does not know them.
        codes = [code for code in COUNTRY_CODE_TO_REGION_CODE if prefix.startswith(f"+{code}") and len(prefix) > len(f"+{code}")]
        if not codes or not re.fullmatch(r"\+[1-9][0-9]{1,14}", prefix):
            raise ValueError("E.164 prefixes longer than the country code, like +1861, separated by commas, or empty")
    return prefixes


def _must(pattern: str, allowed: str) -> BeforeValidator:
    """Text of this form; `allowed` completes «NAME must be …»."""

    def check(value: object) -> object:
        if not re.fullmatch(pattern, str(value)):
            raise ValueError(allowed)
        return value

    return BeforeValidator(check)


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


_CHANNELS = {"email": frozenset({"email"}), "phone": frozenset({"phone"}), "both": frozenset({"email", "phone"})}


class Service(_Group):
    """What every endpoint follows."""

    default_region: Annotated[str, _must("[A-Z]{2}", "a two-letter region, like US")]
    allowed_regions: Annotated[tuple[str, ...], BeforeValidator(_list)]
    extra_phone_prefixes: Annotated[tuple[str, ...], BeforeValidator(_prefixes)]
    otp_length: int = Field(ge=6, le=10)
    otp_charset: Annotated[str, _must("numeric|alphanumeric", "numeric or alphanumeric")]
    otp_expiry_minutes_sms: int = Field(ge=1, le=10)
    otp_expiry_minutes_email: int = Field(ge=1, le=10)
    otp_max_attempts: int = Field(ge=1, le=5)
    resend_throttle_seconds: int = Field(ge=30, le=600)
    sends_per_hour: int = Field(ge=1, le=20)
    sends_per_day: int = Field(ge=1, le=60)
    ip_sends_per_hour: int = Field(ge=0, le=60)
    ip_registrations_per_hour: int = Field(ge=0, le=60)
    failures_per_hour: int = Field(ge=1, le=20)
    failures_per_day: int = Field(ge=1, le=60)
    ip_code_failures_per_quarter_hour: int = Field(ge=0, le=60)
    access_token_minutes: int = Field(ge=1, le=60)
    refresh_idle_days: int = Field(ge=1, le=30)
    refresh_max_days: int = Field(ge=1, le=30)
    issuer: Annotated[str, _must(r"(https?://[^\s/]+(/\S*[^\s/])?)?", "an address like https://auth.example.com, or empty")]
    audience: Annotated[str, _must(r"[\x21-\x7e]{1,128}", "1 to 128 visible ASCII characters")]
    phone_lookup: Annotated[str, _must("off|masked|full", "off, masked or full")]
    registration_identifier: Annotated[str, _must("email|phone|both", "email, phone or both")]
    login_identifier: Annotated[str, _must("(email|phone|both)?", "email, phone or both, or empty")]
    require_verification: Annotated[bool, _must("true|false", "true or false")]
    auto_send_on_registration: Annotated[bool, _must("true|false", "true or false")]
    storefront_url: Annotated[str, _must(r"https?://[^\s/]+(/\S*[^\s/])?", "an address like https://shop.example.com")]
    password_failures_per_quarter_hour: int = Field(ge=1, le=20)
    password_failures_per_day: int = Field(ge=1, le=60)
    ip_password_failures_per_quarter_hour: int = Field(ge=0, le=60)
    referral_levels: int = Field(ge=1, le=20)
    deletion_scheduled_days: int = Field(ge=1, le=90)
    deletion_channel: Annotated[str, _must("email|phone", "email or phone")]

    @model_validator(mode="after")
    def _fits_together(self) -> "Service":
        unknown = [region for region in (self.default_region, *self.allowed_regions) if region not in SUPPORTED_REGIONS]
        if unknown:
            name = "DEFAULT_REGION" if self.default_region in unknown else "ALLOWED_REGIONS"
            raise ValueError(f"{name} must name regions that have phone numbers, not {', '.join(unknown)}")
        if self.sends_per_hour > self.sends_per_day:
            raise ValueError("SENDS_PER_HOUR must be at most SENDS_PER_DAY")
        if self.failures_per_hour > self.failures_per_day:
            raise ValueError("FAILURES_PER_HOUR must be at most FAILURES_PER_DAY")
        if self.password_failures_per_quarter_hour > self.password_failures_per_day:
            raise ValueError("PASSWORD_FAILURES_PER_QUARTER_HOUR must be at most PASSWORD_FAILURES_PER_DAY")
        if self.refresh_idle_days > self.refresh_max_days:
            raise ValueError("REFRESH_IDLE_DAYS must be at most REFRESH_MAX_DAYS")
        if not self.login_channels & self.registration_channels:
            raise ValueError("LOGIN_IDENTIFIER must include what REGISTRATION_IDENTIFIER collects")
        if self.registration_identifier == "both" and self.login_channels == {"phone"} and not self.require_verification:
            # Only a registration's own address, the email, signs in unverified.
            raise ValueError("REQUIRE_VERIFICATION must be true where REGISTRATION_IDENTIFIER is both and LOGIN_IDENTIFIER phone")
        return self

    @property
    def regions(self) -> frozenset[str]:
        """The regions whose numbers are accepted."""
        return frozenset(self.allowed_regions or (self.default_region,))

    @property
    def registration_channels(self) -> frozenset[str]:
        """The channels that a registration collects."""
        return _CHANNELS[self.registration_identifier]

    @property
    def login_channels(self) -> frozenset[str]:
        """The channels that a password signs in with."""
        return _CHANNELS[self.login_identifier or self.registration_identifier]


class Messaging(_Group):
    """What the sender of messages follows."""

    brand_name: Annotated[str, _must(r"[^\r\n{}]{1,32}", "1 to 32 characters on one line")]
    web_otp_domain: Annotated[str, _must(r"([a-z0-9-]+(\.[a-z0-9-]+)+)?", "a domain like shop.example.com, or empty")]
    sms_region: Annotated[str, _must(r"[a-z]{2}(-[a-z]+)+-[0-9]", "an AWS region like eu-central-1")]
    sms_sender_id: Annotated[str, _must("([A-Za-z0-9-]{1,11})?", "at most 11 letters, digits or hyphens")]
    sms_max_price_usd: Annotated[str, _must(r"[0-9]{1,2}\.[0-9]{1,5}", "an amount like 0.50")]
    email_from: Annotated[str, _must(r"[^@\s<>]+@[^@\s<>]+", "an email address")]
    email_configuration_set: Annotated[str, _must("[A-Za-z0-9_-]{0,64}", "the name of a configuration set, or empty")]
    templates_dir: Annotated[str, _must("([A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)?", "a folder's name like templates, or empty")]
    retry_queue_url: str


class Resources(_Group):
    """Where tables, secrets and keys are."""

    codes_table: str
    sessions_table: str
    customers_table: str
    index_key_secret: str
    derivation_key_secret: str
    signing_keys_key: str


class Processing(_Group):
    """What the processor of deletions follows."""

    receipts_key: str


@cache
def service() -> Service:
    """The endpoints' settings. Raises: SettingsError."""
    return _read(Service)


@cache
def messaging() -> Messaging:
    """The sender's settings. Raises: SettingsError."""
    return _read(Messaging)


@cache
def processing() -> Processing:
    """The processor's settings. Raises: SettingsError."""
    return _read(Processing)


@cache
def resources() -> Resources:
    """Names of tables, secrets and keys. Raises: SettingsError."""
    return _read(Resources)


def check(given: Mapping[str, str]) -> None:
    """Insist that endpoints and sender can start with these variables. Raises: SettingsError, with all that is wrong."""
    for group in (Service, Messaging):
        _read(group, given)


def forget() -> None:
    """Read the environment again at the next use; for tests."""
    for group in (service, messaging, processing, resources):
        group.cache_clear()


def _read[Group: _Group](group: type[Group], variables: Mapping[str, str] = os.environ) -> Group:
    given = {name: variables[name.upper()] for name in group.model_fields if name.upper() in variables}
    try:
        return group.model_validate(given)
    except ValidationError as wrong:
        raise SettingsError("; ".join(_sentences(group, wrong.errors()))) from None


def _sentences(group: type[_Group], errors: Iterable[Any]) -> Iterable[str]:
    for error in errors:
        if not error["loc"]:
            yield str(error["ctx"]["error"])
            continue
        name = str(error["loc"][0])
        if error["type"] == "missing":
            yield f"{name.upper()} is not set"
        elif error["type"] == "value_error":
            yield f"{name.upper()} must be {error['ctx']['error']}"
        else:
            low, high = bounds(group, name)
            yield f"{name.upper()} must be a whole number from {low} to {high}"


def bounds(group: type[_Group], name: str) -> tuple[int, int]:
    """The least and the greatest value of a number setting."""
    limits = {key: getattr(rule, key) for rule in group.model_fields[name].metadata for key in ("ge", "le") if hasattr(rule, key)}
    return limits["ge"], limits["le"]

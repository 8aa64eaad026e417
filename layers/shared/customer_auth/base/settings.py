"""The service's settings, read from the environment variables that `template.yaml` gives each function.

An invalid setting stops the function from starting, with an error that names it. The template alone holds the defaults. A group is read
when it is first used, so a function needs only the settings that it uses.
"""

import os
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any

from phonenumbers import SUPPORTED_REGIONS
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from customer_auth.base.setting_types import comma_separated, matching, phone_prefixes


class SettingsError(Exception):
    """A setting is missing or not allowed, or two contradict each other; the message names it and says what is allowed."""


class Group(BaseModel):
    """Settings that functions read together."""

    model_config = ConfigDict(frozen=True, extra="ignore")


_CHANNELS = {"email": frozenset({"email"}), "phone": frozenset({"phone"}), "both": frozenset({"email", "phone"})}


class Service(Group):
    """The settings of the endpoints."""

    default_region: Annotated[str, matching("[A-Z]{2}", "a two-letter region, like US")]
    allowed_regions: Annotated[tuple[str, ...], BeforeValidator(comma_separated)]
    extra_phone_prefixes: Annotated[tuple[str, ...], BeforeValidator(phone_prefixes)]
    otp_length: int = Field(ge=6, le=10)
    otp_charset: Annotated[str, matching("numeric|alphanumeric", "numeric or alphanumeric")]
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
    issuer: Annotated[str, matching(r"(https?://[^\s/]+(/\S*[^\s/])?)?", "an address like https://auth.example.com, or empty")]
    audience: Annotated[str, matching(r"[\x21-\x7e]{1,128}", "1 to 128 visible ASCII characters")]
    phone_lookup: Annotated[str, matching("off|masked|full", "off, masked or full")]
    registration_identifier: Annotated[str, matching("email|phone|both", "email, phone or both")]
    login_identifier: Annotated[str, matching("(email|phone|both)?", "email, phone or both, or empty")]
    require_verification: Annotated[bool, matching("true|false", "true or false")]
    auto_send_on_registration: Annotated[bool, matching("true|false", "true or false")]
    storefront_url: Annotated[str, matching(r"https?://[^\s/]+(/\S*[^\s/])?", "an address like https://shop.example.com")]
    password_failures_per_quarter_hour: int = Field(ge=1, le=20)
    password_failures_per_day: int = Field(ge=1, le=60)
    ip_password_failures_per_quarter_hour: int = Field(ge=0, le=60)
    referral_levels: int = Field(ge=1, le=20)
    deletion_scheduled_days: int = Field(ge=1, le=90)
    deletion_channel: Annotated[str, matching("email|phone", "email or phone")]
    graphql_introspection: Annotated[bool, matching("true|false", "true or false")]

    @model_validator(mode="after")
    def _is_consistent(self) -> "Service":
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
            # An unverified address signs in only if the registration was made with it, and that is the email.
            raise ValueError("REQUIRE_VERIFICATION must be true where REGISTRATION_IDENTIFIER is both and LOGIN_IDENTIFIER phone")
        return self

    @property
    def regions(self) -> frozenset[str]:
        """The regions whose numbers are accepted."""
        return frozenset(self.allowed_regions or (self.default_region,))

    @property
    def registration_channels(self) -> frozenset[str]:
        """The channels of the addresses that a registration collects."""
        return _CHANNELS[self.registration_identifier]

    @property
    def login_channels(self) -> frozenset[str]:
        """The channels by which customers sign in with a password."""
        return _CHANNELS[self.login_identifier or self.registration_identifier]


class Messaging(Group):
    """The settings of the function that sends messages."""

    brand_name: Annotated[str, matching(r"[^\r\n{}]{1,32}", "1 to 32 characters on one line")]
    web_otp_domain: Annotated[str, matching(r"([a-z0-9-]+(\.[a-z0-9-]+)+)?", "a domain like shop.example.com, or empty")]
    sms_region: Annotated[str, matching(r"[a-z]{2}(-[a-z]+)+-[0-9]", "an AWS region like eu-central-1")]
    sms_sender_id: Annotated[str, matching("([A-Za-z0-9-]{1,11})?", "at most 11 letters, digits or hyphens")]
    sms_max_price_usd: Annotated[str, matching(r"[0-9]{1,2}\.[0-9]{1,5}", "an amount like 0.50")]
    email_from: Annotated[str, matching(r"[^@\s<>]+@[^@\s<>]+", "an email address")]
    email_configuration_set: Annotated[str, matching("[A-Za-z0-9_-]{0,64}", "the name of a configuration set, or empty")]
    templates_dir: Annotated[str, matching("([A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)?", "a folder's name like templates, or empty")]
    retry_queue_url: str


class Resources(Group):
    """The names of tables, secrets and keys."""

    codes_table: str
    sessions_table: str
    customers_table: str
    ledger_table: str
    index_key_secret: str
    derivation_key_secret: str
    signing_keys_key: str


class Processing(Group):
    """The settings of the function that processes account deletions."""

    receipts_key: str


@cache
def service() -> Service:
    """The settings of the endpoints. Raises: SettingsError."""
    return read(Service)


@cache
def messaging() -> Messaging:
    """The settings for sending messages. Raises: SettingsError."""
    return read(Messaging)


@cache
def processing() -> Processing:
    """The settings for processing deletions. Raises: SettingsError."""
    return read(Processing)


@cache
def resources() -> Resources:
    """The names of tables, secrets and keys. Raises: SettingsError."""
    return read(Resources)


def forget() -> None:
    """Read the environment again at the next use; for tests."""
    for group in (service, messaging, processing, resources):
        group.cache_clear()


def read[G: Group](group: type[G], variables: Mapping[str, str] = os.environ) -> G:
    """The settings of a group, from these variables. Raises: SettingsError."""
    values = {name: variables[name.upper()] for name in group.model_fields if name.upper() in variables}
    try:
        return group.model_validate(values)
    except ValidationError as invalid:
        raise SettingsError("; ".join(_messages(group, invalid.errors()))) from None


def _messages(group: type[Group], errors: Iterable[Any]) -> Iterable[str]:
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


def bounds(group: type[Group], name: str) -> tuple[int, int]:
    """The smallest and the largest allowed value of a numeric setting."""
    limits = {key: getattr(rule, key) for rule in group.model_fields[name].metadata for key in ("ge", "le") if hasattr(rule, key)}
    return limits["ge"], limits["le"]

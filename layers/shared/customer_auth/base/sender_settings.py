"""The settings of those who send SMS: which of them serve a region, in which order, and what each needs.

A sender that a route names must have all that it needs, or the function does not start. What is set for another is not looked at.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from customer_auth.base import settings
from customer_auth.base.setting_types import comma_separated, matching

SNS, EUM, SMSIR, NETGSM, WEBHOOK = NAMES = ("sns", "eum", "smsir", "netgsm", "webhook")
OTHERS = "*"  # every region that has no route of its own
_DEFAULT_ROUTES: Mapping[str, tuple[str, ...]] = {OTHERS: (SNS,)}

# The names in capitals are members of the secret.
NETGSM_PASSWORD, SMSIR_API_KEY, SMS_WEBHOOK_SECRET = "NETGSM_PASSWORD", "SMSIR_API_KEY", "SMS_WEBHOOK_SECRET"
NEEDED: Mapping[str, tuple[str, ...]] = {
    NETGSM: ("netgsm_user", NETGSM_PASSWORD, "netgsm_header"),
    SMSIR: (SMSIR_API_KEY, "smsir_templates"),
    WEBHOOK: ("sms_webhook_url", SMS_WEBHOOK_SECRET),
}
_ONLY_IN: Mapping[str, str] = {NETGSM: "TR", SMSIR: "IR"}
# What SMS.ir's templates can carry: messages with a code, and those that say nothing but that something happened.
SMSIR_KINDS = (
    "sign_in", "sign_up", "account_exists", "verify", "contact", "password_changed", "contact_changed", "method_added", "provider_added",
    "provider_removed", "deletion", "cancellation", "deletion_cancelled", "deletion_completed",
)  # fmt: skip
SMSIR_LONGEST_VALUE = 25  # characters of a template's parameter
# A password, key or signature is in the request, so it goes over TLS, or to this very machine (the local stack, the tests).
_ADDRESS = r"(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)(/[^\s?#]*[^\s?#/])?"
_ARN_OR_NAME = r"[A-Za-z0-9_:/+.-]{0,256}"


def _routes(text: object) -> Mapping[str, tuple[str, ...]]:
    """Region → senders in their order. Raises: ValueError."""
    routes: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (each.strip() for each in str(text).split(";"))):
        region, equals, names = part.partition("=")
        senders = comma_separated(names)
        if not equals or not re.fullmatch(r"[A-Z]{2}|\*", region.strip()) or not senders:
            raise ValueError("routes like TR=netgsm,sns;*=sns, or empty")
        if region.strip() in routes:
            raise ValueError(f"one route for each region, not two for {region.strip()}")
        if unknown := [name for name in senders if name not in NAMES]:
            raise ValueError(f"routes by {', '.join(NAMES)}, not by {unknown[0]}")
        if len(set(senders)) < len(senders):
            raise ValueError(f"routes that name a sender once, which {region.strip()} does not")
        routes[region.strip()] = senders
    return routes or _DEFAULT_ROUTES


def _templates(text: object) -> Mapping[str, int]:
    """Kind and language → the template's id. Raises: ValueError."""
    templates: dict[str, int] = {}
    for part in comma_separated(text):
        match = re.fullmatch(r"(?P<name>(?P<kind>[a-z_]+)\.(en|fa|tr))=(?P<id>[0-9]{1,12})", part)
        if not match:
            raise ValueError("templates like sign_in.fa=123456,sign_in.en=123457, or empty")
        if match["kind"] not in SMSIR_KINDS:
            raise ValueError(f"templates of messages that SMS.ir can carry, which {match['kind']} is not")
        templates[match["name"]] = int(match["id"])
    return templates


class SmsSenders(settings.Group):
    """How SMS go out. `provider_secrets_set` names the members of the secret that are not empty."""

    default_region: str
    allowed_regions: Annotated[tuple[str, ...], BeforeValidator(comma_separated)]
    brand_name: str
    sms_routes: Annotated[Mapping[str, tuple[str, ...]], BeforeValidator(_routes)]
    netgsm_url: Annotated[str, matching(_ADDRESS, "an address like https://api.netgsm.com.tr")]
    netgsm_user: str
    netgsm_header: str
    netgsm_otp: Annotated[bool, matching("true|false", "true or false")]
    smsir_url: Annotated[str, matching(_ADDRESS, "an address like https://api.sms.ir")]
    smsir_templates: Annotated[Mapping[str, int], BeforeValidator(_templates)]
    eum_origination: Annotated[str, matching(_ARN_OR_NAME, "a number, sender id or pool, by name or ARN, or empty")]
    eum_configuration_set: Annotated[str, matching(_ARN_OR_NAME, "a configuration set, by name or ARN, or empty")]
    eum_protect: Annotated[str, matching(_ARN_OR_NAME, "a Protect configuration, by id or ARN, or empty")]
    sms_webhook_url: Annotated[str, matching(f"({_ADDRESS})?", "an address like https://sms.example.com/send, or empty")]
    provider_secrets_set: Annotated[tuple[str, ...], BeforeValidator(comma_separated)]

    @model_validator(mode="after")
    def _is_possible(self) -> "SmsSenders":
        if fault := next(self._faults(), ""):
            raise ValueError(f"SMS_ROUTES: {fault}")
        if SMSIR in self.used and len(self.brand_name) > SMSIR_LONGEST_VALUE:
            raise ValueError(f"BRAND_NAME must be at most {SMSIR_LONGEST_VALUE} characters where SMS_ROUTES names {SMSIR}")
        return self

    def _faults(self) -> Iterator[str]:
        regions = self.allowed_regions or (self.default_region,)
        for region in sorted(self.sms_routes.keys() - {OTHERS, *regions}):
            yield f"{region} is not in ALLOWED_REGIONS"
        for region in regions:
            senders = self.sms_routes.get(region, self.sms_routes.get(OTHERS, ()))
            if not senders:
                yield f"{region} has no route, and there is none for {OTHERS}"
            for name in senders:
                if _ONLY_IN.get(name, region) != region:
                    yield f"{name} sends to {_ONLY_IN[name]} alone, not to {region}"
                if missing := [each for each in NEEDED.get(name, ()) if not self._has(each)]:
                    yield f"{region} goes by {name}, and {missing[0].upper()} is not set"
            if senders == (SMSIR,):
                yield f"{region} needs another sender after {SMSIR}, which cannot carry a link for a new password"

    @property
    def used(self) -> frozenset[str]:
        """The senders that some route names."""
        return frozenset(name for senders in self.sms_routes.values() for name in senders)

    def route(self, region: str) -> tuple[str, ...]:
        """The senders of a number's region, in their order; of a region that is not served any more, those of the others, or SNS."""
        return self.sms_routes.get(region, self.sms_routes.get(OTHERS, (SNS,)))

    def _has(self, name: str) -> bool:
        return name in self.provider_secrets_set if name.isupper() else bool(getattr(self, name))


@cache
def senders() -> SmsSenders:
    """The settings of those who send SMS. Raises: SettingsError."""
    return settings.read(SmsSenders)


def forget() -> None:
    """Read the environment again at the next use; for tests."""
    senders.cache_clear()

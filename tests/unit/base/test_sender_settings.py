"""The settings of those who send SMS: routes that can work, or one clear line about what is wrong with them."""

import re

import pytest

from customer_auth.base import sender_settings, settings
from customer_auth.base.locales import Locale
from customer_auth.base.sender_settings import NAMES, SMSIR_KINDS, SmsSenders
from customer_auth.base.settings import SettingsError
from customer_auth.messaging.kinds import Kind
from local.parameters import setting_name
from local.template import Template

TEMPLATE = Template.of_service()
PARAMETERS = {setting_name(name): declared for name, declared in TEMPLATE.document["Parameters"].items()}
DEFAULTS = {name.upper(): str(TEMPLATE.settings.get(name.upper(), "")) for name in SmsSenders.model_fields}
REGIONS = {"DEFAULT_REGION": "TR", "ALLOWED_REGIONS": "TR,IR,DE"}
COMPLETE = {
    "NETGSM_USER": "8501234567",
    "NETGSM_HEADER": "MYSHOP",
    "SMSIR_TEMPLATES": "sign_in.fa=123456,sign_in.en=123457",
    "SMS_WEBHOOK_URL": "https://sms.example.com/send",
    "PROVIDER_SECRETS_SET": "NETGSM_PASSWORD,SMSIR_API_KEY,SMS_WEBHOOK_SECRET",
}


def read(routes: str, **changes: str) -> SmsSenders:
    """With everything set up, and these changes."""
    return settings.read(SmsSenders, DEFAULTS | REGIONS | COMPLETE | {"SMS_ROUTES": routes} | changes)


def fault(routes: str, **changes: str) -> str:
    with pytest.raises(SettingsError) as refused:
        read(routes, **changes)
    return str(refused.value)


def test_by_default_everything_goes_by_sns_and_nothing_else_needs_a_setting():
    default = settings.read(SmsSenders, DEFAULTS)

    assert default.used == {"sns"}
    assert default.route("US") == ("sns",)


def test_a_region_has_its_own_route_and_every_other_the_one_of_the_star():
    configured = read("TR=netgsm,sns; IR=smsir,sns ;*=eum,sns")

    assert [configured.route(region) for region in ("TR", "IR", "DE")] == [("netgsm", "sns"), ("smsir", "sns"), ("eum", "sns")]
    assert configured.used == {"netgsm", "smsir", "eum", "sns"}


def test_numbers_of_a_region_that_is_not_served_any_more_go_by_the_star_s_route_or_by_sns():
    assert read("*=eum").route("FR") == ("eum",)
    assert read("TR=netgsm", ALLOWED_REGIONS="TR").route("FR") == ("sns",)


@pytest.mark.parametrize(
    ("routes", "line"),
    [
        ("TR=twilio;*=sns", "SMS_ROUTES must be routes by sns, eum, smsir, netgsm, webhook, not by twilio"),
        ("TR;*=sns", "SMS_ROUTES must be routes like TR=netgsm,sns;*=sns, or empty"),
        ("TR=;*=sns", "SMS_ROUTES must be routes like TR=netgsm,sns;*=sns, or empty"),
        ("tr=sns", "SMS_ROUTES must be routes like TR=netgsm,sns;*=sns, or empty"),
        ("TR=sns;TR=eum", "SMS_ROUTES must be one route for each region, not two for TR"),
        ("TR=sns,sns;*=sns", "SMS_ROUTES must be routes that name a sender once, which TR does not"),
        ("US=sns;*=sns", "SMS_ROUTES: US is not in ALLOWED_REGIONS"),
        ("TR=sns", "SMS_ROUTES: IR has no route, and there is none for *"),
        ("*=netgsm,sns", "SMS_ROUTES: netgsm sends to TR alone, not to IR"),
        ("DE=smsir,sns;*=sns", "SMS_ROUTES: smsir sends to IR alone, not to DE"),
        ("IR=smsir;*=sns", "SMS_ROUTES: IR needs another sender after smsir, which cannot carry a link for a new password"),
    ],
)
def test_routes_that_cannot_work_end_the_start_with_one_line(routes, line):
    assert fault(routes) == line


@pytest.mark.parametrize(
    ("routes", "missing"),
    [
        ("TR=netgsm,sns;*=sns", "NETGSM_USER"),
        ("TR=netgsm,sns;*=sns", "NETGSM_HEADER"),
        ("TR=netgsm,sns;*=sns", "NETGSM_PASSWORD"),
        ("IR=smsir,sns;*=sns", "SMSIR_API_KEY"),
        ("IR=smsir,sns;*=sns", "SMSIR_TEMPLATES"),
        ("*=webhook,sns", "SMS_WEBHOOK_URL"),
        ("*=webhook,sns", "SMS_WEBHOOK_SECRET"),
    ],
)
def test_a_sender_without_one_of_its_settings_ends_the_start_with_the_settings_name(routes, missing):
    secrets = COMPLETE["PROVIDER_SECRETS_SET"].replace(missing, "")
    changes = {missing: ""} if missing in COMPLETE else {"PROVIDER_SECRETS_SET": secrets}

    assert re.fullmatch(rf"SMS_ROUTES: (TR|IR) goes by \w+, and {missing} is not set", fault(routes, **changes))
    assert read("*=sns", **changes)  # nobody needs it there


def test_the_star_may_be_a_sender_of_one_country_where_no_other_is_served():
    assert read("*=netgsm", ALLOWED_REGIONS="TR").route("TR") == ("netgsm",)
    assert read("*=netgsm", ALLOWED_REGIONS="").route("TR") == ("netgsm",)


@pytest.mark.parametrize(
    ("templates", "line"),
    [
        ("sign_in=1", "SMSIR_TEMPLATES must be templates like sign_in.fa=123456,sign_in.en=123457, or empty"),
        ("sign_in.de=1", "SMSIR_TEMPLATES must be templates like sign_in.fa=123456,sign_in.en=123457, or empty"),
        ("reset.fa=1", "SMSIR_TEMPLATES must be templates of messages that SMS.ir can carry, which reset is not"),
        ("signin.fa=1", "SMSIR_TEMPLATES must be templates of messages that SMS.ir can carry, which signin is not"),
    ],
)
def test_a_template_for_what_smsir_cannot_carry_ends_the_start(templates, line):
    assert fault("*=sns", SMSIR_TEMPLATES=templates) == line


def test_a_brand_that_does_not_fit_into_smsirs_parameter_ends_the_start_where_smsir_is_used():
    assert fault("IR=smsir,sns;*=sns", BRAND_NAME="x" * 26) == "BRAND_NAME must be at most 25 characters where SMS_ROUTES names smsir"
    assert read("IR=smsir,sns;*=sns", BRAND_NAME="x" * 25)
    assert read("*=sns", BRAND_NAME="x" * 32)


def test_smsir_carries_every_kind_but_those_with_a_link_or_a_date():
    assert set(SMSIR_KINDS) == set(Kind) - {Kind.RESET, Kind.DELETION_CONFIRMED, Kind.DELETION_REMINDER}
    assert all(re.fullmatch(r"[a-z_]+\.(en|fa|tr)", f"{kind}.{locale}") for kind in Kind for locale in Locale)


ADDRESSES = {
    "https://api.example.com": True,
    "https://api.example.com:8443/v1": True,
    "http://127.0.0.1:8000/_local/netgsm": True,
    "http://localhost/x": True,
    "http://api.example.com": False,
    "https://user:secret@api.example.com": False,
    "http://127.0.0.1@evil.example/x": False,
    "http://127.0.0.1.evil.example/x": False,
    "https://api.example.com/": False,
    "https://api.example.com/?x=1": False,
}


@pytest.mark.parametrize("name", ["NETGSM_URL", "SMSIR_URL", "SMS_WEBHOOK_URL"])
@pytest.mark.parametrize(("address", "is_accepted"), ADDRESSES.items())
def test_credentials_go_over_tls_or_stay_on_this_machine_by_the_setting_and_by_its_parameter(name, address, is_accepted):
    assert bool(re.fullmatch(PARAMETERS[name]["AllowedPattern"], address)) is is_accepted
    if is_accepted:
        assert getattr(read("*=sns", **{name: address}), name.lower()) == address
    else:
        assert fault("*=sns", **{name: address}).startswith(f"{name} must be an address like")


def test_the_parameter_takes_the_routes_of_the_documents():
    pattern = PARAMETERS["SMS_ROUTES"]["AllowedPattern"]

    assert all(re.fullmatch(pattern, text) for text in ("", "*=sns", "TR=netgsm,sns;IR=smsir,sns;*=eum,sns"))
    assert not any(re.fullmatch(pattern, text) for text in ("TR", "TR=", "*=SNS", "TR=sns;", "tr=sns"))
    assert set(NAMES) == {"sns", "eum", "smsir", "netgsm", "webhook"}


def test_settings_are_read_once(monkeypatch):
    for name, value in (DEFAULTS | REGIONS).items():
        monkeypatch.setenv(name, value)
    sender_settings.forget()
    before = sender_settings.senders()
    monkeypatch.setenv("SMS_ROUTES", "*=eum")

    assert sender_settings.senders() is before
    sender_settings.forget()

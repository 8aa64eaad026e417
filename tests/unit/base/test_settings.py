import importlib.util
import re

import pytest

from customer_auth.base import sender_settings, settings
from customer_auth.base.consent_settings import ConsentRegister
from customer_auth.base.provider_settings import ProviderResources, Providers
from customer_auth.base.sender_settings import SmsSenders
from local.parameters import setting_name
from local.template import Template

TEMPLATE = Template.of_service()
PARAMETERS = {setting_name(name): declared for name, declared in TEMPLATE.document["Parameters"].items()}
GROUPS = {"service": settings.Service, "messaging": settings.Messaging}
FIELDS = {name.upper(): group for group in GROUPS.values() for name in group.model_fields}
EVERY_GROUP = (*GROUPS.values(), settings.Resources, settings.Processing, Providers, ProviderResources, ConsentRegister, SmsSenders)
# Names of resources, which the template sets without a parameter.
RESOURCES = {"RETRY_QUEUE_URL"}
BOUNDS = {
    name: (declared["MinValue"], declared["MaxValue"])
    for name, declared in PARAMETERS.items()
    if name in FIELDS and declared["Type"] == "Number"
}
NO_NUMBERS = ["", " ", "x", "five", "1.5", "6,0", "0x6", "6e0", "-6", "6 minutes", "true", "None", "9" * 30]
# Valid and invalid values of the settings that are not numbers.
TEXTS = {
    "DEFAULT_REGION": (["US", "TR", "IR"], ["", "us", "USA", "U", "ZZ", "US,TR", "U S", "001"]),
    "EXTRA_PHONE_PREFIXES": (["", "+1861", "+1861,+22501"], ["1861", "+1", "+90", "+0861", "+999123", "+1861;+1862", "+1-861", "x"]),
    "ALLOWED_REGIONS": (["", "US", "US,TR,IR"], ["us", "ZZ", "US,ZZ", "US;TR", "+1", "USA"]),
    "OTP_CHARSET": (["numeric", "alphanumeric"], ["", "Numeric", "hex", "numeric ", "numericalphanumeric"]),
    "ISSUER": (
        ["", "https://auth.example.com", "https://example.com/auth", "http://127.0.0.1:8000"],
        [
            "auth.example.com",
            "https://",
            "ftp://example.com",
            "https://exa mple.com",
            "javascript:alert(1)",
            "//example.com",
            "https:///x",
            "https://auth.example.com/",
        ],
    ),
    "AUDIENCE": (["storefront", "https://shop.example.com", "a" * 128], ["", "two words", "é", "a" * 129, "a\n"]),
    "PHONE_LOOKUP": (["off", "masked", "full"], ["", "on", "Masked", "full "]),
    "GRAPHQL_INTROSPECTION": (["true", "false"], ["", "True", "on", "1"]),
    "DELETION_CHANNEL": (["email", "phone"], ["", "both", "Email", "sms"]),
    "REGISTRATION_IDENTIFIER": (["email", "phone", "both"], ["", "Email", "email,phone", "none"]),
    "LOGIN_IDENTIFIER": (["", "email", "both"], ["Email", "email,phone", "none"]),
    "REQUIRE_VERIFICATION": (["true", "false"], ["", "True", "yes", "1"]),
    "AUTO_SEND_ON_REGISTRATION": (["true", "false"], ["", "False", "no", "0"]),
    "STOREFRONT_URL": (
        ["https://shop.example.com", "https://example.com/shop", "http://127.0.0.1:8000"],
        ["", "shop.example.com", "https://", "ftp://example.com", "https://shop.example.com/", "javascript:alert(1)", "//example.com"],
    ),
    "BRAND_NAME": (["My Shop", "Mağaza", "فروشگاه", "x" * 32], ["", "x" * 33, "two\nlines", "two\rlines", "{code}", "}"]),
    "WEB_OTP_DOMAIN": (
        ["", "shop.example.com"],
        ["shop", "https://shop.example.com", "Shop.example.com", "shop.example.com/", "a b.c", ".com", "a..b"],
    ),
    "SMS_REGION": (["eu-central-1", "us-gov-west-1"], ["Frankfurt", "eu-central", "EU-CENTRAL-1", "eu-central-1 "]),
    "SMS_SENDER_ID": (["", "MYSHOP", "My-Shop-123"], ["MyShopIsTooLong", "My Shop", "Shop!", "é"]),
    "SMS_MAX_PRICE_USD": (["0.50", "12.00001"], ["", "0", "1", "0,50", "-0.50", "0.5 USD", "123.00", ".50", "0.500000", "1e-1"]),
    "EMAIL_FROM": (
        ["no-reply@shop.example.com"],
        ["", "shop.example.com", "Shop <no-reply@shop.example.com>", "a@b@c", "a b@c", "@c", "a@"],
    ),
    "TEMPLATES_DIR": (["", "templates", "our/own-templates"], ["/opt/templates", "../x", "a b", "a/", "é"]),
    "EMAIL_CONFIGURATION_SET": (["", "customer-auth_1", "x" * 64], ["two words", "x" * 65, "a/b", "é"]),
}
WRONG = [(name, value) for name, (_, wrong) in TEXTS.items() for value in wrong]
RIGHT = [(name, value) for name, (right, _) in TEXTS.items() for value in right]


@pytest.fixture
def environment(monkeypatch):
    """The variables of all functions together, with the template's defaults; `environment(NAME=value)` changes one, None removes it."""
    ids = {name: name for name in TEMPLATE.resources}
    for function in TEMPLATE.functions.values():
        for name, value in function.environment(ids).items():
            monkeypatch.setenv(name, value)
    settings.forget()

    def change(**values):
        for name, value in values.items():
            monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, str(value))
        settings.forget()
        sender_settings.forget()

    yield change
    monkeypatch.undo()
    settings.forget()
    sender_settings.forget()


def read(name: str):
    """The group of the setting, read again."""
    return settings.service() if FIELDS[name] is settings.Service else settings.messaging()


def refusal(name: str) -> str:
    with pytest.raises(settings.SettingsError) as refused:
        read(name)
    return str(refused.value)


# ── the template and the code agree ──


def test_the_template_s_defaults_are_valid(environment):
    for group in (settings.service, settings.messaging, settings.resources):
        assert group()


def test_every_setting_is_a_parameter_of_the_same_name_and_reaches_every_function():
    for name, group in FIELDS.items():
        users = TEMPLATE.functions.values() if group is settings.Service else [TEMPLATE.functions["SendMessages"]]
        for function in users:
            assert name in function.properties["Environment"]["Variables"], (function.logical_id, name)
    assert set(FIELDS) - RESOURCES <= set(PARAMETERS)


def test_every_setting_has_the_value_of_its_own_parameter():
    for name in set(FIELDS) - RESOURCES - {"SMS_REGION"}:
        [parameter] = [each for each in TEMPLATE.document["Parameters"] if setting_name(each) == name]
        function = TEMPLATE.document["Resources"]["SendMessages"]["Properties"] if FIELDS[name] is settings.Messaging else None
        variables = (function or TEMPLATE.document["Globals"]["Function"])["Environment"]["Variables"]
        assert variables[name] == {"Ref": parameter}


def test_the_functions_get_no_variable_that_no_group_reads():
    read_somewhere = {name.upper() for group in EVERY_GROUP for name in group.model_fields}
    variables = {name for function in TEMPLATE.functions.values() for name in function.properties["Environment"]["Variables"]}

    by_cloudformation = {"SETTINGS_CHECKED_BY"}
    assert {name for name in variables - read_somewhere if not name.startswith(("POWERTOOLS_", "AWS_"))} == by_cloudformation


@pytest.mark.parametrize("name", BOUNDS)
def test_a_number_has_the_same_bounds_in_both(name):
    group = FIELDS[name]

    assert settings.bounds(group, name.lower()) == BOUNDS[name]


def test_every_number_of_the_code_is_one_in_the_template():
    numbers = {name.upper() for group in GROUPS.values() for name, field in group.model_fields.items() if field.annotation is int}

    assert numbers == set(BOUNDS)


def test_the_template_and_the_code_accept_the_same_texts(environment):
    for name, (right, _) in TEXTS.items():
        declared = PARAMETERS[name]
        for value in right:
            assert value in declared.get("AllowedValues", [value])
            assert re.fullmatch(declared.get("AllowedPattern", ".*"), value), (name, value)
    for name, value in WRONG:
        declared = PARAMETERS[name]
        passes = value in declared.get("AllowedValues", [value]) and re.fullmatch(declared.get("AllowedPattern", "(?s).*"), value)
        # A pattern cannot list the regions and country codes that exist, nor say that an empty region means the stack's own.
        assert not passes or name.endswith(("REGIONS", "REGION", "PREFIXES")), (name, value)


def test_every_text_has_its_cases_here():
    assert set(TEXTS) | set(BOUNDS) | RESOURCES == set(FIELDS)


# ── one value ──


@pytest.mark.parametrize("name", BOUNDS)
def test_a_number_is_accepted_from_its_minimum_to_its_maximum(environment, name):
    low, high = BOUNDS[name]
    for value in (low, high):
        environment(
            **(
                {
                    "REFRESH_MAX_DAYS": 30,
                    "SENDS_PER_DAY": 60,
                    "FAILURES_PER_DAY": 60,
                    "PASSWORD_FAILURES_PER_DAY": 60,
                    "REFRESH_IDLE_DAYS": 1,
                    "SENDS_PER_HOUR": 1,
                    "FAILURES_PER_HOUR": 1,
                    "PASSWORD_FAILURES_PER_QUARTER_HOUR": 1,
                }
                | {name: value}
            )
        )
        assert getattr(read(name), name.lower()) == value


@pytest.mark.parametrize("name", BOUNDS)
def test_any_other_number_is_refused_with_its_name_and_what_is_allowed(environment, name):
    low, high = BOUNDS[name]
    for value in (low - 1, high + 1, *NO_NUMBERS):
        environment(**{name: value})
        assert refusal(name) == f"{name} must be a whole number from {low} to {high}"


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_a_valid_text_is_accepted(environment, name, value):
    environment(**{name: value})

    assert read(name)


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_an_invalid_text_is_refused_with_its_name_and_what_is_allowed(environment, name, value):
    environment(**{name: value})

    assert re.match(f"{name} must [a-z]+ .{{6,}}", refusal(name))


@pytest.mark.parametrize("name", FIELDS)
def test_a_missing_setting_is_named(environment, name):
    environment(**{name: None})

    assert refusal(name) == f"{name} is not set"


@pytest.mark.parametrize("name", settings.Resources.model_fields)
def test_a_missing_resource_name_is_named(environment, name):
    environment(**{name.upper(): None})

    with pytest.raises(settings.SettingsError, match=f"^{name.upper()} is not set$"):
        settings.resources()


def test_every_wrong_setting_is_named_at_once(environment):
    environment(OTP_LENGTH=5, OTP_CHARSET="hex", AUDIENCE=None)

    text = refusal("OTP_LENGTH")

    assert "OTP_LENGTH must be a whole number from 6 to 10" in text
    assert "OTP_CHARSET must be numeric or alphanumeric" in text
    assert "AUDIENCE is not set" in text


def test_a_code_must_not_live_longer_than_ten_minutes_nor_have_more_than_five_attempts(environment):
    for name in ("OTP_EXPIRY_MINUTES_SMS", "OTP_EXPIRY_MINUTES_EMAIL"):
        environment(**{name: 11})
        assert refusal(name) == f"{name} must be a whole number from 1 to 10"
        environment(**{name: 10})
    environment(OTP_MAX_ATTEMPTS=6)
    assert refusal("OTP_MAX_ATTEMPTS") == "OTP_MAX_ATTEMPTS must be a whole number from 1 to 5"


# ── combinations ──


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"SENDS_PER_HOUR": 11, "SENDS_PER_DAY": 10}, ("SENDS_PER_HOUR", "SENDS_PER_DAY")),
        ({"FAILURES_PER_HOUR": 20, "FAILURES_PER_DAY": 19}, ("FAILURES_PER_HOUR", "FAILURES_PER_DAY")),
        ({"REFRESH_IDLE_DAYS": 30, "REFRESH_MAX_DAYS": 29}, ("REFRESH_IDLE_DAYS", "REFRESH_MAX_DAYS")),
        (
            {"PASSWORD_FAILURES_PER_QUARTER_HOUR": 11, "PASSWORD_FAILURES_PER_DAY": 10},
            ("PASSWORD_FAILURES_PER_QUARTER_HOUR", "PASSWORD_FAILURES_PER_DAY"),
        ),
    ],
)
def test_two_settings_that_do_not_fit_together_are_both_named(environment, values, names):
    environment(**values)
    text = refusal(names[0])

    assert text == f"{names[0]} must be at most {names[1]}"


@pytest.mark.parametrize(
    "values",
    [
        {"SENDS_PER_HOUR": 10, "SENDS_PER_DAY": 10},
        {"FAILURES_PER_HOUR": 20, "FAILURES_PER_DAY": 20},
        {"REFRESH_IDLE_DAYS": 30, "REFRESH_MAX_DAYS": 30},
        {"DEFAULT_REGION": "TR", "ALLOWED_REGIONS": "IR,US"},
        {"IP_SENDS_PER_HOUR": 0},
    ],
)
def test_settings_that_just_fit_together_are_accepted(environment, values):
    environment(**values)

    assert settings.service()


def test_without_allowed_regions_only_the_default_one_is_allowed(environment):
    environment(DEFAULT_REGION="TR", ALLOWED_REGIONS="")
    assert settings.service().regions == {"TR"}

    environment(ALLOWED_REGIONS="IR, TR")
    assert settings.service().regions == {"IR", "TR"}


# ── at the start ──


# Signing keys are rotated even if the settings are wrong; as a custom resource, this function reports errors to CloudFormation.
@pytest.mark.parametrize("logical_id", sorted(TEMPLATE.functions.keys() - {"RotateSigningKeys"}))
def test_a_wrong_setting_ends_a_function_s_start_with_its_name(environment, logical_id):
    environment(OTP_LENGTH=5)

    with pytest.raises(settings.SettingsError, match=r"^OTP_LENGTH must be a whole number from 6 to 10$"):
        start(logical_id)


def test_a_wrong_setting_of_the_sender_ends_its_start(environment):
    environment(BRAND_NAME="")

    with pytest.raises(settings.SettingsError, match=r"^BRAND_NAME must be 1 to 32 characters on one line$"):
        start("SendMessages")


def test_a_route_that_cannot_work_ends_the_start_of_the_sender(environment):
    environment(SMS_ROUTES="*=pigeon")

    with pytest.raises(settings.SettingsError, match=r"^SMS_ROUTES must be routes by sns, eum, smsir, netgsm, webhook, not by pigeon$"):
        start("SendMessages")


def test_a_setting_is_read_once(environment, monkeypatch):
    before = settings.service()
    monkeypatch.setenv("OTP_LENGTH", "8")

    assert settings.service() is before


def start(logical_id: str) -> None:
    """Import the function's file, as Lambda does when a container starts."""
    function = TEMPLATE.functions[logical_id]
    spec = importlib.util.spec_from_file_location(f"started_{logical_id}", function.code / f"{function.handler.module}.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

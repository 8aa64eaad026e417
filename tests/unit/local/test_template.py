from pathlib import Path

import pytest

from local.template import Cors, ParameterError, QueueTrigger, Route, ScheduleTrigger, StreamTrigger, Template, Unresolved

SHOP = Path(__file__).with_name("shop.yaml")


@pytest.fixture
def shop():
    return Template.load(SHOP)


def test_a_parameter_is_set_by_the_name_of_its_setting_or_by_its_own():
    assert Template.load(SHOP, {"DEFAULT_REGION": "TR"}).parameters["DefaultRegion"] == "TR"
    assert Template.load(SHOP, {"DefaultRegion": "TR"}).parameters["DefaultRegion"] == "TR"


def test_an_override_wins_over_a_default_from_outside_which_is_ignored_without_a_parameter():
    template = Template.load(SHOP, {"NICKNAME": "b"}, defaults={"NICKNAME": "a", "DEFAULT_REGION": "TR", "ISSUER": "x"})

    assert (template.settings["NICKNAME"], template.settings["DEFAULT_REGION"]) == ("b", "TR")


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("DEFAULT_REGIO", "TR", "DEFAULT_REGIO: is no setting of this stack; is DEFAULT_REGION meant?"),
        ("COLOUR", "red", "COLOUR: is no setting of this stack"),
        ("DEFAULT_REGION", "usa", "DEFAULT_REGION: must be a two-letter region, like US"),
        ("OTP_LENGTH", "5", "OTP_LENGTH: must be a number from 6 to 10"),
        ("OTP_LENGTH", "six", "OTP_LENGTH: must be a number from 6 to 10"),
        ("OTP_LENGTH", "nan", "OTP_LENGTH: must be a number from 6 to 10"),
        ("OTP_CHARSET", "emoji", "OTP_CHARSET: must be one of numeric, alphanumeric"),
        ("NICKNAME", "longer", "NICKNAME: must be a text of a length to 5"),
    ],
)
def test_a_value_that_a_parameter_does_not_allow_is_refused_in_one_line(name, value, line):
    with pytest.raises(ParameterError) as refused:
        Template.load(SHOP, {name: value})

    assert str(refused.value) == line
    assert refused.value.name == name


def test_a_function_has_the_globals_and_its_own_properties(shop):
    function = shop.functions["PlaceOrder"]

    assert function.code == SHOP.parent / "functions/orders"
    assert function.handler == ("place_order", "handler")
    assert (function.timeout_seconds, function.memory_mb) == (5, 256)
    assert shop.functions["ShipOrders"].timeout_seconds == 60


def test_a_functions_environment_is_resolved_and_leaves_out_what_has_no_value(shop):
    ids = {"Orders": "orders-1", "Orders.Arn": "arn:orders", "Later": "http://later"}

    assert shop.functions["PlaceOrder"].environment(ids) == {
        "ORDERS_TABLE": "orders-1",
        "SMS_REGION": "us-east-1",
        "QUEUE_URL": "http://later",
        "PLACE": "us-east-1/arn:orders/${literal}",
    }


def test_an_environment_that_refers_to_nothing_is_refused(shop):
    with pytest.raises(Unresolved, match="Later"):
        shop.functions["PlaceOrder"].environment({"Orders": "x", "Orders.Arn": "y"})


def test_conditions_decide_on_values_and_resources(shop):
    with_region = Template.load(SHOP, {"SMS_REGION": "eu-central-1", "NICKNAME": "ada", "DEFAULT_REGION": "TR"})
    ids = {"Orders": "o"}

    environment = with_region.functions["ShipOrders"].environment(ids)
    assert (environment["SMS_REGION"], environment["NICKNAME"]) == ("eu-central-1", "ada")
    assert "Notices" in with_region.resources
    assert "Notices" not in shop.resources
    assert shop.resolve({"Condition": "IsNumericHere"}) is True


def test_triggers_are_read_from_events(shop):
    assert shop.functions["PlaceOrder"].routes == [Route("POST", "/orders"), Route("GET", "/orders/{id}")]
    ship = shop.functions["ShipOrders"]
    assert ship.streams == [
        StreamTrigger(
            name="Placed",
            table="Orders",
            batch_size=10,
            window_seconds=0,
            filters=({"eventName": ["INSERT"]},),
            reports_item_failures=True,
            maximum_retries=2,
            bisects=True,
            lanes=4,
            from_start=True,
            on_failure="Dead",
        )
    ]
    assert ship.queues == [QueueTrigger("Again", "Later", 5, (), reports_item_failures=False)]
    assert ship.schedules == [ScheduleTrigger("Nightly", "rate(1 day)", None)]


def test_resources_keep_their_references_as_written(shop):
    assert shop.resources_of("AWS::SQS::Queue") == {
        "Later": {"VisibilityTimeout": 60, "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 3}},
        "Dead": {},
    }
    assert shop.custom_resources == {"FirstOrder": {"ServiceToken": {"Fn::GetAtt": ["PlaceOrder", "Arn"]}}}


def test_the_service_takes_cookies_from_the_pages_that_it_names():
    service = Template.of_service({"CORS_ALLOWED_ORIGINS": "https://a.example,http://localhost:5173"})

    assert service.cors.allow_origins == ("https://a.example", "http://localhost:5173")
    assert service.cors.allow_credentials


@pytest.mark.parametrize("origins", ["*", "https://a.example,*", "https://*.example", "https://a.example/", "a.example"])
def test_the_service_takes_cookies_from_no_page_that_is_not_named(origins):
    with pytest.raises(ParameterError, match="CORS_ALLOWED_ORIGINS: must be origins"):
        Template.of_service({"CORS_ALLOWED_ORIGINS": origins})


def test_cors_is_configured_by_the_api(shop):
    assert shop.cors == Cors(("https://shop.example.com", "https://www.example.com"), ("GET", "POST"), ("content-type",), (), 600)

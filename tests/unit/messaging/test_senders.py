import re
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from customer_auth.aws import sdk
from customer_auth.base import settings
from customer_auth.messaging import errors as outcomes
from customer_auth.messaging.errors import SendFailed
from customer_auth.messaging.messages import RenderedMessage
from customer_auth.messaging.senders import SENDERS, ses, sns

NUMBER, MAILBOX = "+905321234567", "ayse@example.com"
SMS = RenderedMessage(None, "123456 kod", None)
EMAIL = RenderedMessage("Giriş kodunuz", "Kod: 123456", "<p>Kod: 123456</p>")


TRANSACTIONAL = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
SENDER_ID = {"AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "MYSHOP"}}
MAX_PRICE = {"AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"}}

CONTENT = {
    "Subject": {"Data": "Giriş kodunuz", "Charset": "UTF-8"},
    "Body": {
        "Text": {"Data": "Kod: 123456", "Charset": "UTF-8"},
        "Html": {"Data": "<p>Kod: 123456</p>", "Charset": "UTF-8"},
    },
}
REQUEST = {
    "FromEmailAddress": "=?utf-8?q?My_Shop?= <no-reply@shop.example.com>",
    "Destination": {"ToAddresses": [MAILBOX]},
    "Content": {"Simple": CONTENT},
}


def send_sms():
    return SENDERS["sms"].send(NUMBER, SMS)


def send_email():
    return SENDERS["email"].send(MAILBOX, EMAIL)


def test_an_sms_goes_out_as_transactional_with_the_sender_and_the_highest_price_of_the_settings(sns):
    attributes = TRANSACTIONAL | SENDER_ID | MAX_PRICE
    sns.add_response("publish", {"MessageId": "sns-1"}, {"PhoneNumber": NUMBER, "Message": SMS.text, "MessageAttributes": attributes})

    assert send_sms() == "sns-1"


def test_without_a_sender_id_the_sms_names_none(environment, sns):
    environment.setenv("SMS_SENDER_ID", "")
    settings.forget()
    attributes = TRANSACTIONAL | MAX_PRICE
    sns.add_response("publish", {"MessageId": "sns-1"}, {"PhoneNumber": NUMBER, "Message": SMS.text, "MessageAttributes": attributes})

    assert send_sms() == "sns-1"


def test_an_email_goes_out_from_the_brand_as_text_and_html_with_the_configuration_set(ses):
    ses.add_response("send_email", {"MessageId": "ses-1"}, REQUEST | {"ConfigurationSetName": "customer-auth"})

    assert send_email() == "ses-1"


def test_without_a_configuration_set_the_email_names_none(environment, ses):
    environment.setenv("EMAIL_CONFIGURATION_SET", "")
    settings.forget()
    ses.add_response("send_email", {"MessageId": "ses-1"}, REQUEST)

    assert send_email() == "ses-1"


def test_an_email_without_html_is_sent_as_text(ses):
    content = CONTENT | {"Body": {"Text": CONTENT["Body"]["Text"]}}
    expected = REQUEST | {"ConfigurationSetName": "customer-auth", "Content": {"Simple": content}}
    ses.add_response("send_email", {"MessageId": "ses-1"}, expected)

    assert SENDERS["email"].send(MAILBOX, EMAIL._replace(html=None)) == "ses-1"


@pytest.mark.parametrize("brand", ["Mağaza", "فروشگاه بزرگ و خیلی خوب من و تو ", 'Shop, "Inc." <x@evil.example>', "a" * 32])
def test_the_display_name_is_ascii_in_short_encoded_words_and_no_second_address(environment, ses, brand):
    environment.setenv("BRAND_NAME", brand)
    settings.forget()
    seen = {}
    sdk.client("sesv2").meta.events.register_first("provide-client-params.sesv2.SendEmail", lambda params, **_: seen.update(params))
    ses.add_response("send_email", {"MessageId": "ses-1"})

    send_email()

    name, address = parseaddr(seen["FromEmailAddress"])
    assert seen["FromEmailAddress"].isascii()
    assert seen["FromEmailAddress"].isprintable()
    assert max(map(len, name.split(" "))) <= 75
    assert (str(make_header(decode_header(name))), address) == (brand, "no-reply@shop.example.com")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("InvalidParameter", "rejected"),
        ("InvalidParameterValue", "rejected"),
        ("ParameterValueInvalid", "rejected"),
        ("ValidationException", "rejected"),
        ("EndpointDisabled", "rejected"),
        ("NotFound", "rejected"),
        ("OptedOut", "opted_out"),
    ],
)
def test_a_number_that_sns_will_never_accept_is_given_up(sns, code, reason):
    sns.add_client_error("publish", code)

    assert outcome(send_sms) == (reason, True, False)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("MessageRejected", "rejected"),
        ("BadRequestException", "rejected"),
        ("MailFromDomainNotVerifiedException", "sender_not_verified"),
        ("NotFoundException", "not_configured"),
    ],
)
def test_an_email_that_ses_will_never_accept_is_given_up(ses, code, reason):
    ses.add_client_error("send_email", code)

    assert outcome(send_email) == (reason, True, False)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("Throttled", "throttled"),
        ("Throttling", "throttled"),
        ("ThrottlingException", "throttled"),
        ("AuthorizationError", "not_authorized"),
        ("InvalidSecurity", "not_authorized"),
        ("AccessDenied", "not_authorized"),
        ("KMSThrottling", "provider_unavailable"),
        ("SomethingNew", "provider_unavailable"),
    ],
)
def test_what_sns_may_accept_later_may_be_retried(sns, code, reason):
    sns.add_client_error("publish", code)

    assert outcome(send_sms) == (reason, False, False)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("TooManyRequestsException", "throttled"),
        ("LimitExceededException", "throttled"),
        ("AccountSuspendedException", "sending_paused"),
        ("SendingPausedException", "sending_paused"),
        ("AccessDeniedException", "not_authorized"),
        ("SomethingNew", "provider_unavailable"),
    ],
)
def test_what_ses_may_accept_later_may_be_retried(ses, code, reason):
    ses.add_client_error("send_email", code)

    assert outcome(send_email) == (reason, False, False)


@pytest.mark.parametrize("service", ["sns", "sesv2"])
def test_every_documented_error_of_a_service_is_classified(environment, service):
    operation, permanent = {"sns": ("Publish", sns._PERMANENT), "sesv2": ("SendEmail", ses._PERMANENT)}[service]
    documented = {shape.error_code for shape in sdk.client(service).meta.service_model.operation_model(operation).error_shapes}
    elsewhere = {code for code in documented if code.startswith(("KMS", "Platform", "Internal"))}

    assert documented - elsewhere <= permanent.keys() | outcomes._REASONS.keys()


def test_after_a_server_error_the_message_may_have_been_sent(sns):
    sns.add_client_error("publish", "InternalError", http_status_code=500)

    assert outcome(send_sms) == ("no_answer", False, True)


@pytest.mark.parametrize("lost", [ReadTimeoutError, ConnectTimeoutError])
@pytest.mark.parametrize(("service", "send"), [("sns", send_sms), ("sesv2", send_email)])
def test_after_a_lost_response_the_message_may_have_been_sent(environment, service, send, lost):
    def lose(**_):
        raise lost(endpoint_url="https://example.com")

    sdk.client(service).meta.events.register("before-call", lose)

    assert outcome(send) == ("no_answer", False, True)


@pytest.mark.parametrize("code", ["InvalidParameter", "Throttled", "SomethingNew"])
def test_errors_contain_no_address(sns, code):
    sns.add_client_error("publish", code, f"Invalid parameter: PhoneNumber Reason: {NUMBER} is opted out")

    with pytest.raises(SendFailed) as raised:
        send_sms()

    assert re.fullmatch("[a-z_]+", str(raised.value))
    assert NUMBER not in repr(raised.value)


def outcome(send):
    """How sending failed: its reason, and whether that is permanent or unknown."""
    with pytest.raises(SendFailed) as raised:
        send()
    return raised.value.reason, raised.value.permanent, raised.value.unknown

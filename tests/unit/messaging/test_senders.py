import re
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from customer_auth.aws import sdk
from customer_auth.base import settings
from customer_auth.base.locales import Locale
from customer_auth.messaging.kinds import Kind
from customer_auth.messaging.messages import RenderedMessage
from customer_auth.messaging.outgoing_message import OutgoingMessage
from customer_auth.messaging.senders import handover, ses, sns
from customer_auth.messaging.senders.results import Accepted, RefusalKind, SendRefused

NUMBER, MAILBOX = "+905321234567", "ayse@example.com"
SMS = RenderedMessage(None, "123456 kod", None)
EMAIL = RenderedMessage("Giriş kodunuz", "Kod: 123456", "<p>Kod: 123456</p>")


def message(to: str, content: RenderedMessage) -> OutgoingMessage:
    return OutgoingMessage("m", to, "TR", Kind.SIGN_IN, Locale.TR, content, "123456", 1_700_000_000)


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
    return sns.send(message(NUMBER, SMS))


def send_email():
    return ses.send(message(MAILBOX, EMAIL))


def test_an_sms_goes_out_as_transactional_with_the_sender_and_the_highest_price_of_the_settings(sns_stub):
    attributes = TRANSACTIONAL | SENDER_ID | MAX_PRICE
    sns_stub.add_response("publish", {"MessageId": "sns-1"}, {"PhoneNumber": NUMBER, "Message": SMS.text, "MessageAttributes": attributes})

    assert send_sms() == Accepted("sns-1")


def test_without_a_sender_id_the_sms_names_none(environment, sns_stub):
    environment.setenv("SMS_SENDER_ID", "")
    settings.forget()
    attributes = TRANSACTIONAL | MAX_PRICE
    sns_stub.add_response("publish", {"MessageId": "sns-1"}, {"PhoneNumber": NUMBER, "Message": SMS.text, "MessageAttributes": attributes})

    assert send_sms() == Accepted("sns-1")


def test_an_email_goes_out_from_the_brand_as_text_and_html_with_the_configuration_set(ses_stub):
    ses_stub.add_response("send_email", {"MessageId": "ses-1"}, REQUEST | {"ConfigurationSetName": "customer-auth"})

    assert send_email() == Accepted("ses-1")


def test_without_a_configuration_set_the_email_names_none(environment, ses_stub):
    environment.setenv("EMAIL_CONFIGURATION_SET", "")
    settings.forget()
    ses_stub.add_response("send_email", {"MessageId": "ses-1"}, REQUEST)

    assert send_email() == Accepted("ses-1")


def test_an_email_without_html_is_sent_as_text(ses_stub):
    content = CONTENT | {"Body": {"Text": CONTENT["Body"]["Text"]}}
    expected = REQUEST | {"ConfigurationSetName": "customer-auth", "Content": {"Simple": content}}
    ses_stub.add_response("send_email", {"MessageId": "ses-1"}, expected)

    assert ses.send(message(MAILBOX, EMAIL._replace(html=None))) == Accepted("ses-1")


@pytest.mark.parametrize("brand", ["Mağaza", "فروشگاه بزرگ و خیلی خوب من و تو ", 'Shop, "Inc." <x@evil.example>', "a" * 32])
def test_the_display_name_is_ascii_in_short_encoded_words_and_no_second_address(environment, ses_stub, brand):
    environment.setenv("BRAND_NAME", brand)
    settings.forget()
    seen = {}
    sdk.client("sesv2").meta.events.register_first("provide-client-params.sesv2.SendEmail", lambda params, **_: seen.update(params))
    ses_stub.add_response("send_email", {"MessageId": "ses-1"})

    send_email()

    name, address = parseaddr(seen["FromEmailAddress"])
    assert seen["FromEmailAddress"].isascii()
    assert seen["FromEmailAddress"].isprintable()
    assert max(map(len, name.split(" "))) <= 75
    assert (str(make_header(decode_header(name))), address) == (brand, "no-reply@shop.example.com")


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        ("InvalidParameter", RefusalKind.NUMBER, "rejected"),
        ("InvalidParameterValue", RefusalKind.NUMBER, "rejected"),
        ("ParameterValueInvalid", RefusalKind.NUMBER, "rejected"),
        ("OptedOut", RefusalKind.NUMBER, "opted_out"),
        ("ValidationException", RefusalKind.PERMANENT, "rejected"),
        ("EndpointDisabled", RefusalKind.PERMANENT, "rejected"),
        ("NotFound", RefusalKind.PERMANENT, "rejected"),
    ],
)
def test_what_sns_will_never_accept_is_given_up(sns_stub, code, kind, reason):
    sns_stub.add_client_error("publish", code)

    assert send_sms() == SendRefused(kind, reason)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("MessageRejected", "rejected"),
        ("BadRequestException", "rejected"),
        ("MailFromDomainNotVerifiedException", "sender_not_verified"),
        ("NotFoundException", "not_configured"),
    ],
)
def test_an_email_that_ses_will_never_accept_is_given_up(ses_stub, code, reason):
    ses_stub.add_client_error("send_email", code)

    assert send_email() == SendRefused(RefusalKind.PERMANENT, reason)


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
def test_what_sns_may_accept_later_may_be_retried(sns_stub, code, reason):
    sns_stub.add_client_error("publish", code)

    assert send_sms() == SendRefused(RefusalKind.TRANSIENT, reason)


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
def test_what_ses_may_accept_later_may_be_retried(ses_stub, code, reason):
    ses_stub.add_client_error("send_email", code)

    assert send_email() == SendRefused(RefusalKind.TRANSIENT, reason)


@pytest.mark.parametrize("service", ["sns", "sesv2"])
def test_every_documented_error_of_a_service_is_classified(environment, service):
    operation, permanent = {"sns": ("Publish", sns._PERMANENT), "sesv2": ("SendEmail", ses._PERMANENT)}[service]
    documented = {shape.error_code for shape in sdk.client(service).meta.service_model.operation_model(operation).error_shapes}
    elsewhere = {code for code in documented if code.startswith(("KMS", "Platform", "Internal"))}

    assert documented - elsewhere <= permanent.keys() | handover._REASONS.keys()


def test_after_a_server_error_the_message_may_have_been_sent(sns_stub):
    sns_stub.add_client_error("publish", "InternalError", http_status_code=500)

    assert send_sms() == SendRefused(RefusalKind.UNKNOWN, "no_answer")


@pytest.mark.parametrize("lost", [ReadTimeoutError, ConnectTimeoutError])
@pytest.mark.parametrize(("service", "send"), [("sns", send_sms), ("sesv2", send_email)])
def test_after_a_lost_response_the_message_may_have_been_sent(environment, service, send, lost):
    def lose(**_):
        raise lost(endpoint_url="https://example.com")

    sdk.client(service).meta.events.register("before-call", lose)

    assert send() == SendRefused(RefusalKind.UNKNOWN, "no_answer")


@pytest.mark.parametrize("code", ["InvalidParameter", "Throttled", "SomethingNew"])
def test_errors_contain_no_address(sns_stub, code):
    sns_stub.add_client_error("publish", code, f"Invalid parameter: PhoneNumber Reason: {NUMBER} is opted out")

    refused = send_sms()

    assert re.fullmatch("[a-z_]+", refused.reason)
    assert NUMBER not in repr(refused)

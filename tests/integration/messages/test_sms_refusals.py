"""Every sender and every way in which it does not take a message: who sends it then, how often, and what the challenge shows."""

import pytest

from local.server import Response
from tests.harness.sms_senders import new_number_of

NUMBER, RULE, PERMANENT, TRANSIENT, UNKNOWN = "number", "rule", "permanent", "transient", "unknown"
ROUTES = {"netgsm": "TR=netgsm,sns;*=sns", "smsir": "IR=smsir,sns;*=sns", "eum": "DE=eum,sns;*=sns", "webhook": "DE=webhook,sns;*=sns"}
HTTP = ("netgsm", "smsir", "webhook")

# The providers' own codes, each as it decides what happens next.
CODES = {
    ("netgsm", PERMANENT): ("20", "30", "40", "41", "50", "51", "60", "70", "5000"),
    ("netgsm", TRANSIENT): ("80", "85", "100", "101", "110", "429", "500", "503"),
    ("smsir", PERMANENT): (
        *("10", "11", "12", "13", "14", "15", "16"),
        *("101", "102", "103", "105", "106", "107", "108", "109", "110"),
        *("113", "114", "116", "117", "118", "119", "123", "124"),
    ),
    ("smsir", NUMBER): ("104", "115"),
    ("smsir", TRANSIENT): ("0", "20", "429", "503"),
    ("webhook", NUMBER): ("422",),
    ("webhook", PERMANENT): ("400", "401", "403", "404", "409", "302"),
    ("webhook", TRANSIENT): ("429", "500", "502", "503"),
    ("eum", RULE): (
        "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
        "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE",
        "DESTINATION_COUNTRY_BLOCKED",
        "PRICE_OVER_THRESHOLD",
    ),
    ("eum", NUMBER): ("DESTINATION_PHONE_NUMBER_OPTED_OUT",),
    ("eum", PERMANENT): (
        "DESTINATION_PHONE_NUMBER_NOT_VERIFIED",
        "NO_ORIGINATION_IDENTITIES_FOUND",
        "RESOURCE_NOT_ACTIVE",
        "MESSAGE_TYPE_MISMATCH",
        "COUNTRY_NOT_ENABLED",
        "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY",
        "SENDER_ID_NOT_REGISTERED",
        "SENDER_ID_NOT_SUPPORTED",
        "SENDER_ID_REQUIRES_REGISTRATION",
        "INTERNATIONAL_SENDING_NOT_SUPPORTED",
        "FIELD_VALIDATION_FAILED",
        "INVALID_PARAMETER",
        "MISSING_PARAMETER",
        "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
        "INSUFFICIENT_ACCOUNT_REPUTATION",
        "ACCOUNT_DISABLED",
        "ResourceNotFoundException",
    ),
    ("eum", TRANSIENT): ("ThrottlingException", "InternalServerException"),
}
CASES = [(sender, kind, code) for (sender, kind), codes in CODES.items() for code in codes]
HOW = {  # requests to the sender, messages of SNS, what the challenge shows
    NUMBER: (1, 0, "failed"),
    RULE: (1, 0, "failed"),
    PERMANENT: (1, 1, "sent"),
    TRANSIENT: (2, 1, "sent"),
}


def shown(api, challenge: str) -> str:
    return api.get(f"/api/v1/auth/challenges/{challenge}")["delivery"]


@pytest.mark.parametrize("sender", ROUTES)
def test_what_a_sender_accepts_is_sent_once_by_it_alone(api, routes, sms, providers, sender):
    routes(ROUTES[sender])
    phone = new_number_of(sender)
    challenge = sms.ask(phone)

    assert sms.take().total() <= 5  # a new container, with its secret

    assert sms.sent(phone) == [sender]
    assert len(providers.requests[sender]) == 1
    assert shown(api, challenge) == "sent"
    assert api.queued() == []


@pytest.mark.parametrize(("sender", "kind", "code"), CASES)
def test_each_refusal_of_a_sender_leads_where_its_class_says(api, routes, sms, providers, *, sender, kind, code):
    routes(ROUTES[sender])
    providers.break_(sender, code)
    phone = new_number_of(sender)
    challenge = sms.ask(phone)
    requests, by_sns, state = HOW[kind]

    sms.take()

    assert len(providers.requests[sender]) == requests
    assert sms.sent(phone) == ["sns"] * by_sns
    assert shown(api, challenge) == state
    assert api.queued() == []


@pytest.mark.parametrize("code", ["50", "51", "52"])
def test_the_otp_package_says_by_three_codes_that_the_number_is_wrong(api, routes, sms, providers, code):
    routes(ROUTES["netgsm"], NETGSM_OTP="true")
    providers.break_("netgsm", code)
    phone = new_number_of("netgsm")
    challenge = sms.ask(phone)
    sms.take()

    assert (sms.sent(phone), shown(api, challenge)) == ([], "failed")
    assert api.get(f"/api/v1/auth/challenges/{challenge}")["reason"] == "wrong_number"


@pytest.mark.parametrize("sender", HTTP)
def test_where_nobody_listens_nothing_was_sent_and_the_next_takes_over_after_two_tries(api, routes, sms, providers, sender):
    routes(ROUTES[sender])
    providers.close(sender)
    phone = new_number_of(sender)
    challenge = sms.ask(phone)

    sms.take()

    assert sms.sent(phone) == ["sns"]
    assert shown(api, challenge) == "sent"


NO_ANSWER = {
    "answer lost": "lost",
    "1 MB": Response(200, (("content-type", "application/json"),), b'{"code": "00", "x": "' + b"x" * 1_000_000 + b'"}'),
    "invalid JSON": Response(200, (("content-type", "application/json"),), b'{"code": "00"'),
    "a page": Response(200, (("content-type", "text/html"),), b"<html>"),
}


@pytest.mark.parametrize(("sender", "case"), [(sender, case) for sender in ("netgsm", "smsir") for case in NO_ANSWER])
def test_after_an_answer_that_says_nothing_the_code_goes_once_more_by_the_next_sender(api, routes, sms, providers, *, sender, case):
    routes(ROUTES[sender])
    broken = NO_ANSWER[case]
    if isinstance(broken, Response):
        providers.responses[sender] = broken
    else:
        providers.break_(sender, broken)
    phone = new_number_of(sender)
    challenge = sms.ask(phone)

    sms.take()
    assert (len(providers.requests[sender]), shown(api, challenge)) == (1, "queued")
    api.clock.advance(15)
    sms.take_again()

    lost = [sender] if broken == "lost" else []
    assert sms.sent(phone) == [*lost, "sns"]
    assert shown(api, challenge) == "sent"
    codes = {message.code for message in providers.inbox.messages(phone)}
    assert all(code in api.wire.sent[-1].body for code in codes)


@pytest.mark.parametrize("case", ["1 MB", "invalid JSON", "a page"])
def test_a_gateway_needs_no_body_to_accept_but_one_that_never_ends_says_nothing(routes, sms, providers, case):
    routes(ROUTES["webhook"])
    providers.responses["webhook"] = NO_ANSWER[case]
    phone = new_number_of("webhook")

    sms.send(phone)
    sms.api.clock.advance(15)
    sms.take_again()

    assert sms.sent(phone) == (["sns"] if case == "1 MB" else [])


@pytest.mark.parametrize("sender", ["webhook", "eum"])
def test_a_lost_answer_of_the_others_is_one_more_message_too(api, routes, sms, providers, sender):
    routes(ROUTES[sender])
    providers.break_(sender, "lost")
    phone = new_number_of(sender)

    sms.send(phone)
    api.clock.advance(15)
    sms.take_again()
    api.clock.advance(60)
    sms.take_again()

    assert sms.sent(phone) == [sender, "sns"]


@pytest.mark.parametrize("response", [Response(200, (), b"{"), Response(200, (), b"x" * 1_000_000)], ids=["invalid JSON", "1 MB"])
def test_an_answer_of_end_user_messaging_that_says_nothing_is_a_lost_one(api, routes, sms, providers, response):
    routes(ROUTES["eum"])
    providers.responses["eum"] = response
    phone = new_number_of("eum")

    sms.send(phone)
    api.clock.advance(15)
    sms.take_again()

    assert sms.sent(phone) == ["sns"]


@pytest.mark.parametrize("sender", HTTP)
def test_a_sender_that_is_late_may_have_sent_it(routes, sms, providers, monkeypatch, sender):
    monkeypatch.setattr("customer_auth.messaging.senders.http_requests._SECONDS", 0.3)
    routes(ROUTES[sender])
    providers.slow.add(sender)
    phone = new_number_of(sender)

    sms.send(phone)
    sms.api.clock.advance(15)
    sms.take_again()

    assert sms.sent(phone)[-1] == "sns"
    assert len(sms.sent(phone)) <= 2


@pytest.mark.parametrize("sender", ["netgsm", "eum"])
def test_answers_that_are_lost_twice_end_the_message_and_two_were_sent_at_most(api, routes, sms, providers, sender):
    routes(ROUTES[sender])
    providers.break_(sender, "lost")
    phone = new_number_of(sender)
    challenge = sms.ask(phone)

    with api.wire.broken("Publish", "lost", service="sns"):
        sms.take()
        for _ in range(3):
            api.clock.advance(60)
            sms.take_again()

    assert sms.sent(phone) == [sender, "sns"]
    assert shown(api, challenge) == "failed"


@pytest.mark.parametrize(
    ("mode", "messages", "state"), [("throttle", ["webhook"], "sent"), ("reject", [], "failed"), ("error", ["webhook"], "sent")]
)
def test_sns_gives_way_too(api, routes, sms, mode, messages, state):
    routes("DE=sns,webhook;*=sns")
    phone = new_number_of("webhook")
    challenge = sms.ask(phone)

    with api.wire.broken("Publish", mode, service="sns"):
        sms.take()
        api.clock.advance(15)
        sms.take_again()

    assert (sms.sent(phone), shown(api, challenge)) == (messages, state)


# ── what is written down ──


@pytest.mark.parametrize("sender", ROUTES)
@pytest.mark.parametrize("mode", ["", "error", "throttle", "reject", "lost"])
def test_no_credential_and_no_number_is_in_the_logs_and_the_sender_is(routes, sms, providers, log, *, sender, mode):
    routes(ROUTES[sender])
    providers.break_(sender, mode)
    phone = new_number_of(sender)

    sms.send(phone)

    assert "canary" not in log.everything
    assert phone not in log.everything
    assert phone[3:] not in log.everything
    assert log.last["provider"] in (sender, "sns")

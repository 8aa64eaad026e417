"""Routes: who sends to whom, in exactly which form, who takes over, and how many requests that takes."""

import base64
import hmac
import json
from collections import Counter

import pytest

from local.server import Response
from tests.harness.people import Person
from tests.harness.sms_senders import SECRETS, new_number_of

ALL = "TR=netgsm,sns;IR=smsir,sns;DE=eum,sns;*=sns"
TR = "TR=netgsm,sns;*=sns"
PERSIAN, TURKISH, ENGLISH = ({"accept-language": language} for language in ("fa", "tr", "en"))


def code_of(providers, phone: str) -> str:
    return providers.inbox.messages(phone)[0].code


def verify(api, phone: str, code: str, challenge: str) -> int:
    return api.post("/login/mobile/verify", phone=phone, code=code, challenge=challenge).status


# ── who sends to whom ──


def test_each_region_goes_by_its_own_sender_and_every_other_by_the_stars(routes, sms):
    routes(ALL)
    phones = {sender: new_number_of(sender) for sender in ("netgsm", "smsir", "eum", "sns")}
    for phone in phones.values():
        sms.send(phone)

    assert {sender: sms.sent(phone) for sender, phone in phones.items()} == {sender: [sender] for sender in phones}


def test_a_code_is_right_whoever_sent_it(api, routes, sms, providers):
    routes(ALL)
    for sender in ("netgsm", "smsir", "eum"):
        phone = new_number_of(sender)
        challenge = sms.ask(phone)
        sms.take()

        assert verify(api, phone, code_of(providers, phone), challenge) == 200


@pytest.mark.parametrize("headers", [TURKISH, {"accept-language": "fr"}], ids=["no template in Turkish", "a template in English"])
def test_what_has_no_template_at_smsir_goes_by_the_next_sender(routes, sms, providers, headers):
    routes(ALL)
    phone = new_number_of("smsir")
    sms.send(phone, **headers)

    assert sms.sent(phone) == (["sns"] if headers is TURKISH else ["smsir"])
    assert len(providers.requests["smsir"]) == (0 if headers is TURKISH else 1)


def test_a_link_for_a_new_password_never_goes_by_smsir(api, inbox, routes, sms, providers):
    routes(ALL, REGISTRATION_IDENTIFIER="phone", LOGIN_IDENTIFIER="phone")
    ada = Person(api, inbox)
    ada.phone = new_number_of("smsir")
    assert api.post("/auth/customer/emailpass/register", phone=ada.phone, password="a long passphrase 1").status == 201
    api.clock.advance(90)
    api.post("/auth/customer/emailpass/reset-password", phone=ada.phone)
    sms.take()

    assert sms.sent(ada.phone) == ["sns"]
    assert providers.requests["smsir"] == []


# ── in which form ──


def test_an_ordinary_sms_by_netgsm_is_exactly_its_request(routes, sms, providers):
    routes(TR)
    phone = new_number_of("netgsm")
    sms.send(phone, **TURKISH)

    [request] = providers.requests["netgsm"]
    credentials = base64.b64encode(b"8501234567:canary-password").decode()
    assert (request.method, request.path, request.query) == ("POST", "/sms/rest/v2/send", "")
    assert (request.header("authorization"), request.header("content-type")) == (f"Basic {credentials}", "application/json")
    body = json.loads(request.body)
    text = providers.inbox.messages(phone)[0].body
    assert body == {
        "msgheader": "MYSHOP",
        "iysfilter": "0",
        "encoding": "TR",
        "messages": [{"msg": text, "no": phone.removeprefix("+90")}],
    }


def test_the_otp_package_carries_codes_that_fit_it_and_nothing_else(routes, sms, providers):
    routes(TR, NETGSM_OTP="true")
    sms.send(plain := new_number_of("netgsm"), **ENGLISH)
    sms.send(new_number_of("netgsm"), **TURKISH)

    first, second = providers.requests["netgsm"]
    assert (first.path, second.path) == ("/sms/rest/v2/otp", "/sms/rest/v2/send")
    text = providers.inbox.messages(plain)[0].body
    assert json.loads(first.body) == {"msgheader": "MYSHOP", "msg": text, "no": plain.removeprefix("+90")}


def test_a_message_by_smsir_has_its_template_and_the_two_parameters(routes, sms, providers):
    routes(ALL)
    phone = new_number_of("smsir")
    sms.send(phone, **PERSIAN)

    [request] = providers.requests["smsir"]
    assert (request.method, request.path) == ("POST", "/v1/send/verify")
    assert (request.header("x-api-key"), request.header("accept")) == ("canary-key", "application/json")
    parameters = [{"name": "BRAND", "value": "My Shop"}, {"name": "CODE", "value": code_of(providers, phone)}]
    assert json.loads(request.body) == {"mobile": phone.removeprefix("+98"), "templateId": 100002, "parameters": parameters}


def test_a_message_by_the_webhook_is_signed_and_says_what_a_gateway_needs(api, routes, sms, providers):
    routes("DE=webhook;*=sns")
    phone = new_number_of("webhook")
    sms.send(phone)

    [request] = providers.requests["webhook"]
    at, signature = (part.partition("=")[2] for part in request.header("x-signature").split(","))
    secret = SECRETS["SMS_WEBHOOK_SECRET"].encode()
    assert hmac.compare_digest(signature, hmac.digest(secret, f"{at}.".encode() + request.body, "sha256").hex())
    assert abs(int(at) - api.clock.now()) <= 1
    body = json.loads(request.body)
    assert set(body) == {"message_id", "to", "text", "kind", "locale", "expires_at"}
    assert (body["to"], body["kind"], body["locale"]) == (phone, "sign_up", "en")
    assert len(body["message_id"]) == 22


def test_a_message_that_comes_twice_has_one_id_which_is_not_the_challenges(routes, sms, providers):
    routes("DE=webhook;*=sns")
    providers.break_("webhook", "lost")
    challenge = sms.ask(new_number_of("webhook"))
    sms.take()
    sms.api.clock.advance(15)
    sms.take_again()

    first, second = providers.bodies("webhook")
    assert first == second
    assert first["message_id"] not in challenge


def test_end_user_messaging_gets_the_lifetime_the_price_and_what_comes_back_in_events(api, routes, sms, providers):
    routes("DE=eum;*=sns", EUM_ORIGINATION="pool-1", EUM_CONFIGURATION_SET="codes", EUM_PROTECT="protect-1")
    phone = new_number_of("eum")
    sms.ask(phone)
    api.clock.advance(60)
    sms.take()

    [body] = providers.bodies("eum")
    [message] = providers.inbox.messages(phone)
    assert body.pop("Context").keys() == {"message"}
    assert body == {
        "DestinationPhoneNumber": phone,
        "OriginationIdentity": "pool-1",
        "MessageBody": message.body,
        "MessageType": "TRANSACTIONAL",
        "ConfigurationSetName": "codes",
        "ProtectConfigurationId": "protect-1",
        "MaxPrice": "0.50",
        "TimeToLive": 240,
        "MessageFeedbackEnabled": True,
    }


def test_what_is_not_set_of_end_user_messaging_is_not_sent(routes, sms, providers):
    routes("DE=eum;*=sns")
    sms.send(new_number_of("eum"))

    [body] = providers.bodies("eum")
    assert not {"OriginationIdentity", "ConfigurationSetName", "ProtectConfigurationId"} & set(body)


# ── who takes over ──


def test_the_next_sender_sends_the_same_code_for_the_same_challenge(api, routes, sms, providers):
    routes("TR=netgsm,webhook,sns;*=sns")
    providers.break_("netgsm", "40")
    phone = new_number_of("netgsm")
    challenge = sms.ask(phone)
    sms.take()

    assert sms.sent(phone) == ["webhook"]
    assert verify(api, phone, code_of(providers, phone), challenge) == 200


def test_three_senders_take_over_from_each_other(routes, sms, providers):
    routes("TR=netgsm,webhook,sns;*=sns")
    providers.break_("netgsm", "80")
    providers.break_("webhook", "503")
    phone = new_number_of("netgsm")
    sms.send(phone)

    assert (len(providers.requests["netgsm"]), len(providers.requests["webhook"]), sms.sent(phone)) == (2, 2, ["sns"])


def test_the_last_sender_is_tried_from_the_queue_for_as_long_as_the_code_lives(api, routes, sms, providers):
    routes("TR=netgsm,webhook;*=sns")
    providers.break_("netgsm", "40")
    providers.break_("webhook", "503")
    phone = new_number_of("netgsm")
    sms.send(phone)
    for _ in range(2):
        api.clock.advance(60)
        sms.take_again()
    providers.mend("webhook")
    api.clock.advance(60)
    sms.take_again()

    assert sms.sent(phone) == ["webhook"]
    assert len(providers.requests["netgsm"]) == 1


def test_a_route_of_one_sender_behaves_as_ever(api, routes, sms, providers):
    routes("TR=netgsm;*=sns")
    providers.break_("netgsm", "80")
    phone = new_number_of("netgsm")
    requests = sms.send(phone)

    assert (len(providers.requests["netgsm"]), sms.sent(phone)) == (1, [])
    assert requests["BatchGetItem"] == 1
    providers.mend("netgsm")
    api.clock.advance(15)
    sms.take_again()

    assert sms.sent(phone) == ["netgsm"]


def test_two_senders_at_one_record_send_once(api, routes, sms, providers):
    routes(TR)
    phone = new_number_of("netgsm")
    sms.ask(phone)
    records = api.new_records()

    with api.wire.before("UpdateItem", lambda: sms.take_records(records), times=1):
        sms.take_records(records)

    assert sms.sent(phone) == ["netgsm"]


# ── a code that is asked for again ──


def test_whoever_asks_again_gets_the_code_by_the_next_sender_and_then_by_the_first_again(api, routes, sms):
    routes(TR)
    phone = new_number_of("netgsm")
    for _ in range(3):
        sms.send(phone)
        api.clock.advance(90)

    assert Counter(sms.sent(phone)) == {"netgsm": 2, "sns": 1}


def test_a_code_that_was_used_did_arrive_and_its_sender_is_the_first_again(api, routes, sms, providers):
    routes(TR)
    phone = new_number_of("netgsm")
    challenge = sms.ask(phone)
    sms.take()
    assert verify(api, phone, code_of(providers, phone), challenge) == 200
    api.clock.advance(90)
    sms.send(phone)

    assert sms.sent(phone) == ["netgsm", "netgsm"]


def test_after_a_quarter_of_an_hour_the_first_sender_begins_again(api, routes, sms):
    routes(TR)
    phone = new_number_of("netgsm")
    sms.send(phone)
    api.clock.advance(15 * 60 - 1)
    sms.send(phone)
    api.clock.advance(15 * 60)
    sms.send(phone)

    assert sms.providers.sent(phone) == ["netgsm", "netgsm"]
    assert sms.sent(phone).count("sns") == 1


# ── how many requests ──


def test_a_message_is_at_most_four_requests_to_aws_with_its_providers_among_them(routes, sms):
    routes(ALL)
    for sender in ("netgsm", "smsir", "eum", "sns"):
        sms.send(new_number_of(sender))  # reads the secret, and the circuits
        own = {"eum": ["SendTextMessage"], "sns": ["Publish"]}.get(sender, [])

        assert sms.send(new_number_of(sender)) == Counter(["UpdateItem", "BatchGetItem", *own, "TransactWriteItems"])


def test_circuits_are_read_with_the_identity_once_in_five_seconds(api, routes, sms):
    routes(TR)
    reads = []
    for seconds in (0, 4, 1, 5):
        api.clock.advance(seconds)
        since = len(api.wire.calls)
        sms.send(new_number_of("netgsm"))
        reads.append(sum("circuit#" in json.dumps(call.parameters) for call in api.wire.calls[since:]))

    assert reads == [1, 0, 1, 1]


def test_a_code_item_holds_little_more_than_without_routes(api, routes, sms, providers, tables):
    routes("TR=netgsm,webhook,sns;*=sns")
    providers.break_("netgsm", "40")
    phone = new_number_of("netgsm")
    sms.send(phone)
    [item] = tables.look().kinds("code")

    assert item["sent_by"]["L"][1] == {"S": "webhook"}
    assert {"step", "lease", "leased_at", "reason"} & set(item["sign_in"]["M"]) == set()
    routes("*=sns")
    sms.send(other := new_number_of("netgsm"))
    assert sms.sent(other) == ["sns"]
    assert sum("sent_by" in each for each in tables.look().kinds("code")) == 1


# ── credentials ──


@pytest.mark.parametrize(("sender", "name"), [("netgsm", "NETGSM_PASSWORD"), ("smsir", "SMSIR_API_KEY"), ("webhook", "SMS_WEBHOOK_SECRET")])
def test_a_new_version_of_the_secret_is_taken_up_without_a_deployment(api, routes, sms, providers, new_secret, *, sender, name):
    region = {"netgsm": "TR", "smsir": "IR", "webhook": "DE"}[sender]
    routes(f"{region}={sender},sns;*=sns", **{name: "canary-of-yesterday"})
    sms.send(before := new_number_of(sender))
    new_secret()
    sms.send(new_number_of(sender))  # a wrong secret is not read again with each refusal
    api.clock.advance(60)
    sms.send(new_number_of(sender))
    sms.send(after := new_number_of(sender))

    assert (sms.sent(before), sms.sent(after)) == (["sns"], [sender])


def test_a_secret_that_cannot_be_read_leaves_the_message_to_the_next_sender(api, routes, sms):
    routes(TR)
    phone = new_number_of("netgsm")
    sms.ask(phone)
    with api.wire.broken("GetSecretValue", "error", service="secretsmanager", nth=1, times=100):
        sms.take()

    assert sms.sent(phone) == ["sns"]


def test_a_provider_that_redirects_gets_no_second_request(routes, sms, providers):
    routes(TR)
    providers.responses["netgsm"] = Response(302, (("location", "http://127.0.0.1:1/"),))
    phone = new_number_of("netgsm")
    sms.send(phone)

    assert len(providers.requests["netgsm"]) == 1

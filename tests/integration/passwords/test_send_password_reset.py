"""Reset requests: {} for everyone, and a link to the storefront for registered addresses."""

import re

import pytest

from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import PASSWORD, new_email, new_ip, new_number

REQUEST_RESET = ("UpdateItem", "UpdateItem")
FORGED = ["Host", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-For", "X-Original-URL", "Origin", "Referer"]


@ON_BOTH_ENGINES
def test_a_link_to_the_storefront_comes_by_email(ada):
    ada.member()

    response = ada.forget_password()

    assert (response.status, response.body) == (200, {})
    message = ada.inbox.of(ada.email)[-1]
    [link] = re.findall(r"https?://\S+", message.body)
    assert re.fullmatch(
        rf"https://shop\.example\.com/reset-password\?token=[A-Za-z0-9_-]{{87}}&email={ada.email.replace('@', '%40')}", link
    )
    assert link.replace("&", "&amp;") in message.html


@ON_BOTH_ENGINES
def test_a_reset_request_gets_the_same_response_by_the_same_requests_for_known_and_unknown_addresses(ada, api):
    ada.member()
    known, unknown = ada.forget_password(), api.post("/auth/customer/emailpass/reset-password", email=new_email())

    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls == REQUEST_RESET


def test_an_unregistered_address_gets_no_message(ada):
    ada.forget_password()

    assert ada.inbox.of(ada.email) == []


def test_a_full_window_of_the_address_is_429_for_known_and_unknown_addresses_alike_and_sends_nothing(api, ada):
    ada.member()
    sent = len(ada.inbox.of(ada.email))
    known, unknown = ([reset(api, email) for _ in range(3)] for email in (ada.email, new_email()))

    assert [answer.status for answer in known] == [200, 429, 429]
    assert [(answer.shape, answer.aws_calls, wait(answer)) for answer in known] == [
        (answer.shape, answer.aws_calls, wait(answer)) for answer in unknown
    ]
    assert wait(known[1]) == 90
    assert len(ada.inbox.of(ada.email)) == sent + 1


def test_a_full_window_of_the_client_is_429_for_known_and_unknown_addresses_alike(api, ada, setting):
    ada.member()
    setting(IP_SENDS_PER_HOUR=1)
    ip = new_ip()
    reset(api, new_email(), ip)

    known, unknown = reset(api, ada.email, ip), reset(api, new_email(), ip)

    assert (known.status, known.shape, wait(known)) == (429, unknown.shape, wait(unknown))


def reset(api, email: str, ip: str = ""):
    return api.post("/auth/customer/emailpass/reset-password", email=email, ip=ip)


def wait(answer) -> int | None:
    return answer.retry_after if answer.status == 429 else None


def test_a_reset_request_counts_in_the_address_s_window_of_sends(api, ada):
    ada.member()
    ada.forget_password()

    assert api.post("/login/email/send", email=ada.email).status == 429


@pytest.mark.parametrize("name", FORGED)
def test_no_header_of_the_request_changes_the_link(api, ada, name):
    ada.member()

    api.post("/auth/customer/emailpass/reset-password", email=ada.email, headers={name: "https://evil.example"})

    assert "evil.example" not in ada.inbox.of(ada.email)[-1].body
    assert ada.reset_token()


def test_a_link_comes_by_sms_where_a_phone_signs_in(setting, ada):
    setting(REGISTRATION_IDENTIFIER="phone")
    created = ada.create(ada.register(phone=ada.phone)["token"])["customer"]
    ada.prove(created["id"], "phone")

    assert ada.forget_password(phone=ada.phone).status == 200
    assert ada.reset(ada.reset_token(ada.phone), "a better horse and battery", phone=ada.phone).status == 200
    assert ada.log_in("a better horse and battery", phone=ada.phone).status == 200


def test_a_channel_that_signs_nobody_in_is_400_by_its_name(api):
    refused = api.post("/auth/customer/emailpass/reset-password", phone=new_number())

    assert (refused.status, refused["message"]) == (400, "Phone login is not enabled")


@pytest.mark.parametrize("field", ["identifier", "email", "email_or_phone"])
def test_each_identifier_name_is_accepted_and_only_one_at_once(ada, field):
    ada.member()

    ada.forget_password(**{field: ada.email})
    both = ada.forget_password(email=ada.email, identifier=ada.email)

    assert both.status == 400
    assert ada.reset(ada.reset_token(), "a better horse and battery", **{field: ada.email}).status == 200
    assert ada.log_in(PASSWORD).status == 401


def test_no_table_holds_the_token(api, ada):
    ada.member()
    ada.forget_password()
    token = ada.reset_token()

    stored = str([api.table(table) for table in ("CodesTable", "SessionsTable", "CustomersTable")])

    assert token not in stored
    assert token[44:] not in stored

"""The line of each operation, with nothing of a person in it."""

import json

import pytest

from tests.harness.graphql_clients import ME, REVOKE
from tests.harness.people import new_number

PASSWORD = "canary horse battery"


def test_a_line_names_the_mutation_and_its_outcome(guest, log):
    guest.ask(), guest.ask(), guest.verify("000000")
    lines = [line for line in log.lines if line["message"] == "execute_graphql"]

    assert [(line["operation"], line["outcome"]) for line in lines] == [
        ("sendPhoneOtp", "ok"),
        ("sendPhoneOtp", "throttled"),
        ("verifyPhoneOtp", "wrong_proof"),
    ]
    assert [line.get("purpose") for line in lines] == ["guest"] * 3
    assert all("ip" in line and "request_id" in line for line in lines)


def test_refusals_are_counted(guest, log):
    guest.ask(), guest.ask(), guest.verify("000000")

    assert [[name for name in ("requested", "throttled", "refused") if name in line] for line in log.lines] == [
        ["requested"],
        ["throttled"],
        ["refused"],
    ]


@pytest.mark.parametrize(("document", "operation"), [(ME, None), (REVOKE, "revokeCustomerToken")])
def test_a_field_that_needs_an_access_token_is_refused_and_counted(guest, log, document, operation):
    guest.post(document)

    assert (log.last["outcome"], log.last.get("operation")) == ("not_authenticated", operation)
    assert "refused" in log.last


def test_an_alias_puts_nothing_into_the_line(guest, log):
    guest.post(f'mutation kanarienvogel {{ kanarienvogel: sendPhoneOtp(input: {{phone_number: "{guest.number}"}}) {{ success }} }}')

    assert log.last["operation"] == "sendPhoneOtp"
    assert "kanarienvogel" not in log.everything


def test_what_is_wrong_with_a_request_is_not_in_its_line(guest, log):
    guest.post("{ kanarienvogel }"), guest.send(b"kanarienvogel")

    assert [line["outcome"] for line in log.lines] == ["bad_request"] * 2
    assert "kanarienvogel" not in log.everything


@pytest.mark.parametrize("broken", [None, "error", "timeout"])
def test_a_whole_journey_leaves_nothing_of_a_person_in_the_log(api, guest, log, broken):
    number = new_number()
    guest.ask(number)
    code, session = guest.code(number), guest.session
    if broken:
        with api.wire.broken("*", broken):
            guest.post(ME)
            guest.send(json.dumps({"query": f'mutation {{ verifyPhoneOtp(input: {{otp_code: "{code}"}}) {{ success }} }}'}).encode())
    guest.verify(code)
    assert guest.sign_up(password=PASSWORD, firstname="Canaryetta")["success"]
    guest.sign_in(password=PASSWORD)
    everything = log.everything

    for secret in (number, number[2:], code, session, session[:40], guest.email, PASSWORD, "Canaryetta"):
        assert secret not in everything, secret

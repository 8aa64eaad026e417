"""The lines of the older API's "Error Handling", "Phone Number Format" and "Rate Limiting"."""

import pytest

from tests.harness.graphql_clients import ME, REVOKE, SEND, VERIFY
from tests.harness.people import new_number, other_code

TURKISH = "5551234567"


@pytest.fixture
def turkey(tables, setting):
    setting(DEFAULT_REGION="TR", ALLOWED_REGIONS="TR,US")


# ── error handling ──


@pytest.mark.parametrize("number", ["x", "12", "+1 212", "+999 12345", "555 1234567 x9", "<script>"])
def test_an_invalid_phone_number_is_refused_by_its_format(guest, number):
    assert guest.ask(number) == {"success": False, "message": "Invalid phone number format"}
    assert set(guest.last.aws_calls) <= {"GetSecretValue"}
    assert "x-session-id" not in guest.last.headers


def test_a_number_that_is_not_served_or_cannot_receive_sms_is_refused_as_everywhere(guest):
    assert guest.ask("+905551234567")["message"] == "Phone number must be of a country that is served here"
    assert guest.ask("+18002345678")["message"] == "Phone number must be a number that can receive SMS"


def test_a_number_that_another_user_has_verified_is_refused_once_it_is_proven_and_its_proof_is_spent(guest, customer):
    assert guest.ask(customer.phone)["success"]
    code = guest.code(customer.phone)
    verified = guest.verify(code)

    assert verified["message"] == "Phone number already verified by another user"
    assert (verified["success"], verified["phone_verified"], verified["customer_updated"]) == (False, False, False)
    assert guest.verify(code)["message"] == "Invalid or expired OTP code"
    assert guest.sign_up(phone_number=customer.phone)["message"] == "Phone number must be verified first"


def test_a_customer_who_proves_another_s_number_is_told_so_and_keeps_the_own_one(signed_in, customer, bob):
    signed_in.ask(bob.phone)
    verified = signed_in.verify(signed_in.code(bob.phone))

    assert (verified["success"], verified["message"]) == (False, "Phone number already verified by another user")
    assert customer.me()["customer"]["phone"] == customer.phone


def test_a_wrong_code_an_expired_one_and_a_used_one_have_one_message(api, guest, other_guest):
    guest.ask()
    code = guest.code()
    answers = [guest.verify(other_code(code))]
    api.clock.advance(300)
    answers.append(guest.verify(code))
    other_guest.ask()
    code = other_guest.code()
    other_guest.verify(code)
    answers.append(other_guest.verify(code))
    other_guest.session = None
    answers.append(other_guest.verify(code))

    assert {(answer["success"], answer["message"], answer["phone_verified"]) for answer in answers} == {
        (False, "Invalid or expired OTP code", False)
    }


def test_a_missing_parameter_is_an_error_of_the_request(guest):
    for document in ("mutation { sendPhoneOtp { success } }", "mutation { sendPhoneOtp(input: {}) { success } }"):
        answer = guest.post(document)
        assert (answer.status, list(answer.body)) == (400, ["errors"])
    assert guest.post(SEND, input={}).body["errors"][0]["message"] == "phone_number is required"
    assert guest.post(VERIFY, input={}).body["errors"][0]["message"] == "otp_code is required"


@pytest.mark.parametrize("empty", ["", " ", "\u200e", "\t\n"])
def test_an_empty_parameter_is_missing_too(guest, empty):
    assert guest.ask(empty or " ") == {"success": False, "message": "Phone number is required"}
    assert guest.run(VERIFY, input={"otp_code": empty})["message"] == "OTP code is required"


def test_an_error_of_the_sms_service_shows_in_the_status(api, guest):
    guest.ask()
    with api.wire.broken("Publish", "reject", service="sns"):
        api.deliver()

    assert guest.status()["delivery"] == "failed"


def test_a_message_that_is_sent_shows_in_the_status_too(api, guest):
    guest.ask()
    before = guest.status()["delivery"]
    api.deliver()

    assert (before, guest.status()["delivery"]) == ("queued", "sent")


def test_an_error_of_aws_is_a_503_without_data_and_without_details(api, guest):
    with api.wire.broken("UpdateItem", "error"):
        answer = guest.post(SEND, input={"phone_number": guest.number})

    assert (answer.status, list(answer.body)) == (503, ["errors"])
    assert answer["errors"][0]["message"] == "Temporarily unavailable, try again"
    assert answer.retry_after >= 1


def test_an_error_of_ours_is_a_500_without_details(api, guest, log):
    def crash():
        raise ZeroDivisionError("kanarienvogel")

    with api.wire.before("UpdateItem", crash):
        answer = guest.post(SEND, input={"phone_number": guest.number})

    assert (answer.status, answer["errors"][0]["message"]) == (500, "Something went wrong on our side")
    assert set(answer["errors"][0]["extensions"]) == {"type", "request_id"}
    assert log.last["crash"][0] == "ZeroDivisionError"
    assert "kanarienvogel" not in answer.text + log.everything


# ── authentication ──


@pytest.mark.parametrize("token", ["", "x", "Bearer", "Bearer x", "Basic YTpi"])
def test_a_token_that_is_none_makes_nobody_a_guest(guest, token):
    guest.headers = {"authorization": token}

    assert guest.ask() == {"success": False, "message": "Missing, invalid or expired token"}
    assert guest.verify("123456")["message"] == "Missing, invalid or expired token"
    for document in (ME, REVOKE):
        answer = guest.post(document)
        assert (answer.status, [*answer["data"].values()]) == (200, [None])
        assert answer["errors"][0]["extensions"] == {"type": "not_authenticated"}


def test_a_customer_must_have_signed_in_recently_to_ask_for_another_number(api, signed_in, customer):
    api.clock.advance(300)

    assert signed_in.ask() == {"success": False, "message": "Sign in again first"}


def test_a_customer_who_is_leaving_is_refused(signed_in, customer):
    customer.leave()

    assert signed_in.ask() == {"success": False, "message": "This account is being deleted"}


# ── phone number format ──


@pytest.mark.parametrize(
    "spelling", ["+905551234567", "05551234567", "555-123-4567", "5551234567", "(0555) 123 45 67", "+90 555 123 45 67", "۵۵۵۱۲۳۴۵۶۷"]
)
def test_every_spelling_of_a_turkish_number_is_shown_without_prefix(turkey, guest, spelling):
    before = len(guest.inbox.of(f"+90{TURKISH}"))
    guest.ask(spelling)

    assert guest.status()["phone_number"] == TURKISH
    assert len(guest.inbox.of(f"+90{TURKISH}")) == before + 1


def test_another_country_s_number_is_shown_in_e_164_and_never_taken_for_a_turkish_one(turkey, guest, other_guest):
    refused, _ = guest.ask("+15551234567"), other_guest.ask("+905551234567")  # 555 is no area code of the US
    guest.ask("+12125550123")

    assert not refused["success"]
    assert guest.status()["phone_number"] == "+12125550123"
    assert other_guest.status()["phone_number"] == TURKISH


# ── rate limiting ──


def test_a_code_expires_after_five_minutes(api, guest):
    guest.ask()
    seconds = []
    for advance in (0, 299, 1):
        api.clock.advance(advance)
        seconds.append((guest.status()["time_remaining"], guest.status()["is_expired"]))

    assert seconds == [(300, False), (1, False), (0, True)]


def test_a_session_has_one_active_code_and_a_code_for_another_number_ends_the_earlier_at_once(guest):
    guest.ask()
    first, code = guest.session, guest.code()
    guest.ask(new_number())
    second, guest.session = guest.session, first

    assert first != second
    assert guest.status()["has_pending_otp"] is False
    assert guest.verify(code)["message"] == "Invalid or expired OTP code"
    guest.session = second
    assert guest.status()["has_pending_otp"] is True


def test_a_new_code_for_the_same_number_takes_the_earlier_one_s_place_after_90_seconds(api, guest):
    guest.ask()
    code = guest.code()
    throttled = guest.ask()
    assert (throttled["success"], guest.last.retry_after) == (False, 90)
    assert guest.status()["has_pending_otp"] is True
    api.clock.advance(90)

    assert guest.ask()["success"]
    assert guest.verify(code)["message"] == "Invalid or expired OTP code"
    assert guest.verify()["success"]

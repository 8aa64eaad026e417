import pytest

from customer_auth.base import clock
from tests.harness.people import new_email

SEND = "/login/email/send"
VERIFY = "/login/email/verify"


def signed_up(api, inbox, email: str) -> dict:
    challenge = api.post(SEND, email=email)["challenge"]
    answer = api.post(VERIFY, email=email, challenge=challenge, code=inbox.code(email))
    api.clock.advance(90)
    return answer.body


@pytest.fixture
def email():
    return new_email()


def test_a_code_request_returns_the_members_of_the_sign_in_api(api, email):
    now = clock.now()

    answer = api.post(SEND, email=email)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "message": "OTP sent to email successfully",
        "maskedEmail": "a***@example.com",
        "challenge": answer["challenge"],
        "expiresAt": clock.iso(now + 600),
        "resendAt": clock.iso(now + 90),
    }


def test_one_email_with_a_code_goes_to_a_new_address(api, inbox, email):
    api.post(SEND, email=email)

    [message] = inbox.of(email)

    assert message.channel == "email"
    assert message.subject == "Your My Shop sign-up code"
    code = inbox.code(email)
    assert code in message.body
    assert code in message.html
    assert code not in message.subject


def test_a_known_address_gets_the_same_response_and_a_sign_in_code(api, inbox, email):
    signed_up(api, inbox, email)

    known, unknown = api.post(SEND, email=email), api.post(SEND, email=new_email())

    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls == ("UpdateItem", "UpdateItem")
    assert inbox.of(email)[-1].subject == "Your My Shop sign-in code"


def test_every_message_goes_to_the_spelling_that_was_proven(api, inbox, email):
    proven = email.replace("ada", "Ada.Lovelace")
    signed_up(api, inbox, proven)

    api.post(SEND, email=proven.upper())

    assert len(inbox.of(proven)) == 2
    assert not inbox.of(proven.upper())
    assert not inbox.of(proven.lower())


def test_before_there_is_an_account_the_message_goes_to_the_spelling_of_the_request(api, inbox, email):
    spelled = email.replace("ada", "ADA")

    api.post(SEND, email=f" {spelled} ")

    assert len(inbox.of(spelled)) == 1


@pytest.mark.parametrize("spelled", ["ada@BÜCHER.example", "ADA@xn--bcher-kva.example", "ada@bu\u0308cher。example"])
def test_an_international_domain_is_mailed_to_in_a_labels(api, inbox, email, spelled):
    local = email.partition("@")[0]

    answer = api.post(SEND, email=spelled.replace("ada", local).replace("ADA", local))

    assert answer["maskedEmail"] == "a***@xn--bcher-kva.example"
    assert len(inbox.of(f"{local}@xn--bcher-kva.example")) == 1


@pytest.mark.parametrize(
    ("field", "header", "subject"),
    [({"locale": "tr"}, {}, "My Shop üyelik kodunuz"), ({}, {"Accept-Language": "fa-IR,fa;q=0.9"}, "کد عضویت شما در My Shop")],
    ids=["field", "browser"],
)
def test_the_email_is_in_the_requested_language(api, inbox, email, field, header, subject):
    api.post(SEND, email=email, headers=header, **field)

    assert inbox.of(email)[-1].subject == subject


def test_an_address_is_throttled_with_the_sign_in_api_s_error_code(api, email):
    api.post(SEND, email=email)

    answer = api.post(SEND, email=email)

    assert (answer.status, answer["type"], answer["errorCode"], answer.retry_after) == (429, "throttled", "E061103", 90)


def test_a_missing_address_is_refused_with_the_sign_in_api_s_message(api):
    answer = api.post(SEND)

    assert (answer.status, answer["success"], answer["message"], answer["errorCode"]) == (400, False, "Email is required", "E011002")

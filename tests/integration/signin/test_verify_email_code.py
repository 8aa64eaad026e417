import pytest

from tests.harness.people import new_email, other_code

SEND = "/login/email/send"
VERIFY = "/login/email/verify"


@pytest.fixture
def email():
    return new_email()


def request_and_read_code(api, inbox, email: str) -> tuple[str, str]:
    response = api.post(SEND, email=email)
    assert response.status == 200, response.text
    return response["challenge"], inbox.code(email)


def test_a_right_code_signs_an_unknown_address_up(api, inbox, email):
    challenge, code = request_and_read_code(api, inbox, email)

    answer = api.post(VERIFY, email=email, code=code, challenge=challenge)

    assert answer.status == 200
    body = answer.body
    assert set(body) == {"success", "message", "sessionToken", "refreshToken", "expiresIn", "registered", "device", "user"}
    assert (body["success"], body["message"], body["registered"], body["expiresIn"]) == (True, "Email verified successfully", True, 900)
    assert body["user"] == {
        "userId": body["user"]["userId"],
        "email": email,
        "phone": None,
        "name": None,
        "verifiedEmail": True,
        "verifiedPhone": False,
    }
    assert api.post("/login/validate", sessionToken=body["sessionToken"]).status == 200
    assert api.post("/login/refresh", refreshToken=body["refreshToken"]).status == 200


def test_a_right_code_signs_a_known_address_in(api, inbox, email):
    challenge, code = request_and_read_code(api, inbox, email)
    first = api.post(VERIFY, email=email, code=code, challenge=challenge)
    api.clock.advance(90)
    challenge, code = request_and_read_code(api, inbox, email)

    second = api.post(VERIFY, email=email, code=code, challenge=challenge)

    assert (second.status, second["registered"]) == (200, False)
    assert second["user"] == first["user"]
    assert second["refreshToken"] != first["refreshToken"]


def test_a_code_by_email_is_no_proof_of_a_phone(api, inbox, email):
    challenge, code = request_and_read_code(api, inbox, email)
    token = api.post(VERIFY, email=email, code=code, challenge=challenge)["sessionToken"]

    assert api.post("/login/validate", sessionToken=token)["token"]["amr"] == ["otp"]


def test_the_spelling_that_the_code_was_mailed_to_is_the_one_that_was_proven(api, inbox, email):
    mailed_to = email.replace("ada", "Ada")
    challenge, code = request_and_read_code(api, inbox, mailed_to)

    answer = api.post(VERIFY, email=email.upper(), code=code, challenge=challenge)

    assert answer["user"]["email"] == mailed_to
    api.clock.advance(90)
    api.post(SEND, email=email)
    assert len(inbox.of(mailed_to)) == 2


def test_a_code_is_accepted_with_every_spelling_of_its_address(api, inbox, email):
    local = email.partition("@")[0]
    challenge = api.post(SEND, email=f"{local}@bücher.example")["challenge"]
    code = inbox.code(f"{local}@xn--bcher-kva.example")

    answer = api.post(VERIFY, email=f" {local.upper()}@BU\u0308CHER.example", code=code, challenge=challenge)

    assert answer.status == 200


def test_a_wrong_code_is_refused_with_the_sign_in_api_s_message_and_code(api, inbox, email):
    challenge, code = request_and_read_code(api, inbox, email)

    answer = api.post(VERIFY, email=email, code=other_code(code), challenge=challenge)

    assert answer.status == 401
    assert answer.body == {
        "success": False,
        "type": "wrong_proof",
        "message": "Invalid or expired OTP",
        "request_id": answer["request_id"],
        "errorCode": "E061102",
    }


@pytest.mark.parametrize("life", [599, 600])
def test_a_code_by_email_lives_ten_minutes_to_the_second(api, inbox, email, life):
    challenge, code = request_and_read_code(api, inbox, email)
    api.clock.advance(life)

    assert api.post(VERIFY, email=email, code=code, challenge=challenge).status == (200 if life < 600 else 401)


@pytest.mark.parametrize(
    ("body", "message"), [({"code": "123456"}, "Email is required"), ({"email": "ada@example.com"}, "Code is required")]
)
def test_a_missing_field_is_refused_with_the_sign_in_api_s_message(api, body, message):
    answer = api.post(VERIFY, **body)

    assert (answer.status, answer["success"], answer["message"], answer["errorCode"]) == (400, False, message, "E011002")


def test_one_mailbox_of_two_people_by_case_is_one_account(api, inbox, email):
    challenge, code = request_and_read_code(api, inbox, email)
    first = api.post(VERIFY, email=email, code=code, challenge=challenge)
    api.clock.advance(90)
    challenge = api.post(SEND, email=email.upper())["challenge"]

    second = api.post(VERIFY, email=email.upper(), code=inbox.code(email), challenge=challenge)

    assert second["user"] == first["user"]


def test_strasse_and_its_sharp_s_are_two_accounts(api, inbox, email):
    local = email.partition("@")[0]
    users = set()
    for spelled, mailed_to in ((f"{local}@faß.de", f"{local}@xn--fa-hia.de"), (f"{local}@fass.de", f"{local}@fass.de")):
        challenge = api.post(SEND, email=spelled)["challenge"]
        users.add(api.post(VERIFY, email=spelled, code=inbox.code(mailed_to), challenge=challenge)["user"]["userId"])

    assert len(users) == 2

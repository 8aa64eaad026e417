import pytest

from tests.harness.people import other_code

SEND = "/login/mobile/send"
VERIFY = "/login/mobile/verify"


def request_and_read_code(person) -> tuple[str, str]:
    response = person.api.post(SEND, phone=person.phone)
    assert response.status == 200, response.text
    return response["challenge"], person.inbox.code(person.phone)


def test_a_right_code_signs_an_unknown_number_up(api, ada):
    challenge, code = request_and_read_code(ada)

    answer = api.post(VERIFY, phone=ada.phone, code=code, challenge=challenge)

    assert answer.status == 200
    body = answer.body
    assert set(body) == {"success", "message", "sessionToken", "refreshToken", "expiresIn", "registered", "device", "user"}
    assert (body["success"], body["message"], body["registered"], body["expiresIn"]) == (True, "Mobile verified successfully", True, 900)
    assert body["user"] == {
        "userId": body["user"]["userId"],
        "email": None,
        "phone": ada.phone,
        "name": None,
        "verifiedEmail": False,
        "verifiedPhone": True,
    }


def test_a_right_code_signs_a_known_number_in_as_the_same_person(api, ada):
    ada.sign_up(first_name="Ada", last_name="Lovelace")
    challenge, code = request_and_read_code(ada)

    answer = api.post(VERIFY, phone=ada.phone, code=code, challenge=challenge)

    assert (answer.status, answer["registered"]) == (200, False)
    assert (answer["user"]["userId"], answer["user"]["name"]) == (ada.id, "Ada Lovelace")


def test_both_families_begin_the_same_kind_of_session(api, customer):
    challenge, code = request_and_read_code(customer)
    answer = api.post(VERIFY, phone=customer.phone, code=code, challenge=challenge)

    assert customer.me(answer["sessionToken"])["customer"]["id"] == customer.id
    assert customer.refresh(answer["refreshToken"]).status == 200
    claims = api.post("/login/validate", sessionToken=answer["sessionToken"])["token"]
    assert claims["amr"] == ["otp", "sms"]


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_verify_takes_three_requests_to_aws(api, customer, bound):
    challenge, code = request_and_read_code(customer)

    answer = api.post(VERIFY, phone=customer.phone, code=code, **({"challenge": challenge} if bound else {}))

    assert answer.aws_calls == ("UpdateItem", "BatchGetItem", "TransactWriteItems")


def test_a_wrong_code_is_refused_with_the_sign_in_api_s_message_and_code(api, ada):
    challenge, code = request_and_read_code(ada)

    answer = api.post(VERIFY, phone=ada.phone, code=other_code(code), challenge=challenge)

    assert answer.status == 401
    assert (answer["success"], answer["message"], answer["errorCode"]) == (False, "Invalid or expired OTP", "E061102")


@pytest.mark.parametrize(
    ("body", "message"), [({"code": "123456"}, "Phone number is required"), ({"phone": "+12125550123"}, "Code is required")]
)
def test_a_missing_field_is_refused_with_the_sign_in_api_s_message(api, body, message):
    answer = api.post(VERIFY, **body)

    assert (answer.status, answer["success"], answer["message"], answer["errorCode"]) == (400, False, message, "E011002")


@pytest.mark.parametrize("zero", ["۰", "٠", "０"], ids=["Persian", "Arabic", "full-width"])
def test_a_number_and_a_code_in_other_digits_are_the_same(api, ada, zero):
    challenge, code = request_and_read_code(ada)
    typed, phone = ("".join(chr(ord(zero) + int(digit)) for digit in text) for text in (code, ada.phone[1:]))

    assert api.post(VERIFY, phone=f"+{phone}", code=typed, challenge=challenge).status == 200

from customer_auth.base import clock

SEND = "/login/mobile/send"


def test_a_code_request_returns_the_members_of_the_sign_in_api(api, number):
    now = clock.now()

    answer = api.post(SEND, phone=number)

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "message": "OTP sent to mobile successfully",
        "maskedPhone": f"+1*****{number[-4:]}",
        "challenge": answer["challenge"],
        "expiresAt": clock.iso(now + 300),
        "resendAt": clock.iso(now + 90),
    }


def test_a_new_number_gets_a_sign_up_code(api, inbox, number):
    api.post(SEND, phone=number)

    [message] = inbox.of(number)
    assert "sign-up code" in message.body


def test_a_known_number_gets_the_same_response_and_a_sign_in_code(api, customer, inbox, number):
    known, unknown = api.post(SEND, phone=customer.phone), api.post(SEND, phone=number)

    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls == ("UpdateItem", "UpdateItem")
    assert "sign-in code" in inbox.of(customer.phone)[-1].body


def test_the_sms_is_in_the_requested_language(api, inbox, number):
    api.post(SEND, phone=number, locale="fa", headers={"Accept-Language": "tr"})

    assert "کد عضویت" in inbox.of(number)[-1].body


def test_a_number_is_throttled_with_the_sign_in_api_s_error_code(api, number):
    api.post(SEND, phone=number)

    answer = api.post(SEND, phone=number)

    assert (answer.status, answer["type"], answer["errorCode"], answer.retry_after) == (429, "throttled", "E061103", 90)


def test_a_missing_number_is_refused_with_the_sign_in_api_s_message(api):
    answer = api.post(SEND)

    assert (answer.status, answer["success"], answer["message"], answer["errorCode"]) == (400, False, "Phone number is required", "E011002")

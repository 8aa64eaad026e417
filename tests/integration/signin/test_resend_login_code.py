from customer_auth.base import clock
from tests.harness.people import LOGIN, REGISTER, new_number

RESEND = f"{LOGIN}/resend-otp"


def test_a_resend_returns_what_a_code_request_returns(api, customer):
    challenge, _ = customer.request_and_read_code()
    api.clock.advance(90)
    now = clock.now()

    answer = api.post(RESEND, phone=customer.phone, challenge=challenge)

    assert answer.status == 200
    assert answer.body == {
        "challenge": answer["challenge"],
        "expires_at": clock.iso(now + 300),
        "resend_at": clock.iso(now + 90),
        "masked_phone": f"+1*****{customer.phone[-4:]}",
    }


def test_the_new_code_takes_the_old_one_s_place(api, customer, inbox):
    old_challenge, old_code = customer.request_and_read_code()
    api.clock.advance(90)
    challenge = api.post(RESEND, phone=customer.phone, challenge=old_challenge)["challenge"]

    assert customer.verify(old_code, challenge=old_challenge).status == 401
    assert customer.verify(inbox.code(customer.phone), challenge=challenge).status == 200


def test_a_resend_before_its_time_learns_how_long_to_wait_and_leaves_the_code(api, customer):
    challenge, code = customer.request_and_read_code()
    api.clock.advance(89)

    early = api.post(RESEND, phone=customer.phone, challenge=challenge)

    assert (early.status, early["type"], early.retry_after) == (429, "throttled", 1)
    assert customer.verify(code, challenge=challenge).status == 200


def test_a_resend_for_a_number_without_an_account_gets_the_same_response_and_no_message(api, customer, inbox, number):
    known, unknown = api.post(RESEND, phone=customer.phone), api.post(RESEND, phone=number)

    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls == ("UpdateItem", "UpdateItem")
    assert not inbox.of(number)


def test_a_challenge_of_another_number_or_flow_resends_nothing(api, customer):
    challenge, _ = customer.request_and_read_code()

    of_another = api.post(RESEND, phone=new_number(), challenge=challenge)
    of_another_flow = api.post(f"{REGISTER}/resend-otp", phone=customer.phone, challenge=challenge)

    assert (of_another.status, of_another["type"]) == (of_another_flow.status, of_another_flow["type"]) == (401, "wrong_proof")
    assert of_another.aws_calls == of_another_flow.aws_calls == ()

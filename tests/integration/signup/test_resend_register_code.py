from customer_auth.base import clock
from tests.harness.people import LOGIN, REGISTER, new_number

RESEND = f"{REGISTER}/resend-otp"


def test_a_resend_returns_what_a_code_request_returns(api, ada):
    challenge, _ = ada.request_and_read_code(REGISTER)
    api.clock.advance(90)
    now = clock.now()

    answer = api.post(RESEND, phone=ada.phone, challenge=challenge)

    assert answer.status == 200
    assert answer.body == {
        "challenge": answer["challenge"],
        "expires_at": clock.iso(now + 300),
        "resend_at": clock.iso(now + 90),
        "masked_phone": f"+1*****{ada.phone[-4:]}",
    }
    assert answer["challenge"] != challenge
    assert answer.aws_calls == ("UpdateItem", "UpdateItem")


def test_the_new_code_takes_the_old_one_s_place(api, ada, inbox):
    old_challenge, old_code = ada.request_and_read_code(REGISTER)
    api.clock.advance(90)
    challenge = api.post(RESEND, phone=ada.phone, challenge=old_challenge)["challenge"]
    code = inbox.code(ada.phone)

    assert ada.verify(old_code, REGISTER, challenge=old_challenge).status == 401
    assert ada.verify(old_code, REGISTER, challenge=challenge).status == 401
    assert ada.verify(code, REGISTER, challenge=old_challenge).status == 401
    assert ada.verify(code, REGISTER, challenge=challenge).status == 201


def test_a_resend_needs_neither_a_challenge_nor_an_earlier_request(api, ada, inbox):
    challenge = api.post(RESEND, phone=ada.phone)["challenge"]

    assert ada.verify(inbox.code(ada.phone), REGISTER, challenge=challenge).status == 201


def test_an_expired_code_can_be_resent(api, ada):
    challenge, _ = ada.request_and_read_code(REGISTER)
    api.clock.advance(301)

    assert api.post(RESEND, phone=ada.phone, challenge=challenge).status == 200


def test_a_challenge_of_another_number_or_flow_resends_nothing_and_counts_nothing(api, ada, inbox):
    challenge, _ = ada.request_and_read_code(REGISTER)
    other = new_number()

    of_another = api.post(RESEND, phone=other, challenge=challenge)
    of_another_flow = api.post(f"{LOGIN}/resend-otp", phone=ada.phone, challenge=challenge)
    invented = api.post(RESEND, phone=other, challenge="made-up")

    assert [answer.status for answer in (of_another, of_another_flow, invented)] == [401] * 3
    assert {answer["type"] for answer in (of_another, of_another_flow, invented)} == {"wrong_proof"}
    assert of_another.aws_calls == of_another_flow.aws_calls == ()
    assert not inbox.of(other)
    assert api.post(RESEND, phone=other).status == 200


def test_a_resend_for_a_number_with_an_account_gets_the_same_response(api, customer, number):
    known, unknown = api.post(RESEND, phone=customer.phone), api.post(RESEND, phone=number)

    assert known.shape == unknown.shape
    assert known.aws_calls == unknown.aws_calls

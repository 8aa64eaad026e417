from tests.harness.people import LOGIN, REGISTER, other_code


def test_a_customer_signs_in_with_the_code_from_the_message(customer):
    challenge, code = customer.asked_and_read()

    answer = customer.verify(code, challenge=challenge)

    assert answer.status == 200
    assert answer["registered"] is False
    assert answer["customer"]["id"] == customer.id
    assert answer["token_type"] == "Bearer"
    assert customer.me(answer["token"])["customer"]["phone"] == customer.phone


def test_a_used_code_opens_nothing_more(customer):
    challenge, code = customer.asked_and_read()
    customer.verify(code, challenge=challenge)

    again = customer.verify(code, challenge=challenge)

    assert (again.status, again["type"]) == (401, "wrong_proof")

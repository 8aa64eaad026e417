"""Both flows of the reference: a guest's, and a customer's."""


def test_a_guest_s_proven_number_is_the_new_customer_s(guest):
    assert guest.ask() == {"success": True, "message": "OTP sent successfully"}
    verified = guest.verify()
    created = guest.sign_up(phone_number=guest.number)

    assert (verified["success"], verified["phone_verified"], verified["customer_updated"], verified["token"]) == (True, True, False, None)
    assert (created["success"], created["message"]) == (True, "Customer account created successfully")
    assert created["customer"]["phone_verified"]


def test_a_customer_s_number_is_changed_at_once_and_the_caller_goes_on_with_new_tokens(signed_in, customer):
    signed_in.ask()
    verified = signed_in.verify()

    assert (verified["success"], verified["phone_verified"], verified["customer_updated"]) == (True, True, True)
    assert customer.me().status == 401
    assert customer.me(verified["token"])["customer"]["phone"] == signed_in.number
    assert customer.refresh(verified["refresh_token"]).status == 200

"""Unknown members of a body change nothing, at any endpoint."""

import pytest

from customer_auth.base import clock
from tests.harness.forgery import claims_of
from tests.harness.people import LOGIN, REGISTER, other_code

INJECTED = {
    "id": "cus_injected",
    "customer_id": "cus_injected",
    "customerId": "cus_injected",
    "userId": "cus_injected",
    "user": {"roles": ["admin"]},
    "customer": {"id": "cus_injected", "email_verified": True},
    "roles": ["admin"],
    "role": "admin",
    "amr": ["pwd", "mfa"],
    "auth_time": 1,
    "email_verified": True,
    "emailVerified": True,
    "verifiedEmail": True,
    "phone_verified": False,
    "status": "deletion_confirmed",
    "session_epoch": 7,
    "sessionEpoch": 7,
    "metadata": {"injected": True},
    "company_name": "Injected",
    "referrer": "cus_injected",
    "created_at": "1970-01-01T00:00:00Z",
    "registered": False,
    "expires_in": 10**9,
    "expires_at": 10**10,
    "purpose": "register",
    "lane": "trusted",
    "attempts": 0,
    "sid": "ses_injected",
    "family": "ses_injected",
    "n": 99,
    "generation": 99,
    "sibling": 99,
    "number": 99,
    "sessions_begun": 99,
    "pk": "customer#injected",
    "__proto__": {"roles": ["admin"]},
}


@pytest.fixture
def injecting(api):
    """Sends every body with all of this in it."""
    honest = api.post

    def post(path, **body):
        return honest(path, **(INJECTED | body))

    api.post = post
    return api


def test_a_sign_up_creates_a_customer_from_what_was_proven_alone(injecting, ada):
    answer = ada.sign_up(email=ada.email, first_name="Ada")

    assert answer["customer"] == {
        "id": answer["customer"]["id"],
        "referral_code": answer["customer"]["referral_code"],
        "email": None,
        "phone": ada.phone,
        "first_name": "Ada",
        "last_name": None,
        "company_name": None,
        "metadata": {},
        "email_verified": False,
        "phone_verified": True,
        "created_at": clock.iso(claims_of(answer["token"])["iat"]),
        "updated_at": clock.iso(claims_of(answer["token"])["iat"]),
    }
    assert ada.id != "cus_injected"
    assert (claims_of(answer["token"])["roles"], claims_of(answer["token"])["amr"]) == ([], ["otp", "sms"])
    assert (answer["registered"], answer["expires_in"]) == (True, 900)
    [item] = [item for item in injecting.table("CustomersTable") if item["pk"]["S"] == f"customer#{ada.id}"]
    assert (item["status"], item["session_epoch"], item["roles"]) == ({"S": "active"}, {"N": "0"}, {"L": []})


def test_a_sign_in_changes_nothing_of_the_customer(api, customer, injecting):
    before = customer.me()["customer"]
    customer.sign_in(first_name="Injected", email="injected@example.com")
    injecting.post("/login/mobile/send", phone=customer.phone)
    injecting.post("/login/mobile/verify", phone=customer.phone, code=customer.inbox.code(customer.phone), first_name="Injected")

    assert customer.me()["customer"] == before
    assert claims_of(customer.session["token"])["roles"] == []


def test_an_extra_number_gets_no_code_and_opens_nothing(injecting, customer, bob):
    code_request = injecting.post(f"{LOGIN}/request-otp", phone=customer.phone, phones=[bob.phone], to=bob.phone, email=bob.email)
    sent_to_bob = len(bob.inbox.of(bob.phone))
    code = customer.inbox.code(customer.phone)
    answer = injecting.post(f"{LOGIN}/verify-otp", phone=customer.phone, code=code, challenge=code_request["challenge"], customer_id=bob.id)

    assert answer["customer"]["id"] == customer.id
    assert len(bob.inbox.of(bob.phone)) == sent_to_bob


def test_an_attempt_is_one_attempt_whatever_else_is_sent(injecting, ada):
    challenge, code = ada.request_and_read_code(REGISTER)
    for _ in range(5):
        ada.verify(other_code(code), REGISTER, challenge=challenge)

    assert ada.verify(code, REGISTER, challenge=challenge).status == 401


def test_a_session_s_endpoints_take_nothing_but_its_token(injecting, customer, bob, doors):
    own = claims_of(customer.session["token"])
    renewed = injecting.post(
        "/login/refresh", refreshToken=customer.session["refresh_token"], sub=bob.id, sessionToken=bob.session["token"]
    )
    after = claims_of(renewed["sessionToken"])
    assert {name: after[name] for name in ("sub", "sid", "auth_time", "roles", "amr")} == {
        name: own[name] for name in ("sub", "sid", "auth_time", "roles", "amr")
    }

    validated = injecting.post("/login/validate", sessionToken=renewed["sessionToken"], token=bob.session["token"], valid=True)
    assert validated["token"]["sub"] == customer.id

    injecting.post("/login/logout", refreshToken=renewed["refreshToken"], all=True, sessions=[claims_of(bob.session["token"])["sid"]])
    assert doors.me(bob.session["token"]).status == 200

import pytest

from customer_auth.base import clock

MESSAGE = "Missing, invalid or expired token"
ME = "/store/customers/me"


def test_a_customer_sees_who_they_are(ada):
    signed_up = clock.iso(clock.now())
    ada.sign_up(first_name="Augusta", last_name="King")

    answer = ada.me()

    assert answer.status == 200
    assert answer.body == {
        "customer": {
            "id": ada.id,
            "email": None,
            "phone": ada.phone,
            "first_name": "Augusta",
            "last_name": "King",
            "referral_code": answer["customer"]["referral_code"],
            "company_name": None,
            "metadata": {},
            "email_verified": False,
            "phone_verified": True,
            "created_at": signed_up,
            "updated_at": signed_up,
        }
    }
    assert ada.id.startswith("cus_")
    assert signed_up.endswith("Z")
    assert answer.headers["cache-control"] == "no-store"


def test_a_customer_by_email_has_no_phone_and_none_is_invented(api, ada, inbox, doors):
    spelling = ada.email.replace("ada", "Ada")
    api.post("/login/email/send", email=spelling)
    session = api.post("/login/email/verify", email=ada.email, code=inbox.code(spelling))
    shown = doors.me(session["sessionToken"])["customer"]

    assert (shown["phone"], shown["phone_verified"]) == (None, False)
    assert (shown["email"], shown["email_verified"]) == (spelling, True)


def test_a_session_of_the_sign_in_api_is_valid_here_too(api, customer, doors, inbox):
    api.post("/login/mobile/send", phone=customer.phone)
    session = api.post("/login/mobile/verify", phone=customer.phone, code=inbox.code(customer.phone))

    assert session["user"]["userId"] == customer.id
    assert doors.me(session["sessionToken"])["customer"]["id"] == customer.id


def test_two_customers_see_themselves_alone(customer, bob, doors):
    seen = [doors.me(person.session["token"])["customer"]["id"] for person in (customer, bob)]

    assert seen == [customer.id, bob.id]
    assert customer.id != bob.id


def test_the_scheme_s_case_does_not_matter(api, customer):
    for scheme in ("Bearer", "bearer", "BEARER", "Bearer  "):
        assert api.get(ME, headers={"authorization": f"{scheme} {customer.session['token']}"}).status == 200


def test_without_one_bearer_token_nobody_is_signed_in(api, customer):
    token = customer.session["token"]
    headers = [
        {},
        {"authorization": ""},
        {"authorization": token},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": f"Basic {token}"},
        {"authorization": f"Token {token}"},
        {"authorization": f"Bearer{token}"},
        {"authorization": f"Bearer {token} "},
        {"authorization": f"Bearer {token} {token}"},
        {"authorization": f"Bearer {token},Bearer {token}"},
        {"authorization": f'Bearer "{token}"'},
        {"authorization": f"Bearer é{token}"},
        {"cookie": f"token={token}"},
        {"x-access-token": token},
        {"x-authorization": f"Bearer {token}"},
    ]

    answers = [api.get(ME, headers=each) for each in headers]
    answers.append(api.get(ME, query=f"access_token={token}&token={token}"))

    assert [answer.status for answer in answers] == [401] * len(answers)
    for answer in answers:
        refused = {"success": False, "type": "not_authenticated", "message": MESSAGE, "request_id": answer["request_id"]}
        assert answer.body == refused
        assert answer.aws_calls == ()


@pytest.mark.parametrize("mode", ["error", "throttle", "timeout"])
def test_tables_that_do_not_answer_sign_nobody_out(wire, customer, mode):
    with wire.broken("BatchGetItem", mode):
        answer = customer.me()

    assert (answer.status, answer["type"]) == (503, "unavailable")
    assert answer.retry_after > 0
    assert customer.me().status == 200

"""Repeating a call whose response was lost: `Idempotency-Key`."""

import base64
import json

import pytest

from tests.harness.people import LOGIN, REGISTER, Person, new_email

pytestmark = [pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])]

WRONG = "1234567"  # never right, and compared all the same
KEY, OTHER_KEY = "a-random-key-of-the-client", "another-key-of-the-client"


class Verify:
    """A code that has been read, and the call that enters it."""

    def __init__(self, person, flow: str, *, bound: bool):
        self.person, self.flow = person, flow
        challenge, self.code = person.request_and_read_code(flow)
        self.named = {"challenge": challenge} if bound else {}

    def __call__(self, key: str | None = KEY, code: str | None = None, **more):
        return self.person.verify(code or self.code, self.flow, key=key, **self.named, **more)


@pytest.fixture
def verify(customer, bound):
    return Verify(customer, LOGIN, bound=bound)


def session_of(token: str) -> str:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sid"]


def lasting_part(answer) -> tuple:
    """Everything that has to be the same in a repeated response; the access token is signed again."""
    body = answer.body
    return answer.status, session_of(body["token"]), {name: value for name, value in body.items() if name not in ("token", "expires_in")}


def refused(answer) -> bool:
    return (answer.status, answer["type"], answer["message"]) == (401, "wrong_proof", "Invalid or expired OTP")


# ── the same again ──


def test_the_same_code_with_the_same_key_is_the_same_session(customer, verify):
    first = verify()

    again = [verify() for _ in range(3)]

    assert first.status == 200
    assert all(lasting_part(answer) == lasting_part(first) for answer in again)
    assert customer.me(again[-1]["token"]).status == 200
    assert customer.refresh(again[-1]["refresh_token"]).status == 200


def test_a_repeated_sign_up_is_one_account_and_201_again(ada, bound):
    verify = Verify(ada, REGISTER, bound=bound)
    first = verify(first_name="Ada")

    again = verify(first_name="Eve")

    assert (first.status, again.status) == (201, 201)
    assert again["registered"] is True
    assert lasting_part(again) == lasting_part(first)
    assert again["customer"]["first_name"] == "Ada"


def test_a_repeated_sign_in_by_email_is_the_same_session(api, inbox, bound):
    email = new_email()
    challenge = api.post("/login/email/send", email=email)["challenge"]
    attempt = {"email": email, "code": inbox.code(email)} | ({"challenge": challenge} if bound else {})

    first, again = (api.post("/login/email/verify", headers={"Idempotency-Key": KEY}, **attempt) for _ in range(2))

    assert first.status == again.status == 200
    assert session_of(again["sessionToken"]) == session_of(first["sessionToken"])
    same = ("refreshToken", "registered", "device", "user", "message")
    assert [again[name] for name in same] == [first[name] for name in same]


def test_a_repeat_begins_no_second_session(api, customer, verify):
    verify()
    begun = len([item for item in api.table("SessionsTable") if item["pk"]["S"] == customer.id])

    verify()

    assert len([item for item in api.table("SessionsTable") if item["pk"]["S"] == customer.id]) == begun


def test_the_code_may_be_spelled_otherwise_when_it_is_repeated(verify):
    first = verify()

    again = verify(code=f" {verify.code[:3]}-{verify.code[3:]} ".translate({ord(str(digit)): chr(ord("۰") + digit) for digit in range(10)}))

    assert lasting_part(again) == lasting_part(first)


def test_a_repeat_after_a_refresh_still_has_the_first_refresh_token(customer, verify):
    first = verify()
    customer.refresh(first["refresh_token"])

    again = verify()

    assert lasting_part(again) == lasting_part(first)


@pytest.mark.parametrize(("seconds", "is_kept"), [(119, True), (120, False), (180, False)])
def test_an_idempotency_record_lives_for_two_minutes(api, verify, seconds, is_kept):
    first = verify()
    api.clock.advance(seconds)

    again = verify()

    assert (lasting_part(again) == lasting_part(first)) if is_kept else refused(again)


def test_a_new_code_request_ends_no_idempotency_record(api, customer, verify):
    first = verify()
    api.clock.advance(90)
    challenge, code = customer.request_and_read_code()

    assert lasting_part(verify()) == lasting_part(first)
    assert customer.verify(code, challenge=challenge).status == 200


def test_an_idempotency_record_of_one_purpose_outlives_that_of_another(api, customer, verify, bound):
    first = verify()
    api.clock.advance(90)
    Verify(customer, REGISTER, bound=bound)(key=OTHER_KEY)

    assert lasting_part(verify()) == lasting_part(first)


# ── not the same ──


def test_another_key_or_none_is_refused_and_leaves_the_idempotency_record(verify):
    first = verify()

    assert refused(verify(key=OTHER_KEY))
    assert refused(verify(key=None))
    assert refused(verify(key=KEY.upper()))
    assert lasting_part(verify()) == lasting_part(first)


def test_a_call_without_a_key_is_repeated_with_none(verify):
    assert verify(key=None).status == 200

    assert refused(verify(key=KEY))
    assert refused(verify(key=None))


def test_a_wrong_code_with_the_right_key_ends_the_idempotency_record(customer, verify):
    first = verify()

    assert refused(verify(code=WRONG))
    assert refused(verify())
    assert customer.me(first["token"]).status == 200


def test_the_key_of_another_person_repeats_nothing(api, inbox, verify, bound):
    verify()
    eve = Person(api, inbox)
    eve.sign_up()

    own = Verify(eve, LOGIN, bound=bound)()

    assert own.status == 200
    assert own["customer"]["id"] == eve.id


def test_a_session_that_was_logged_out_is_not_returned_again(api, verify):
    first = verify()
    assert api.post("/login/logout", refreshToken=first["refresh_token"]).status == 200

    assert refused(verify())


def test_a_session_that_ended_with_all_others_is_not_returned_again(api, customer, verify):
    verify()
    assert api.post("/login/logout", refreshToken=customer.session["refresh_token"], everywhere=True).status == 200

    assert refused(verify())


def test_the_same_key_with_the_next_code_is_the_next_session(api, customer, verify, bound):
    first = verify()
    api.clock.advance(90)

    second = Verify(customer, LOGIN, bound=bound)()

    if bound:
        assert second.status == 200
        assert lasting_part(second) != lasting_part(first)
    else:  # the key names the first idempotency record, and this is not its code
        assert refused(second)


# ── what a repeat costs ──


def test_the_same_wrong_code_with_the_same_key_is_one_attempt(verify):
    for _ in range(8):
        assert refused(verify(code=WRONG))

    assert verify(key=None).status == 200


def test_wrong_codes_with_one_key_are_an_attempt_each(verify):
    for i in range(5):
        assert refused(verify(code=f"{WRONG}{i}"))

    assert refused(verify())


def test_the_same_wrong_code_with_different_keys_is_an_attempt_each(verify):
    for i in range(5):
        assert refused(verify(key=f"{KEY}-{i}", code=WRONG))

    assert refused(verify())


def test_a_key_that_came_with_a_wrong_code_serves_the_right_one(verify):
    assert refused(verify(code=WRONG))

    first = verify()

    assert first.status == 200
    assert lasting_part(verify()) == lasting_part(first)


def test_repeats_count_nowhere(api, customer, verify):
    for _ in range(15):
        assert verify().status == 200
    statuses = []
    for _ in range(2):
        api.clock.advance(90)
        customer.request_code()
        statuses += [customer.verify(WRONG).status for _ in range(5)]
    api.clock.advance(90)
    customer.request_code()

    assert statuses == [401] * 10
    assert customer.verify(WRONG).status == 429


# ── keys ──


BAD_KEYS = {
    "empty": "",
    "15 characters": "k" * 15,
    "65 characters": "k" * 65,
    "not ASCII": "schlüssel-des-clients",
    "a control character": "key\x07of-the-client-",
    "a tab": "key\tof-the-client-",
    "DEL": "key\x7fof-the-client-",
    "other digits": "۰۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵۶",
}


@pytest.mark.parametrize("key", list(BAD_KEYS.values()), ids=BAD_KEYS)
def test_an_invalid_key_is_refused_and_uses_up_nothing(api, customer, verify, key):
    headers = {"Idempotency-Key": key}

    answers = [api.post(f"{LOGIN}/verify-otp", phone=customer.phone, code=verify.code, headers=headers, **verify.named) for _ in range(6)]

    assert {(answer.status, answer["type"]) for answer in answers} == {(400, "bad_request")}
    [error] = answers[0]["errors"]
    assert error == {"field": "Idempotency-Key", "message": "must be 16 to 64 printable ASCII characters"}
    assert not key or key not in answers[0].text
    assert verify(key=None).status == 200


@pytest.mark.parametrize("key", ["k" * 16, "k" * 64, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"])
def test_a_valid_key_has_16_to_64_printable_characters(verify, key):
    assert verify(key=key).status == 200
    assert verify(key=key).status == 200

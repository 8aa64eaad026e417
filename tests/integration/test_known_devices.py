"""Known devices: the trusted lane, which no stranger's code requests and attempts can fill."""

import base64

import pytest

from customer_auth.addresses import phone
from customer_auth.aws import keys
from customer_auth.base import clock
from customer_auth.otp import devices
from tests.harness.people import LOGIN, REGISTER, Person, new_email, new_ip

WRONG = "1234567"  # never right, and compared all the same


class Stranger:
    """Somebody without a device, who requests codes and guesses from as many networks as it takes."""

    def __init__(self, api):
        self.api = api

    def request_code(self, person, route: str = f"{LOGIN}/request-otp", **more):
        return self.api.post(route, phone=person.phone, ip=new_ip(), **more)

    def enter_wrong_code(self, person, **more):
        return self.api.post(f"{LOGIN}/verify-otp", phone=person.phone, code=WRONG, ip=new_ip(), **more)

    def fill_sends(self, person) -> None:
        """Request codes until the untrusted lane has to wait an hour."""
        while self.request_code(person).status == 200:
            self.api.clock.advance(90)
        assert self.request_code(person).status == 429

    def fill_attempts(self, person) -> None:
        """Enter codes until the untrusted lane has to wait an hour."""
        for _ in range(2):
            self.request_code(person)
            for _ in range(5):
                assert self.enter_wrong_code(person).status == 401
            self.api.clock.advance(90)
        self.request_code(person)
        assert self.enter_wrong_code(person).status == 429


@pytest.fixture
def stranger(api):
    return Stranger(api)


@pytest.fixture
def eve(api, inbox):
    """Another customer, with a device of her own."""
    other = Person(api, inbox)
    other.sign_up()
    return other


def known_item(api, person) -> dict:
    key = keys.code_item(keys.code_item_key(phone.parse(person.phone), "trusted"))
    return {"TableName": api.engine.ids["CodesTable"], "Key": {"pk": {"S": key}}}


def end_devices(api, person, since: int) -> None:
    """End devices as a reset does: those issued before that second have ended."""
    api.engine.clients.dynamodb.update_item(
        **known_item(api, person), UpdateExpression="SET devices_since = :since", ExpressionAttributeValues={":since": {"N": str(since)}}
    )


# ── what a device is ──


def test_every_answer_that_starts_a_session_carries_a_device(api, ada, inbox):
    answers = [ada.sign_up(), ada.sign_in()]
    code_request = api.post("/login/mobile/send", phone=ada.phone)
    answers.append(api.post("/login/mobile/verify", phone=ada.phone, code=inbox.code(ada.phone), challenge=code_request["challenge"]))
    code_request = api.post("/login/email/send", email=ada.email)
    answers.append(api.post("/login/email/verify", email=ada.email, code=inbox.code(ada.email), challenge=code_request["challenge"]))

    assert all(answer["device"] for answer in answers)


def test_a_device_is_opaque(customer):
    content = base64.urlsafe_b64decode(customer.device + "==")

    assert customer.phone[2:] not in customer.device
    assert customer.phone[2:].encode() not in content
    assert customer.id.encode() not in content


def test_a_device_opens_nothing_else(api, customer):
    assert customer.me(customer.device).status == 401
    assert customer.refresh(customer.device).status == 401
    assert api.post("/login/validate", sessionToken=customer.device).status == 401
    customer.request_code(device=customer.device)
    assert customer.verify(customer.device, device=customer.device).status == 401
    assert customer.verify(WRONG, challenge=customer.device, device=customer.device).status == 401


def test_a_code_request_with_a_device_gets_the_same_response_by_the_same_work(api, customer, number):
    with_device, without = customer.request_code(device=customer.device), api.post(f"{LOGIN}/request-otp", phone=number)

    assert with_device.shape == without.shape
    assert with_device.aws_calls == without.aws_calls
    assert len(with_device["challenge"]) == len(without["challenge"])


# ── a lane of their own ──


def test_after_a_day_of_flooding_a_known_device_gets_a_code_and_signs_in_at_once(api, customer, stranger, inbox):
    device, answered = customer.device, []
    for i in range(46):
        route = (f"{LOGIN}/request-otp", f"{REGISTER}/resend-otp", "/login/mobile/send")[i % 3]
        answered.append(stranger.request_code(customer, route).status)
        answered.append(stranger.enter_wrong_code(customer).status)
        answered.append(stranger.enter_wrong_code(customer, challenge="A" * 44).status)
        answered.append(stranger.enter_wrong_code(customer, device="A" * 28).status)
        if i % 12 == 6:
            challenge, code = customer.request_and_read_code(device=device)
            assert customer.verify(code, challenge=challenge).status == 200
        api.clock.advance(1_800)

    assert set(answered) == {200, 401, 429}
    assert answered.count(429) > 30
    challenge, code = customer.request_and_read_code(device=device)
    assert customer.verify(code, challenge=challenge)["customer"]["id"] == customer.id
    assert customer.request_code().status == 429
    api.clock.advance(clock.DAY)
    assert customer.request_code().status == 200


def test_a_device_from_the_sign_up_does_not_wait_for_the_untrusted_lane(ada):
    challenge, code = ada.request_and_read_code(REGISTER)
    device = ada.verify(code, REGISTER, challenge=challenge)["device"]

    assert ada.request_code().status == 429
    assert ada.request_code(device=device).status == 200


def test_a_code_in_the_untrusted_lane_replaces_none_in_the_trusted_lane(customer, stranger, inbox):
    challenge, code = customer.request_and_read_code(device=customer.device)
    stranger.request_code(customer)
    inbox.of(customer.phone)

    assert customer.verify(code, challenge=challenge).status == 200


def test_a_code_in_the_trusted_lane_replaces_none_in_the_untrusted_lane(customer):
    challenge, code = customer.request_and_read_code()
    customer.request_code(device=customer.device)

    assert customer.verify(code, challenge=challenge).status == 200


def test_attempts_in_the_untrusted_lane_take_none_from_the_trusted_lane(customer, stranger):
    stranger.fill_attempts(customer)
    _, code = customer.request_and_read_code(device=customer.device)

    assert customer.verify(code, device=customer.device).status == 200


def test_attempts_in_the_trusted_lane_take_none_from_the_untrusted_lane(api, customer):
    for _ in range(2):
        customer.request_code(device=customer.device)
        for _ in range(5):
            assert customer.verify(WRONG, device=customer.device).status == 401
        api.clock.advance(90)
    customer.request_code(device=customer.device)
    assert customer.verify(WRONG, device=customer.device).status == 429
    _, code = customer.request_and_read_code()

    assert customer.verify(code).status == 200


def test_the_trusted_lane_has_the_same_limits_for_all_devices_of_an_address_together(api, customer):
    first = customer.device
    customer.sign_in()
    second = customer.device
    answers = []
    for i in range(6):
        answers.append(customer.request_code(device=(first, second)[i % 2]))
        assert (early := customer.request_code(device=(second, first)[i % 2])).status == 429
        assert early.retry_after == (90 if i < 4 else 3600 - 90 * 4 if i == 4 else 3600 - 90 * 5)
        api.clock.advance(90)

    assert first != second
    assert [answer.status for answer in answers] == [200] * 5 + [429]


def test_the_device_decides_the_lane_of_an_attempt(customer):
    _, code = customer.request_and_read_code(device=customer.device)

    assert customer.verify(code).status == 401
    assert customer.verify(code, device=customer.device).status == 200


def test_the_challenge_decides_the_lane_of_an_attempt(customer):
    challenge, code = customer.request_and_read_code(device=customer.device)

    assert customer.verify(code, challenge=challenge).status == 200


def test_an_attempt_by_a_known_device_at_an_untrusted_challenge_is_in_the_untrusted_lane(customer):
    challenge, code = customer.request_and_read_code()

    assert customer.verify(code, device=customer.device).status == 401
    assert customer.verify(code, device=customer.device, challenge=challenge).status == 200


def test_a_resend_by_a_known_device_is_in_the_trusted_lane_whatever_its_challenge(api, customer, stranger):
    named = customer.request_code()["challenge"]
    stranger.fill_sends(customer)

    answer = api.post(f"{LOGIN}/resend-otp", phone=customer.phone, device=customer.device, challenge=named)

    assert answer.status == 200


def test_a_device_of_an_email_address_has_a_trusted_lane_too(api, inbox):
    email = new_email()
    code_request = api.post("/login/email/send", email=email)
    device = api.post("/login/email/verify", email=email, code=inbox.code(email), challenge=code_request["challenge"])["device"]

    assert api.post("/login/email/send", email=email).status == 429
    code_request = api.post("/login/email/send", email=email.upper(), device=device)
    answer = api.post("/login/email/verify", email=email, code=inbox.code(email), device=device)
    assert (code_request.status, answer.status) == (200, 200)


# ── invalid devices ──


@pytest.fixture
def is_known(api, stranger):
    """Whether a code request with this device gets past a flood by strangers."""

    def request_code(person, device) -> bool:
        stranger.fill_sends(person)
        answer = person.request_code(device=device)
        assert answer.status in {200, 429}, answer.text
        return answer.status == 200

    return request_code


def test_a_genuine_device_gets_past_a_flood(customer, is_known):
    assert is_known(customer, customer.device)


def forged(device: str, position: int) -> str:
    raw = bytearray(base64.urlsafe_b64decode(device + "=" * (-len(device) % 4)))
    raw[position] ^= 1
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


FORGERIES = {
    "nothing": lambda device: "",
    "null": lambda device: None,
    "text": lambda device: "my phone",
    "other time": lambda device: forged(device, 4),
    "other tag": lambda device: forged(device, -1),
    "cut": lambda device: device[:-2],
    "padded": lambda device: f"{device}==",
    "doubled": lambda device: device + device,
    "zeros": lambda device: "A" * len(device),
    "not ASCII": lambda device: "é" * len(device),
}


@pytest.mark.parametrize("forge", list(FORGERIES.values()), ids=FORGERIES)
def test_a_forged_device_is_ignored(customer, is_known, forge):
    assert not is_known(customer, forge(customer.device))


def test_a_device_of_another_number_is_ignored(customer, eve, is_known):
    assert not is_known(customer, eve.device)


def test_a_device_of_the_same_customer_s_email_is_ignored_for_the_phone(api, customer, inbox, is_known):
    response = api.post("/login/email/send", email=customer.email)
    code = inbox.code(customer.email)
    device = api.post("/login/email/verify", email=customer.email, code=code, challenge=response["challenge"])["device"]

    assert not is_known(customer, device)


def test_a_false_device_learns_nothing(customer, number):
    customer.request_code()

    with_forged, without = customer.request_code(device=forged(customer.device, 6)), customer.request_code()

    assert with_forged.shape == without.shape
    assert with_forged.retry_after == without.retry_after
    assert with_forged.aws_calls == without.aws_calls


@pytest.mark.parametrize(("age", "known"), [(180 * clock.DAY - 1, True), (180 * clock.DAY, False), (181 * clock.DAY, False)])
def test_a_device_is_good_for_180_days(api, customer, stranger, age, known):
    issued_at = devices.issued_at(customer.device, phone.parse(customer.phone))[0]
    api.clock.advance(age - 450 - (clock.now() - issued_at))
    stranger.fill_sends(customer)
    api.clock.advance(issued_at + age - clock.now())

    assert customer.request_code().status == 429
    assert (customer.request_code(device=customer.device).status == 200) == known


def test_an_ended_device_is_ignored(api, customer, is_known):
    end_devices(api, customer, clock.now())

    assert not is_known(customer, customer.device)


def test_all_devices_of_a_customer_end_together_and_a_new_one_is_known(api, customer, is_known):
    older = customer.device
    end_devices(api, customer, clock.now())
    customer.sign_in()

    assert not is_known(customer, older)
    assert customer.request_code(device=customer.device).status == 200


def test_a_device_issued_in_the_second_of_the_end_is_known(api, customer, is_known):
    end_devices(api, customer, devices.issued_at(customer.device, phone.parse(customer.phone))[0])

    assert is_known(customer, customer.device)


def test_an_ended_device_still_has_the_untrusted_lane(api, customer):
    end_devices(api, customer, clock.now())

    _, code = customer.request_and_read_code(device=customer.device)

    assert customer.verify(code, device=customer.device).status == 200


def test_an_attempt_by_an_ended_device_uses_up_one_of_the_untrusted_lane(api, customer):
    end_devices(api, customer, clock.now())
    _, code = customer.request_and_read_code()

    for _ in range(5):
        assert customer.verify(WRONG, device=customer.device).status == 401

    assert customer.verify(code, device=customer.device).status == 401


def test_an_ended_device_finds_no_way_back_by_an_old_challenge(api, customer, stranger):
    named = customer.request_code(device=customer.device)["challenge"]
    api.clock.advance(90)
    end_devices(api, customer, clock.now())
    stranger.fill_sends(customer)

    without = api.post(f"{LOGIN}/resend-otp", phone=customer.phone, challenge=named)
    with_device = api.post(f"{LOGIN}/resend-otp", phone=customer.phone, challenge=named, device=customer.device)

    assert (without.status, with_device.status) == (429, 429)


@pytest.mark.parametrize("requests", [True, False], ids=["code request", "attempt"])
def test_an_end_is_remembered_as_long_as_a_device_could_last(api, customer, requests):
    end_devices(api, customer, clock.now())
    customer.sign_in()
    if requests:
        customer.request_code(device=customer.device)
    else:
        customer.request_code(device=customer.device)
        customer.verify(WRONG, device=customer.device)

    item = api.engine.clients.dynamodb.get_item(**known_item(api, customer))["Item"]

    assert int(item["expires_at"]["N"]) >= int(item["devices_since"]["N"]) + devices.LIFE_SECONDS

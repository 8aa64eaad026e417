"""Exact rolling windows: of messages to an address, of a client's code requests, and of attempts."""

import random

import pytest

from customer_auth.aws import dynamodb
from customer_auth.base import clock
from customer_auth.base.limits import LONG_AGO, Limit, Window
from customer_auth.otp import devices
from tests.harness.people import LOGIN, REGISTER, Person, new_email, new_ip, new_number

# Never right, and compared all the same.
WRONG = "1234567"

# Every route by which a phone's owner can be sent a code, in the order in which tests go through them.
ROUTES = [f"{LOGIN}/request-otp", f"{REGISTER}/resend-otp", "/login/mobile/send", f"{REGISTER}/request-otp", f"{LOGIN}/resend-otp"]
FLOWS = {LOGIN: f"{LOGIN}/request-otp", REGISTER: f"{REGISTER}/request-otp", "/login/mobile": "/login/mobile/send"}


class Timeline:
    """Code requests and attempts at seconds counted from the beginning, each from a network of its own."""

    def __init__(self, api, inbox):
        self.api, self.inbox, self.now = api, inbox, 0

    def at(self, second: int) -> "Timeline":
        self.api.clock.advance(second - self.now)
        self.now = second
        return self

    def request_code(self, number: str, route: str = ROUTES[0], ip: str | None = None):
        """From a network of its own, by default."""
        return self.api.post(route, phone=number, ip=ip or new_ip())

    def enter_wrong(self, number: str, times: int, verify: str = f"{LOGIN}/verify-otp") -> list:
        return [self.api.post(verify, phone=number, code=WRONG, ip=new_ip()) for _ in range(times)]

    def enter_with_challenge(self, number: str, code_request, verify: str = f"{LOGIN}/verify-otp", ip: str | None = None):
        """With the challenge of a code request, whatever its purpose."""
        return self.api.post(verify, phone=number, code=WRONG, challenge=code_request["challenge"], ip=ip or new_ip())


@pytest.fixture
def timeline(api, inbox):
    return Timeline(api, inbox)


def outcome(answer) -> tuple[int, int | None]:
    """The status, and how long to wait."""
    return answer.status, answer.retry_after if answer.status == 429 else None


# ── messages to one address ──


@pytest.mark.parametrize("route", ROUTES)
def test_a_second_message_to_an_address_waits_90_seconds_on_every_route(timeline, number, route):
    timeline.request_code(number)

    outcomes = [outcome(timeline.at(second).request_code(number, route)) for second in (0, 1, 89, 90)]
    assert outcomes == [(429, 90), (429, 89), (429, 1), (200, None)]


def test_a_sixth_message_to_an_address_waits_until_the_first_is_an_hour_old(timeline, number):
    for i, route in enumerate(ROUTES):
        assert timeline.at(90 * i).request_code(number, route).status == 200

    assert outcome(timeline.at(370).request_code(number)) == (429, 3230)
    assert outcome(timeline.at(450).request_code(number)) == (429, 3150)
    assert outcome(timeline.at(3599).request_code(number)) == (429, 1)
    assert outcome(timeline.at(3600).request_code(number)) == (200, None)
    assert outcome(timeline.at(3601).request_code(number)) == (429, 89)
    assert outcome(timeline.at(3690).request_code(number)) == (200, None)


def test_an_eleventh_message_to_an_address_waits_until_the_first_is_a_day_old(timeline, number):
    for i in range(10):
        assert timeline.at(800 * i).request_code(number, ROUTES[i % 5]).status == 200

    assert outcome(timeline.at(7201).request_code(number)) == (429, 79_199)
    assert outcome(timeline.at(86_399).request_code(number)) == (429, 1)
    assert outcome(timeline.at(86_400).request_code(number)) == (200, None)
    assert outcome(timeline.at(86_400 + 799).request_code(number)) == (429, 1)
    assert outcome(timeline.at(86_400 + 800).request_code(number)) == (200, None)


def test_a_refused_code_request_does_not_lengthen_the_wait(timeline, number):
    timeline.request_code(number)
    for second in range(1, 90, 8):
        assert timeline.at(second).request_code(number).status == 429

    assert timeline.at(90).request_code(number).status == 200


def test_every_spelling_of_a_number_is_one_window(timeline, inbox, number):
    national = number[2:]
    spellings = [
        number,
        national,
        f"1{national}",
        f"({national[:3]}) {national[3:6]}-{national[6:]}",
        f"+1.{national[:3]}.{national[3:6]}.{national[6:]}",
        f"011 1 {national}",
        "＋１" + national,
        "+1" + "".join(chr(ord("۰") + int(digit)) for digit in national),
        "+1" + "".join(chr(ord("٠") + int(digit)) for digit in national),
    ]

    answers = [timeline.request_code(spelling, ROUTES[i % 5]) for i, spelling in enumerate(spellings)]

    assert [answer.status for answer in answers] == [200] + [429] * (len(answers) - 1)
    timeline.at(90).request_code(number, f"{REGISTER}/request-otp")
    assert len(inbox.of(number)) == 1


def test_every_spelling_of_an_email_address_is_one_window(api, inbox):
    local = new_email().partition("@")[0]
    spellings = [
        f"{local}@bücher.example",
        f"{local.upper()}@BÜCHER.example",
        f" {local}@xn--bcher-kva.EXAMPLE",
        f"{local}@bu\u0308cher。example",
    ]

    answers = [api.post("/login/email/send", email=spelling, ip=new_ip()) for spelling in spellings]

    assert [answer.status for answer in answers] == [200, 429, 429, 429]
    assert len(inbox.of(f"{local}@xn--bcher-kva.example")) == 1


def test_a_phone_and_an_email_address_are_two_windows(api, ada):
    assert ada.request_code().status == 200
    assert api.post("/login/email/send", email=ada.email).status == 200


def test_email_addresses_have_the_same_windows_as_phones(api):
    email, response = new_email(), []
    for _ in range(6):
        response.append(outcome(api.post("/login/email/send", email=email)))
        api.clock.advance(90)

    assert response == [(200, None)] * 5 + [(429, 3150)]


def test_a_used_code_does_not_refund_its_message(ada):
    ada.sign_up()
    ada.api.clock.advance(-1)

    assert outcome(ada.request_code()) == (429, 1)


def test_a_throttled_code_request_is_a_429_of_the_usual_shape_and_sends_nothing(timeline, ada, inbox):
    ada.request_and_read_code(REGISTER)

    answer = timeline.request_code(ada.phone, f"{REGISTER}/request-otp")

    assert answer.status == 429
    assert answer.body == {
        "success": False,
        "type": "throttled",
        "message": "Too many attempts, try again later",
        "request_id": answer["request_id"],
    }
    assert len(inbox.of(ada.phone)) == 1


def test_a_throttled_code_request_leaves_the_pending_code(timeline, ada):
    challenge, code = ada.request_and_read_code(REGISTER)
    timeline.request_code(ada.phone, f"{REGISTER}/resend-otp")

    assert ada.verify(code, REGISTER, challenge=challenge).status == 201


# ── code requests of one client ──


def test_a_client_has_30_code_requests_an_hour_to_the_second(timeline):
    ip = new_ip()
    for second in range(30):
        assert timeline.at(second).request_code(new_number(), ROUTES[second % 5], ip).status == 200

    assert outcome(timeline.at(30).request_code(new_number(), ip=ip)) == (429, 3570)
    assert outcome(timeline.at(3599).request_code(new_number(), ip=ip)) == (429, 1)
    assert outcome(timeline.at(3600).request_code(new_number(), ip=ip)) == (200, None)
    assert outcome(timeline.request_code(new_number(), ip=ip)) == (429, 1)
    assert outcome(timeline.request_code(new_number())) == (200, None)


@pytest.fixture
def six_code_requests(setting):
    """An hour has room for six code requests of one client."""
    setting(IP_SENDS_PER_HOUR=6)
    return [200] * 6 + [429]


def test_a_client_s_code_requests_by_email_and_by_phone_are_one_window(api, six_code_requests):
    statuses = [api.post("/login/email/send", email=new_email()).status for _ in range(2)]
    statuses += [api.post(route, phone=new_number()).status for route in ROUTES]

    assert statuses == six_code_requests


def test_a_code_request_refused_by_the_client_s_window_does_not_count_for_the_address(api, timeline, number, inbox, six_code_requests):
    for _ in range(6):
        api.post(ROUTES[0], phone=new_number())

    refused = api.post("/login/mobile/send", phone=number)

    assert (refused.status, refused.aws_calls) == (429, ("UpdateItem",))
    assert not inbox.of(number)
    assert timeline.request_code(number, "/login/mobile/send").status == 200


def test_bad_input_counts_nowhere(api, six_code_requests):
    for _ in range(10):
        assert api.post(ROUTES[0], phone="+1 212").status == 400

    assert api.post(ROUTES[0], phone=new_number()).status == 200


def test_attempts_do_not_count_as_code_requests(customer, six_code_requests):
    for _ in range(10):
        customer.verify(WRONG, challenge="A" * 44)

    assert customer.request_code().status == 200


def test_an_ipv6_64_is_one_client(timeline, six_code_requests):
    network = f"2001:db8:{random.getrandbits(16):x}:{random.getrandbits(15) * 2:x}"
    inside = [f"{network}::", f"{network}::1", f"{network}:ffff:ffff:ffff:ffff"]
    inside += [f"{network}:{random.getrandbits(16):x}:{i:x}:0:{i + 1:x}" for i in range(4)]

    assert [timeline.request_code(new_number(), ip=ip).status for ip in inside] == six_code_requests
    assert timeline.request_code(new_number(), ip=f"{network[:-1]}{int(network[-1], 16) + 1:x}::1").status == 200


def test_an_ipv4_address_in_ipv6_is_the_same_client(timeline, six_code_requests):
    ip = new_ip()
    octets = [int(octet) for octet in ip.split(".")]
    spellings = [ip, f"::ffff:{ip}", f"::FFFF:{octets[0] << 8 | octets[1]:x}:{octets[2] << 8 | octets[3]:x}"]

    assert [timeline.request_code(new_number(), ip=spellings[i % 3]).status for i in range(7)] == six_code_requests


FORWARDING = [
    "X-Forwarded-For",
    "Forwarded",
    "X-Real-IP",
    "X-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Cluster-Client-IP",
    "X-Originating-IP",
    "X-Original-Forwarded-For",
    "Via",
]


def test_forwarding_headers_change_nothing(api, setting):
    setting(IP_SENDS_PER_HOUR=len(FORWARDING))
    statuses = []
    for name in [*FORWARDING, "all"]:
        forwarded = ".".join(str(random.randrange(1, 224)) for _ in range(4))
        headers = {each: f"for={forwarded}" if each == "Forwarded" else forwarded for each in FORWARDING if name in (each, "all")}
        statuses.append(api.post(ROUTES[0], phone=new_number(), headers=headers).status)

    assert statuses == [200] * len(FORWARDING) + [429]


# ── attempts ──


def test_five_wrong_attempts_with_the_challenge_leave_those_without(customer):
    challenge, code = customer.request_and_read_code()

    assert [customer.verify(WRONG, challenge=challenge).status for _ in range(5)] == [401] * 5
    assert customer.verify(code, challenge=challenge).status == 401
    assert customer.verify(code).status == 200


def test_five_wrong_attempts_without_a_challenge_leave_those_with_it(customer):
    challenge, code = customer.request_and_read_code()

    assert [customer.verify(WRONG).status for _ in range(5)] == [401] * 5
    assert customer.verify(code).status == 401
    assert customer.verify(code, challenge=challenge).status == 200


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_the_fifth_attempt_is_still_compared(customer, bound):
    challenge, code = customer.request_and_read_code()
    named = {"challenge": challenge} if bound else {}
    for _ in range(4):
        customer.verify(WRONG, **named)

    assert customer.verify(code, **named).status == 200


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_code_without_attempts_left_is_401_like_any_wrong_one(customer, bound):
    challenge = customer.request_code()["challenge"]
    named = {"challenge": challenge} if bound else {}

    answers = [customer.verify(WRONG, **named) for _ in range(20)]

    assert {answer.status for answer in answers} == {401}
    assert len({repr(answer.shape) for answer in answers}) == 1


def test_a_new_code_has_all_its_attempts(customer):
    for _ in range(2):
        challenge, code = customer.request_and_read_code()
        for _ in range(4):
            assert customer.verify(WRONG, challenge=challenge).status == 401
        customer.api.clock.advance(90)

    assert customer.verify(code, challenge=challenge).status == 200


def test_an_eleventh_attempt_without_a_challenge_waits_until_the_first_is_an_hour_old(timeline, customer):
    number = customer.phone
    for second in (0, 90):
        timeline.at(second).request_code(number)
        assert {outcome(answer) for answer in timeline.enter_wrong(number, 5)} == {(401, None)}
    challenge = timeline.at(180).request_code(number)["challenge"]
    code = customer.inbox.code(number)

    assert outcome(customer.verify(code)) == (429, 3420)
    assert outcome(customer.verify(code, challenge=challenge)) == (200, None)
    timeline.at(3590).request_code(number)
    assert outcome(timeline.at(3599).enter_wrong(number, 1)[0]) == (429, 1)
    assert outcome(timeline.at(3600).enter_wrong(number, 1)[0]) == (401, None)
    assert outcome(customer.verify(customer.inbox.code(number))) == (200, None)


def test_an_attempt_that_its_window_refuses_uses_up_nothing_and_lengthens_nothing(timeline, customer):
    number = customer.phone
    for second in (0, 90):
        timeline.at(second).request_code(number)
        timeline.enter_wrong(number, 5)
    timeline.at(3400).request_code(number)

    for second in (3400, 3500, 3599):
        assert {answer.status for answer in timeline.at(second).enter_wrong(number, 7)} == {429}

    assert [answer.status for answer in timeline.at(3600).enter_wrong(number, 4)] == [401] * 4
    assert customer.verify(customer.inbox.code(number)).status == 200


def test_a_21st_attempt_without_a_challenge_waits_until_the_first_is_a_day_old(timeline, customer):
    number = customer.phone
    for hour, (flow, route) in zip((0, 1, 2, 3), [*FLOWS.items(), (LOGIN, FLOWS[LOGIN])], strict=True):
        verify = f"{flow}/verify-otp" if flow in (LOGIN, REGISTER) else f"{flow}/verify"
        timeline.at(3600 * hour).request_code(number, route)
        assert {answer.status for answer in timeline.enter_wrong(number, 5, verify)} == {401}
    timeline.at(14_400).request_code(number)

    assert outcome(timeline.enter_wrong(number, 1)[0]) == (429, 72_000)
    timeline.at(86_390).request_code(number)
    assert outcome(timeline.at(86_399).enter_wrong(number, 1)[0]) == (429, 1)
    assert outcome(timeline.at(86_400).enter_wrong(number, 1)[0]) == (401, None)


def test_a_day_of_resends_and_wrong_codes_compares_at_most_30_of_them_on_every_route(setting, timeline, customer, compared):
    setting(IP_CODE_FAILURES_PER_QUARTER_HOUR=0)
    number, statuses, code_request = customer.phone, [], {}
    for nth in range(12):
        answer = timeline.at(3_600 * nth).request_code(number, ROUTES[nth % 5])
        code_request = answer if answer.status == 200 else code_request
        for verify in ("/login/mobile/verify", f"{LOGIN}/verify-otp", f"{REGISTER}/verify-otp"):
            statuses += [answer.status for answer in timeline.enter_wrong(number, 5, verify)]
            statuses += [timeline.enter_with_challenge(number, code_request, verify).status for _ in range(5)]

    assert set(statuses) == {401, 429}
    assert set(compared) == {WRONG}
    assert 20 < len(compared) <= 30  # 20 fill the window; beside them, the first with its challenge of each of 10 codes


def test_attempts_with_their_challenge_fill_the_window_too(timeline, customer):
    number = customer.phone
    for second in (0, 90):
        response = timeline.at(second).request_code(number)
        assert [timeline.enter_with_challenge(number, response).status for _ in range(5)] == [401] * 5

    timeline.at(180).request_code(number)
    assert outcome(timeline.enter_wrong(number, 1)[0]) == (429, 3420)


def test_a_full_window_compares_the_first_attempt_with_the_challenge_and_no_second(timeline, customer):
    number = customer.phone
    for second in (0, 90):
        timeline.at(second).request_code(number)
        timeline.enter_wrong(number, 5)
    response = timeline.at(180).request_code(number)

    assert outcome(timeline.enter_with_challenge(number, response)) == (401, None)
    assert outcome(timeline.enter_with_challenge(number, response)) == (429, 3420)


def test_a_day_of_wrong_codes_in_the_untrusted_lane_does_not_lock_out_a_new_device_of_the_owner(timeline, customer):
    number = customer.phone
    for second in (0, 90, 7_200, 7_290):
        timeline.at(second).request_code(number)
        timeline.enter_wrong(number, 5)

    timeline.at(10_800)
    challenge, code = customer.request_and_read_code()

    assert customer.verify(code, challenge=challenge).status == 200


def test_a_full_window_is_429_whether_a_code_is_pending_or_none_is(timeline, customer):
    number = customer.phone
    for second in (0, 90):
        response = timeline.at(second).request_code(number)
        timeline.enter_wrong(number, 5)
    pending = outcome(timeline.enter_wrong(number, 1)[0])
    expired = outcome(timeline.at(90 + 300).enter_wrong(number, 1)[0])

    none = outcome(timeline.enter_wrong(number, 1, f"{REGISTER}/verify-otp")[0])

    assert (pending, expired, none) == ((429, 3510), (429, 3210), (429, 3210))
    assert outcome(timeline.enter_with_challenge(number, response)) == (429, 3210)


def test_an_attempt_repeated_with_its_key_is_compared_though_it_filled_the_window(api, timeline, customer):
    number = customer.phone
    timeline.request_code(number)
    timeline.enter_wrong(number, 5)
    timeline.at(90)
    _, code = customer.request_and_read_code()
    timeline.enter_wrong(number, 4)
    with api.wire.broken("BatchGetItem", "throttle"), api.wire.broken("UpdateItem", "throttle", nth=2):  # nor is the attempt refunded
        assert customer.verify(code, key="k" * 16).status == 503

    assert customer.verify(code, key="k" * 16).status == 200


def test_a_reset_s_token_neither_fills_the_window_nor_heeds_it(api, inbox, timeline):
    member = Person(api, inbox).member()
    timeline.at(90)
    member.forget_password()
    token = member.reset_token()
    for _ in range(3):
        assert member.reset(token[:-1] + ("A" if token[-1] != "A" else "B"), "another good password").status == 401
    for second in (180, 270):
        timeline.at(second)
        member.api.post("/login/email/send", email=member.email, ip=new_ip())
        statuses = [member.api.post("/login/email/verify", email=member.email, code=WRONG, ip=new_ip()).status for _ in range(5)]
        assert statuses == [401] * 5
    assert member.api.post("/login/email/verify", email=member.email, code=WRONG, ip=new_ip()).status == 429

    assert member.reset(token, "another good password").status == 200


@pytest.mark.parametrize("lane", ["untrusted", "trusted"])
def test_an_attempt_keeps_its_item_as_long_as_the_code_request_said(timeline, customer, lane):
    device = {"device": customer.device} if lane == "trusted" else {}
    response = customer.request_code(**device)
    before = _code_items(customer)
    timeline.at(60)

    customer.verify(WRONG, challenge=response["challenge"])
    customer.verify(WRONG, **device)

    after = _code_items(customer)
    assert before != after
    assert [item["expires_at"] for item in after] == [item["expires_at"] for item in before]
    day = clock.DAY if lane == "untrusted" else devices.LIFE_SECONDS
    assert max(int(item["expires_at"]["N"]) for item in after) == clock.now() - 60 + day + clock.HOUR


def _code_items(person) -> list[dict]:
    return [item for item in person.api.table("CodesTable") if person.phone in repr(item) and "send0" in item]


def test_a_right_code_without_its_challenge_refunds_its_own_attempt(timeline, customer):
    number = customer.phone
    timeline.request_code(number)
    timeline.enter_wrong(number, 5)
    timeline.at(90).request_code(number)
    timeline.enter_wrong(number, 4)

    assert customer.verify(customer.inbox.code(number)).status == 200

    timeline.at(180).request_code(number)
    assert [outcome(answer) for answer in timeline.enter_wrong(number, 2)] == [(401, None), (429, 3420)]


def test_no_resend_empties_the_window(timeline, customer):
    number = customer.phone
    for second in (0, 90):
        timeline.at(second).request_code(number)
        timeline.enter_wrong(number, 5)

    for second, route in ((180, f"{LOGIN}/resend-otp"), (270, f"{REGISTER}/resend-otp")):
        timeline.at(second).request_code(number, route)
    assert outcome(timeline.enter_wrong(number, 1)[0]) == (429, 3330)
    assert outcome(timeline.enter_wrong(number, 1, f"{REGISTER}/verify-otp")[0]) == (429, 3330)


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_used_code_s_repeats_count_nowhere(timeline, customer, bound):
    number = customer.phone
    challenge, code = customer.request_and_read_code()
    named = {"challenge": challenge} if bound else {}
    assert customer.verify(code, **named).status == 200

    assert {customer.verify(code, **named).status for _ in range(15)} == {401}

    for second in (90, 180):
        timeline.at(second).request_code(number)
        assert {answer.status for answer in timeline.enter_wrong(number, 5)} == {401}
    timeline.at(270).request_code(number)
    assert timeline.enter_wrong(number, 1)[0].status == 429


def test_attempts_at_two_numbers_are_two_windows(api, inbox, timeline, customer):
    other = Person(api, inbox)
    for second in (0, 90):
        timeline.at(second).request_code(customer.phone)
        timeline.enter_wrong(customer.phone, 5)
    other.sign_up()
    _, code = other.request_and_read_code()

    assert other.verify(code).status == 200


# ── the figures are settings ──


def test_the_least_value_of_every_limit_works(setting, timeline, number, inbox):
    setting(
        SENDS_PER_HOUR=1,
        SENDS_PER_DAY=1,
        IP_SENDS_PER_HOUR=1,
        FAILURES_PER_HOUR=1,
        FAILURES_PER_DAY=1,
        OTP_MAX_ATTEMPTS=1,
        IP_CODE_FAILURES_PER_QUARTER_HOUR=2,
    )
    ip = new_ip()
    challenge = timeline.request_code(number, "/login/mobile/send", ip)["challenge"]

    assert timeline.request_code(new_number(), ip=ip).status == 429
    assert outcome(timeline.request_code(number)) == (429, 86_400)
    assert [answer.status for answer in timeline.enter_wrong(number, 2, "/login/mobile/verify")] == [401, 429]
    answer = timeline.api.post("/login/mobile/verify", phone=number, code=inbox.code(number), challenge=challenge)
    assert answer.status == 200
    assert timeline.at(86_400).request_code(number, "/login/mobile/send").status == 200
    assert timeline.api.post("/login/mobile/verify", phone=number, code=inbox.code(number)).status == 200


def test_the_greatest_value_of_every_limit_works(setting, timeline, number, inbox):
    setting(
        SENDS_PER_HOUR=20, SENDS_PER_DAY=60, IP_SENDS_PER_HOUR=60, FAILURES_PER_HOUR=20, FAILURES_PER_DAY=60, RESEND_THROTTLE_SECONDS=30
    )
    setting(OTP_LENGTH=10, OTP_CHARSET="alphanumeric")

    outcomes = [outcome(timeline.at(second).request_code(number, "/login/mobile/send")) for second in (0, 29, 30)]
    code = inbox.of(number)[-1].body.split()[0]

    assert outcomes == [(200, None), (429, 1), (200, None)]
    assert len(code) == 10
    assert timeline.enter_wrong(number, 1, "/login/mobile/verify")[0].status == 401
    assert timeline.api.post("/login/mobile/verify", phone=number, code=f" {code[:5].lower()}-{code[5:]}").status == 200


def test_an_operator_behind_a_proxy_may_turn_the_client_s_window_off(setting, timeline):
    setting(IP_SENDS_PER_HOUR=0)
    ip = new_ip()

    answers = [timeline.request_code(new_number(), ip=ip) for _ in range(31)]

    assert {(answer.status, answer.aws_calls) for answer in answers} == {(200, ("UpdateItem",))}


# ── the write itself ──


def test_the_expressions_mean_a_window_on_the_engine_too(api):
    """As the unit test's oracle, but by DynamoDB itself."""
    window = Window("send", (Limit(1, 3), Limit(4, 30), Limit(6, 90)))
    table, key = api.engine.ids["CodesTable"], {"pk": f"window#{random.getrandbits(64)}"}
    shifted_back = dynamodb.update(table, key, f"SET {window.shift_back()}", "attribute_not_exists(#nothing)", {":long_ago": LONG_AGO})
    now, times = clock.now(), []

    def has_room(at: int) -> bool:
        return all(sum(time > at - seconds for time in times) < count for count, seconds in window.limits)

    for _ in range(120):
        now += random.choice([0, 1, 2, 3, 4, 9, 20])
        if random.random() < 0.1:
            dynamodb.write(shifted_back)
            times = times[:-1]
            continue
        count = dynamodb.update(table, key, f"SET {window.update()}", window.condition(), window.values(now))
        if has_room(now):
            dynamodb.write(count)
            times.append(now)
        else:
            with pytest.raises(dynamodb.ConditionFailed) as refused:
                dynamodb.write(count)
            fits_at = min(at for time in times for _, seconds in window.limits if (at := time + seconds) > now and has_room(at))
            assert window.retry_after_seconds(refused.value.item, now) == fits_at - now

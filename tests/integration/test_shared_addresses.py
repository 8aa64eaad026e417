"""Many people behind one client: refunds to its window, the trusted lane of known devices, and a carrier's NAT."""

from collections import Counter

import pytest

from customer_auth.addresses import phone
from customer_auth.base import clock
from customer_auth.otp import devices
from tests.harness.carriers import Carrier
from tests.harness.crowds import at_once
from tests.harness.engines import ON_DYNAMODB
from tests.harness.people import LOGIN, Person, new_ip, new_number

REQUEST_CODE, SEND = f"{LOGIN}/request-otp", "/login/mobile/send"
COUNT, PUT, REFUND = ("UpdateItem",) * 3
LEFT = 30  # code requests of one client in an hour, in each lane


@pytest.fixture
def six_code_requests(setting):
    """An hour has room for six code requests of one client."""
    setting(IP_SENDS_PER_HOUR=6)


def request_codes(api, times: int, ip: str = "", **more) -> list[int]:
    """Asks for somebody else each time."""
    return [api.post(REQUEST_CODE, phone=new_number(), ip=ip, **more).status for _ in range(times)]


# ── refunds of what an address refused ──


def test_a_code_request_refused_by_its_address_is_refunded_to_its_client(api, number, six_code_requests):
    refused = [api.post(REQUEST_CODE, phone=number) for _ in range(6)][1:]

    assert {(answer.status, answer.aws_calls) for answer in refused} == {(429, (COUNT, PUT, REFUND))}
    assert request_codes(api, 6) == [200] * 5 + [429]


def test_a_refused_code_request_for_nobody_is_refunded_like_any_other(api, ada, six_code_requests):
    nobody = "cus_000000000000000000000000"
    refused = [ada.request_verification(nobody, "email") for _ in range(6)][1:]

    assert {(answer.status, answer.aws_calls) for answer in refused} == {(429, ("UpdateItem", "GetItem", "UpdateItem", "UpdateItem"))}
    assert request_codes(api, 6, ada.ip) == [200] * 5 + [429]


def test_20_code_requests_an_hour_are_refunded_to_one_client_and_no_more(api, number):
    api.post(REQUEST_CODE, phone=number)
    for _ in range(21):
        assert api.post(REQUEST_CODE, phone=number).status == 429

    assert Counter(request_codes(api, LEFT)) == {200: LEFT - 2, 429: 2}

    api.clock.advance(clock.HOUR)
    api.post(REQUEST_CODE, phone=number)
    api.post(REQUEST_CODE, phone=number)
    assert Counter(request_codes(api, LEFT)) == {200: LEFT - 1, 429: 1}


def test_refunds_of_one_client_do_not_count_for_another(api, number):
    for _ in range(22):
        api.post(REQUEST_CODE, phone=number)
    other = new_ip()
    assert api.post(REQUEST_CODE, phone=number, ip=other).status == 429

    assert request_codes(api, LEFT, other) == [200] * LEFT


def test_a_code_request_refused_by_the_client_s_own_window_is_not_refunded(api, number, six_code_requests):
    request_codes(api, 6)

    assert api.post(REQUEST_CODE, phone=number).aws_calls == (COUNT,)
    assert request_codes(api, 1) == [429]


@ON_DYNAMODB
def test_of_40_concurrent_code_requests_for_one_address_20_are_refunded(api, tables, number):
    statuses = Counter(answer.status for answer in at_once(40, lambda _: api.post(REQUEST_CODE, phone=number)))
    counted, refunded = (tables.look().events("ip", window) for window in ("ip", "refund"))

    assert statuses == {200: 1, 429: 39}
    assert (refunded, counted <= 40 - 20) == (20, True)
    assert Counter(request_codes(api, LEFT))[200] == LEFT - counted


def test_a_refund_whose_response_was_lost_counts_once(api, wire, tables, number):
    request_codes(api, 3)
    api.post(REQUEST_CODE, phone=number)
    with wire.broken("UpdateItem", "lost", nth=3, times=1):
        assert api.post(REQUEST_CODE, phone=number).status == 429

    assert (tables.look().events("ip", "ip"), tables.look().events("ip", "refund")) == (4, 1)


@pytest.mark.parametrize("failure", ["error", "throttle", "timeout", "lost"])
def test_a_refund_that_fails_is_no_refund_and_changes_no_response(api, wire, number, failure):
    api.post(REQUEST_CODE, phone=number)
    with wire.broken("UpdateItem", failure, nth=3):
        assert api.post(REQUEST_CODE, phone=number).status == 429


def test_where_clients_are_not_counted_nothing_is_refunded(api, number, setting):
    setting(IP_SENDS_PER_HOUR=0)

    assert [api.post(REQUEST_CODE, phone=number).aws_calls for _ in range(2)] == [(PUT,)] * 2


def test_the_greatest_window_can_be_refunded_too(api, number, setting):
    setting(IP_SENDS_PER_HOUR=60)
    api.post(REQUEST_CODE, phone=number)

    assert api.post(REQUEST_CODE, phone=number).aws_calls == (COUNT, PUT, REFUND)


# ── known devices have a window of their own ──


@pytest.fixture
def known(api):
    """Returns the body of a code request by a device that has proven a number of its own."""

    def make() -> dict:
        number = new_number()
        return {"phone": number, "device": devices.issue(phone.parse(number), at=clock.now())}

    return make


def test_a_full_window_of_the_client_in_the_untrusted_lane_takes_nothing_from_known_devices(api, customer, six_code_requests):
    assert request_codes(api, 7, customer.ip)[-1] == 429

    assert customer.request_code().status == 429
    assert customer.request_code(device=customer.device).status == 200


def test_a_full_window_of_the_client_in_the_trusted_lane_takes_nothing_from_the_untrusted_lane(api, known, six_code_requests):
    statuses = [api.post(REQUEST_CODE, **known()).status for _ in range(7)]

    assert statuses == [200] * 6 + [429]
    assert request_codes(api, 7) == [200] * 6 + [429]


def test_a_refused_code_request_of_a_known_device_is_refunded_to_the_trusted_lane(api, known, six_code_requests):
    body = known()
    refused = [api.post(REQUEST_CODE, **body) for _ in range(6)][1:]

    assert {(answer.status, answer.aws_calls) for answer in refused} == {(429, (COUNT, PUT, REFUND))}
    assert [api.post(REQUEST_CODE, **known()).status for _ in range(6)] == [200] * 5 + [429]
    assert request_codes(api, 7) == [200] * 6 + [429]


def test_a_signed_in_owner_s_code_request_counts_in_the_trusted_lane(api, customer, known, six_code_requests):
    request_codes(api, 7, customer.ip)
    assert customer.request_deletion().status == 200

    assert [api.post(REQUEST_CODE, ip=customer.ip, **known()).status for _ in range(6)] == [200] * 5 + [429]


def test_an_ended_device_s_code_request_counts_in_the_untrusted_lane_alone(api, ada, known, six_code_requests):
    ended = {"email": ada.member().email, "device": ada.device}
    api.clock.advance(1)
    ada.change_password("another long password")
    ip = new_ip()

    assert api.post("/login/email/send", ip=ip, **ended).aws_calls == (COUNT, PUT, REFUND, COUNT, PUT)
    assert request_codes(api, 6, ip) == [200] * 5 + [429]
    api.clock.advance(90)
    assert api.post("/login/email/send", ip=ip, **ended).status == 429
    assert [api.post(REQUEST_CODE, ip=ip, **known()).status for _ in range(7)] == [200] * 6 + [429]


# ── registrations ──


@pytest.mark.parametrize(("most", "statuses"), [(2, {201: 2, 429: 1}), (0, {201: 3})])
def test_registrations_of_one_client_are_a_setting(api, inbox, setting, most, statuses):
    setting(IP_REGISTRATIONS_PER_HOUR=most)
    ip = new_ip()

    assert Counter(Person(api, inbox, ip).register().status for _ in range(3)) == statuses


# ── a carrier's NAT ──

HOUR, RUSH, PEOPLE = 3_600, 600, 500
PUMPED_NUMBERS = 30


@pytest.fixture
def behind_one_address(api, inbox, part_of):
    """Lets people come at a pace of 500 within so many seconds; returns their number, and how many are refused."""

    def come(seconds: int, never: float, *, part: int, beside=lambda _: None) -> tuple[int, int]:
        people, carrier = part_of(PEOPLE, part=part), Carrier(api, inbox, seed=7)
        carrier.arrive(people, seconds * people / PEOPLE, never)
        beside(carrier)
        carrier.run()
        return people, carrier.refused

    return come


@ON_DYNAMODB
def test_of_500_people_behind_one_client_in_an_hour_nobody_is_refused_where_all_use_their_codes(behind_one_address, report):
    people, refused = behind_one_address(HOUR, 0, part=60)

    assert refused == 0
    report(f"{people} people behind one address who all use their codes: nobody refused")


@ON_DYNAMODB
@pytest.mark.parametrize(
    ("pace", "seconds", "never"),
    [("an hour", HOUR, each) for each in (2, 5, 10, 20)] + [("ten minutes", RUSH, each) for each in (0, 2, 5, 10, 20)],
)
def test_of_500_people_behind_one_client_so_many_are_refused(behind_one_address, report, pace, seconds, never):
    people, refused = behind_one_address(seconds, never / 100, part=12)

    assert refused < people - LEFT or people <= LEFT
    report(f"at a pace of 500 in {pace}, {never} % of whom never use their codes: {refused} of {people} refused")


class Pumper:
    """Asks for codes that nobody uses: with devices for thirty numbers of his own, without them, and for others' numbers."""

    def __init__(self, api, carrier: Carrier):
        self.api, self.ip = api, carrier.ip
        own = [new_number() for _ in range(PUMPED_NUMBERS)]
        self.known = [{"phone": number, "device": devices.issue(phone.parse(number), at=clock.now())} for number in own]
        self.sent_at: dict[str, list[float]] = {"trusted": [], "untrusted": []}

    def pump(self, now: float) -> None:
        """Ask as often as he is let: each of his devices, then a number that nobody has asked for."""
        for body in self.known:
            self._ask(now, "trusted", body)
        while self._ask(now, "untrusted", {"phone": new_number()}):
            pass

    def _ask(self, now: float, lane: str, body: dict) -> bool:
        is_sent = self.api.post(SEND, ip=self.ip, **body).status == 200
        self.sent_at[lane] += [now] * is_sent
        return is_sent

    def most(self, *lanes: str) -> int:
        """The most messages of these lanes in any hour."""
        times = [at for lane in lanes for at in self.sent_at[lane]]
        return max(sum(at - HOUR < other <= at for other in times) for at in times)


@ON_DYNAMODB
def test_an_sms_pumper_behind_the_same_client_gets_30_unused_messages_in_any_hour_and_lane_and_no_more(
    api, behind_one_address, part_of, report
):
    rounds, pumpers = part_of(120, part=3), []

    def beside(carrier: Carrier) -> None:
        pumpers.append(Pumper(api, carrier))
        for nth in range(rounds):
            carrier.at(nth * 3 * HOUR / 120, pumpers[0].pump)

    people, refused = behind_one_address(HOUR, 0, part=20, beside=beside)

    [pumper] = pumpers
    assert [pumper.most("untrusted"), pumper.most("trusted"), pumper.most("untrusted", "trusted")] == [LEFT, LEFT, 2 * LEFT]
    report(f"a pumper beside {people} people, for three hours: {2 * LEFT} unused messages in an hour at most, {refused} people refused")

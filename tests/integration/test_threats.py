"""Large attacks: a part of their size in each run, all of it with ATTACKS=whole, as `make bench` runs them.

The numbers in the names of the tests are the whole sizes. docs/threats.md says what each shows.
"""

import random
import time
from collections import Counter
from ipaddress import IPv6Address

import pytest

from customer_auth.base import settings
from tests.harness.attacks import WHOLE
from tests.harness.crowds import at_once
from tests.harness.engines import ON_DYNAMODB
from tests.harness.people import LOGIN, REGISTER, Person, new_email, new_ip, new_number, other_code

pytestmark = ON_DYNAMODB


@pytest.fixture(autouse=True)
def emptied_stream(api):
    """What an attack left there unsent, page after page, is no later test's."""
    yield
    while api.engine.new_records():
        pass


@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_of_10_000_concurrent_wrong_codes_5_are_compared_and_the_right_one_is_then_refused(api, customer, compared, part_of, report, bound):
    challenge, code = customer.request_and_read_code()
    named = {"challenge": challenge} if bound else {}
    count = part_of(10_000)

    def guess(_):
        return api.post(f"{LOGIN}/verify-otp", phone=customer.phone, code=other_code(code), ip=new_ip(), **named)

    answers = at_once(count, guess)

    assert {answer.status for answer in answers} <= {401, 429}
    assert len(compared) == 5
    customer.ip = new_ip()
    assert customer.verify(code, **named).status == 401
    report(f"{count} wrong codes {'with' if bound else 'without'} their challenge: {len(compared)} compared, 0 accepted")


CODE_REQUESTS, GUESSES = 30, 5  # by one client within an hour, of one code
BEYOND = 10  # attempts of a client whose window is full: at a part of the size it stops then
WRONG = "1234567"  # never right, and compared all the same


def test_100_000_challenges_with_5_attempts_each_show_a_client_only_its_windows(api, compared, part_of, report):
    clients = part_of(100_000, part=300) // CODE_REQUESTS  # each has windows of its own
    most = min(CODE_REQUESTS * GUESSES, settings.service().ip_code_failures_per_quarter_hour)
    attempts_per_client = CODE_REQUESTS * GUESSES if WHOLE else most + BEYOND
    requests, attempts, compared_for = Counter[int](), Counter[int](), Counter[str]()

    for ip in [new_ip() for _ in range(clients)]:
        numbers = [new_number() for _ in range(CODE_REQUESTS + 1)]
        answers = [api.post(f"{LOGIN}/request-otp", phone=number, ip=ip) for number in numbers]
        requests.update(answer.status for answer in answers)
        challenges = [(number, answer["challenge"]) for number, answer in zip(numbers, answers, strict=True) if answer.status == 200]
        for number, challenge in (challenges * GUESSES)[:attempts_per_client]:
            before = len(compared)
            status = api.post(f"{LOGIN}/verify-otp", phone=number, challenge=challenge, code=WRONG, ip=ip).status
            attempts[status] += 1
            compared_for[ip] += status != 429 and len(compared) > before

    assert requests == {200: clients * CODE_REQUESTS, 429: clients}
    assert attempts.keys() <= {401, 429}
    assert attempts.total() == clients * attempts_per_client
    assert set(compared_for.values()) == {most}
    # A guess is right once in a million: no limit counts over all clients yet to stop somebody with many addresses.
    report(
        f"{attempts.total()} attempts at {clients * CODE_REQUESTS} challenges by {clients} clients: {compared_for.total()} answered, "
        f"{compared_for.total() / 1_000_000:.4f} right by chance"
    )


def test_100_000_code_requests_for_consecutive_numbers_from_10_000_addresses_of_one_64_send_30_messages(api, part_of, report):
    network = IPv6Address(f"2001:db8:{random.randrange(2**16):x}::")
    requests, addresses = part_of(100_000), part_of(10_000)
    before = len(api.wire.sent)

    statuses = Counter(
        api.post("/login/mobile/send", phone=f"+1646{2_000_000 + nth}", ip=str(network + nth % addresses)).status for nth in range(requests)
    )
    while api.deliver():
        pass

    assert statuses == {200: 30, 429: requests - 30}
    assert len(api.wire.sent) - before == 30
    report(f"{requests} code requests from {addresses} addresses of one /64: 30 messages")


def test_10_000_invented_forwarding_addresses_are_one_client(api, part_of, report):
    count = part_of(10_000)

    def request_code(_):
        headers = {"X-Forwarded-For": ", ".join(".".join(map(str, random.randbytes(4))) for _ in range(2))}
        return api.post(f"{LOGIN}/request-otp", phone=new_number(), headers=headers).status

    statuses = Counter(request_code(nth) for nth in range(count))

    assert statuses == {200: 30, 429: count - 30}
    report(f"{count} addresses in X-Forwarded-For: 30 code requests")


# ── a proof opens once, and nothing else ──

NEW_PASSWORD = "another long password"


@pytest.fixture
def proof_and_door(api, inbox, setting):
    """Returns a proof of a purpose, with its challenge and code, and the door: the endpoint where its owner redeems one."""
    setting(REGISTRATION_IDENTIFIER="phone")

    def signed_up() -> Person:
        person = Person(api, inbox, new_ip())
        person.sign_up()
        person.ip = new_ip()
        return person

    def by_code(flow: str, person: Person):
        return person.request_and_read_code(flow), lambda proof: person.verify(proof[1], flow, challenge=proof[0])

    def of(purpose: str):
        if purpose == "register":
            return by_code(REGISTER, Person(api, inbox, new_ip()))
        person = signed_up() if purpose != "verify" else Person(api, inbox, new_ip())
        post, phone = api.post, person.phone
        match purpose:
            case "login":
                return by_code(LOGIN, person)
            case "sign_in":
                response = post("/login/mobile/send", phone=phone, ip=person.ip)
                proof = response["challenge"], inbox.code(phone)
                return proof, lambda proof: post("/login/mobile/verify", phone=phone, challenge=proof[0], code=proof[1])
            case "verify":
                customer_id = person.create(person.register(phone=phone)["token"])["customer"]["id"]
                proof = person.request_verification(customer_id, "phone")["token"], inbox.code(phone)
                return proof, lambda proof: person.verify_address(*proof)
            case "contact":
                proof = person.request_contact_change(email=person.email)["token"], inbox.code(person.email)
                return proof, lambda proof: person.change_contact(*proof)
        person.forget_password(phone=phone)
        token = person.reset_token(phone)
        return (token[:44], token[44:]), lambda proof: person.reset("".join(proof), NEW_PASSWORD, phone=phone)

    return of


PURPOSES = ["register", "login", "sign_in", "verify", "reset", "contact"]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_proof_opens_another_purpose_or_another_customer(proof_and_door, purpose):
    proof, door = proof_and_door(purpose)
    for other in PURPOSES:
        foreign, _ = proof_and_door(other)
        swaps = [(proof[0], foreign[1]), (foreign[0], proof[1])]
        swaps += [foreign] if (purpose, other) != ("verify", "verify") else []  # that verifies its owner's address, whoever sends it
        assert {door(swap).status for swap in swaps} <= {400, 401}, other

    proof, door = proof_and_door(purpose)  # the first one's attempts are used up by now
    assert door(proof).status in (200, 201)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_one_proof_64_times_concurrently_opens_once(proof_and_door, purpose):
    proof, door = proof_and_door(purpose)

    statuses = Counter(answer.status for answer in at_once(64, lambda _: door(proof)))

    opened = statuses.pop(200 if purpose != "register" else 201)
    assert (opened, statuses.total()) == (1, 63)
    assert statuses.keys() <= {401, 429}  # more than its five attempts are a client's wrong codes


def test_a_registration_s_token_64_times_concurrently_creates_one_customer(api, ada):
    token = ada.register()["token"]

    statuses = Counter(answer.status for answer in at_once(64, lambda _: ada.create(token)))

    assert statuses == {401: 63, 201: 1}


@pytest.mark.parametrize("seconds", [1, 49 * 3_600], ids=["1-second", "49-hours"])
def test_an_expired_reset_and_an_expired_registration_token_open_nothing_though_their_items_are_still_stored(api, ada, inbox, seconds):
    eve = Person(api, inbox, new_ip())
    ada.member().forget_password()
    reset, token = ada.reset_token(), eve.register()["token"]
    api.clock.advance(15 * 60 + seconds - 1)
    assert ada.reset(reset, NEW_PASSWORD).status == 401
    api.clock.advance(15 * 60)

    assert eve.create(token).status == 401


# ── additional headers and members ──

POISONED = ["evil.example", "https://evil.example", "shop.example.com.evil.example", "shop.example.com@evil.example"]
NAMES = ["Host", "Forwarded", "X-Forwarded-Host", "X-Forwarded-Server", "X-Original-URL"]


def test_20_poisoned_headers_and_members_leave_a_reset_s_link_as_it_is(api, ada):
    ada.member()
    for name in NAMES:
        for value in POISONED:
            api.clock.advance(86_400)
            headers = {name: f"host={value};proto=http" if name == "Forwarded" else value}
            members = {"storefront_url": value, "reset_url": value, "redirectUrl": value}
            response = api.post("/auth/customer/emailpass/reset-password", email=ada.email, ip=new_ip(), headers=headers, **members)
            message = ada.inbox.of(ada.email)[-1]

            assert response.status == 200
            assert "evil" not in message.body + message.html
            assert ada.reset_token()


INJECTED = {
    "id": "cus_injected",
    "customer_id": "cus_injected",
    "roles": ["admin"],
    "role": "admin",
    "status": "deletion_confirmed",
    "email_verified": True,
    "phone_verified": True,
    "verified": True,
    "password_hash": "injected",
    "session_epoch": 7,
    "sessions_begun": 99,
    "referrer": "cus_injected",
    "referrers": ["cus_injected"],
    "expires_at": 10**10,
    "bound_to": {"customer": "cus_injected"},
    "held": True,
    "proven_at": 1,
    "revision": "injected",
}


def test_unknown_members_change_nothing_of_a_registration_or_its_customer(api, ada, monkeypatch):
    honest = api.post
    monkeypatch.setattr(api, "post", lambda path, **body: honest(path, **(INJECTED | body)))
    since = {item["pk"]["S"] for item in api.table("CustomersTable")}

    customer_item = ada.registered()["customer"]

    assert (customer_item["email_verified"], customer_item["phone_verified"], customer_item["phone"]) == (False, False, None)
    assert ada.log_in()["type"] == "verification_required"
    ada.session = ada.prove(customer_item["id"]).body
    ada.change_password(NEW_PASSWORD)
    assert ada.log_in(NEW_PASSWORD).status == 200
    written = [item for item in api.table("CustomersTable") if item["pk"]["S"] not in since]
    assert len(written) == 4
    assert "injected" not in str(written)
    [customer] = [item for item in written if item["pk"]["S"] == f"customer#{customer_item['id']}"]
    assert (customer["status"], customer["roles"], customer["referrers"]) == ({"S": "active"}, {"L": []}, {"L": []})


# ── referrals ──


def signed_up_by_email(api, inbox, email: str, code: str):
    api.post("/login/email/send", email=email)
    return api.post("/login/email/verify", email=email, code=inbox.code(email), referralCode=code)


def test_a_customer_who_takes_another_over_is_not_referred_by_that_one(api, ada, inbox):
    customer_item = ada.registered()["customer"]

    for own in (customer_item["id"], customer_item["referral_code"]):
        assert signed_up_by_email(api, inbox, ada.email, own).status == 400
        api.clock.advance(90)


def test_a_referral_that_is_sent_again_changes_nothing(api, inbox, customer, bob):
    email = new_email()
    first = signed_up_by_email(api, inbox, email, customer.id)
    api.clock.advance(90)
    again = signed_up_by_email(api, inbox, email, bob.id)

    assert (first.status, again.status) == (200, 200)
    referrals = [api.get("/store/my-referrals", headers=person.bearer())["children"] for person in (customer, bob)]
    assert [len(children) for children in referrals] == [1, 0]
    assert email not in str(referrals)


def test_no_take_over_closes_a_circle_of_referrals(api, ada, inbox):
    customer_item = ada.registered()["customer"]
    bob = Person(api, inbox, new_ip())
    bob.sign_up(referral_code=customer_item["id"])

    assert signed_up_by_email(api, inbox, ada.email, bob.id).status == 400


# Of those who have an account, and as many who have none: how many people, over how many days, and how far from a half the area under
# the curve may be. Few samples scatter widely, and a machine's speed is nothing that a run of every test may depend on: at a part of the
# size only something gross shows, like one request more.
PEOPLE, DAYS, TOLERANCE = (25, 40, 0.05) if WHOLE else (8, 4, 0.3)


def test_response_times_do_not_reveal_whether_a_number_has_an_account(api, inbox, part_of, report):
    samples = part_of(2_000, part=2 * PEOPLE * DAYS)
    known = [Person(api, inbox, new_ip()) for _ in range(PEOPLE)]
    for person in known:
        person.sign_up()
    for item in api.table("CodesTable"):  # as TTL does within days; what a sign-in leaves there makes the item longer
        api.engine.clients.dynamodb.delete_item(TableName=api.engine.ids["CodesTable"], Key={"pk": item["pk"]})
    unknown = [Person(api, inbox, new_ip()) for _ in range(PEOPLE)]
    took = {(act, there): [] for act in ("request", "verify") for there in (True, False)}

    for _ in range(1 + DAYS):
        api.clock.advance(86_400)
        people = [(person, True) for person in known] + [(person, False) for person in unknown]
        random.shuffle(people)
        for person, there in people:
            for act, call in (("request", person.request_code), ("verify", lambda person=person: person.verify("000000"))):
                person.ip = new_ip()
                started = time.perf_counter()
                answer = call()
                took[act, there].append(time.perf_counter() - started)
                assert answer.status in (200, 401), answer.text

    for act in ("request", "verify"):
        auc = area_under_curve(*(took[act, there][PEOPLE:] for there in (True, False)))  # the first day warms up
        assert abs(auc - 0.5) <= TOLERANCE
        report(f"{act}, {samples} samples, known or not by time: area under the curve {auc:.3f}")


def area_under_curve(some: list[float], others: list[float]) -> float:
    """The share of pairs in which the one of `some` is the greater: a half if nothing distinguishes them."""
    ranks = {value: rank for rank, value in enumerate(sorted(some + others), 1)}
    return (sum(ranks[value] for value in some) - len(some) * (len(some) + 1) / 2) / (len(some) * len(others))


def test_the_area_under_the_curve_is_a_half_for_alike_and_one_for_apart(engine):
    assert area_under_curve([1, 4, 5, 8], [2, 3, 6, 7]) == 0.5
    assert area_under_curve([5, 6], [1, 2]) == 1
    assert area_under_curve([1, 2], [5, 6]) == 0

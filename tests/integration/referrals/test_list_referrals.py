"""Referred customers: newest first, a page at a time, with masked addresses. A referral is named once, when the account is created."""

import pytest

from customer_auth.customers import referred_customer_items
from tests.harness.engines import ON_BOTH_ENGINES
from tests.harness.people import REGISTER, Person, new_email, new_ip, new_number


@pytest.fixture
def friend(api, inbox):
    """Makes people who sign up by the phone, referred by a code."""

    def sign_up(code: str, **names) -> Person:
        friend = Person(api, inbox, ip="203.0.113.7")
        friend.sign_up(referral_code=code, **names)
        return friend

    return sign_up


@pytest.fixture
def with_code(engine, customer):
    """Gives the customer another referral code in the table."""

    def give(code: str) -> str:
        item = {"pk": {"S": f"referral#{code}"}, "customer_id": {"S": customer.id}, "referrers": {"L": []}}
        engine.clients.dynamodb.put_item(TableName=engine.ids["CustomersTable"], Item=item)
        return code

    return give


def code_of(person: Person) -> str:
    return person.me()["customer"]["referral_code"]


def children(person: Person, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return person.api.get("/store/my-referrals", query=text, headers=person.bearer())


@ON_BOTH_ENGINES
def test_referred_customers_are_shown_with_names_and_masked_addresses(customer, friend):
    grace = friend(code_of(customer), first_name="Grace", last_name="Hopper")

    page = children(customer)

    [child] = page["children"]
    assert (page.status, page["next_cursor"]) == (200, None)
    assert child["customer"]["id"] == grace.id
    assert (child["customer"]["first_name"], child["customer"]["last_name"]) == ("Grace", "Hopper")
    assert child["customer"]["phone"] == f"+1*****{grace.phone[-4:]}"
    assert child["parent_customers_by_level"] == {"1": customer.id}
    assert child["referral_link_id"].startswith("refl_")
    assert grace.phone not in page.text


def test_a_customer_id_is_a_code_too(customer, friend):
    friend(customer.id)

    assert len(children(customer)["children"]) == 1


def test_by_the_sign_in_api_it_is_camel_case(api, customer, inbox):
    email = new_email()
    api.post("/login/email/send", email=email)
    api.post("/login/email/verify", email=email, code=inbox.code(email), referralCode=code_of(customer).lower())

    [child] = children(customer)["children"]
    assert child["customer"]["email"] == f"{email[0]}***@example.com"


def test_by_the_sign_in_api_s_phone_too(api, customer, inbox):
    phone = new_number()
    api.post("/login/mobile/send", phone=phone)
    api.post("/login/mobile/verify", phone=phone, code=inbox.code(phone), referralCode=code_of(customer))

    [child] = children(customer)["children"]
    assert child["customer"]["phone"] == f"+1*****{phone[-4:]}"


@pytest.mark.parametrize(
    "spelled",
    [
        lambda code: f"{code[:4]}-{code[4:8]}\u2013{code[8:]}".lower(),
        lambda code: f"\t\u2068{code[:6]} {code[6:]}\u2069\r\n",
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: code.replace("0", "O").replace("1", "I"),
    ],
    ids=["with dashes", "as pasted", "small letters for digits", "capital letters for digits"],
)
def test_a_referral_code_counts_however_it_is_spelled(customer, friend, with_code, spelled):
    grace = friend(spelled(with_code(f"01{code_of(customer)[2:]}")))

    assert [child["customer"]["id"] for child in children(customer)["children"]] == [grace.id]


def test_an_empty_referral_code_is_none(api, inbox):
    friend, email = Person(api, inbox), new_email()
    friend.sign_up(referral_code=" ")
    api.post("/login/email/send", email=email)

    entered = api.post("/login/email/verify", email=email, code=inbox.code(email), referralCode="")

    assert (entered.status, entered["registered"]) == (200, True)


def test_a_bad_referral_code_is_named_as_it_was_sent(api, inbox):
    phone = new_number()
    api.post("/login/mobile/send", phone=phone)
    refused = api.post("/login/mobile/verify", phone=phone, code=inbox.code(phone), referralCode="7K2M9XQ4R8TD")

    assert (refused.status, refused["errors"][0]["field"]) == (400, "referralCode")


def test_referrers_are_listed_by_level_as_far_as_the_setting_says(setting, customer, friend):
    setting(REFERRAL_LEVELS="3")
    line = [customer]
    for _ in range(5):
        line.append(friend(code_of(line[-1])))

    [last] = children(line[-2])["children"]

    assert last["parent_customers_by_level"] == {"1": line[-2].id, "2": line[-3].id, "3": line[-4].id}


def test_an_unknown_referral_code_is_refused_after_the_proof_which_stays_unused(ada):
    challenge, code = ada.request_and_read_code(REGISTER)

    wrong = ada.verify("000000" if code != "000000" else "000001", REGISTER, challenge=challenge, referral_code="7K2M9XQ4R8TD")
    refused = ada.verify(code, REGISTER, challenge=challenge, referral_code="7K2M9XQ4R8TD")

    assert wrong.status == 401
    assert (refused.status, refused["errors"][0]["field"]) == (400, "referral_code")
    assert ada.verify(code, REGISTER, challenge=challenge).status == 201


@pytest.fixture
def newcomer(api, inbox):
    """Tries to sign up with a referral code; answers the status."""

    def sign_up(code: str) -> int:
        person = Person(api, inbox, ip=new_ip())
        challenge, proof = person.request_and_read_code(REGISTER)
        answer = person.verify(proof, REGISTER, challenge=challenge, referral_code=code)
        if answer.status == 400:
            assert person.verify(proof, REGISTER, challenge=challenge).status == 201
        return answer.status

    return sign_up


@ON_BOTH_ENGINES
def test_a_referrer_s_code_is_valid_until_the_account_goes(api, tables, bob, days, newcomer, customer_item_of):
    code = code_of(bob)
    assert bob.leave().status == 200
    assert [newcomer(name) for name in (code, bob.id)] == [201, 201]
    customer_item_of(bob.id).set("status", {"S": "erasing"})
    assert [newcomer(name) for name in (code, bob.id)] == [201, 201]
    customer_item_of(bob.id).set("status", {"S": "deletion_confirmed"})

    days.pass_by(7)
    assert api.process_deletions()["completed"] == 1

    assert [newcomer(name) for name in (code, bob.id)] == [400, 400]


def test_a_referrer_who_goes_while_somebody_signs_up_is_unknown_and_the_proof_stays_unused(api, wire, bob, newcomer, customer_item_of):
    with wire.before("TransactWriteItems", customer_item_of(bob.id).delete):
        assert newcomer(code_of(bob)) == 400


def test_a_lapsed_customer_refers_nobody_though_the_items_are_still_stored(api, inbox, days, newcomer):
    other = Person(api, inbox, ip=new_ip())
    customer = other.create(other.register()["token"])["customer"]
    assert [newcomer(name) for name in (customer["referral_code"], customer["id"])] == [201, 201]

    days.pass_by(30)

    assert [newcomer(name) for name in (customer["referral_code"], customer["id"])] == [400, 400]


def test_whoever_had_a_session_refers_after_thirty_days_too(setting, api, inbox, days, newcomer):
    setting(REQUIRE_VERIFICATION="false")
    other = Person(api, inbox, ip=new_ip())
    customer = other.create(other.register()["token"])["customer"]
    assert other.log_in().status == 200

    days.pass_by(31)

    assert [newcomer(name) for name in (customer["referral_code"], customer["id"])] == [201, 201]


def test_an_existing_customer_is_referred_by_nobody(customer, bob):
    customer.sign_in()
    challenge, code = customer.request_and_read_code(REGISTER)

    assert customer.verify(code, REGISTER, challenge=challenge, referral_code=code_of(bob)).status == 200
    assert children(bob)["children"] == []


def test_10_000_referred_customers_are_listed_page_by_page_newest_first(api, engine, customer, part_of):
    table, base = engine.ids["CustomersTable"], 1_700_000_000
    ids = [f"cus_{n:024d}" for n in range(part_of(10_000, part=1_000))]
    batch = [{"PutRequest": {"Item": child(each, customer.id, base + n)}} for n, each in enumerate(ids)]
    for start in range(0, len(batch), 25):
        engine.write({table: batch[start : start + 25]})

    seen, cursor, calls = [], None, []
    for _ in range(3):
        page = children(customer, limit=100, **({"cursor": cursor} if cursor else {}))
        seen += [each["customer"]["id"] for each in page["children"]]
        cursor = page["next_cursor"]
        calls.append(page.aws_calls)

    assert seen == ids[::-1][:300]
    assert calls == [("BatchGetItem", "Query")] * 3


def child(customer_id: str, referrer: str, at: int) -> dict:
    text = {"pk": f"customer#{customer_id}", "id": customer_id, "referrer": referrer, "status": "active", "metadata": "{}"}
    item = {name: {"S": value} for name, value in text.items()}
    return item | {"created_at": {"N": str(at)}, "referrers": {"L": [{"S": referrer}]}}


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=WzEsIDJd", "cursor=e30"])
def test_a_bad_page_is_400_by_its_name(api, customer, query):
    refused = api.get("/store/my-referrals", query=query, headers=customer.bearer())

    assert (refused.status, refused["errors"][0]["field"]) == (400, query.partition("=")[0])


def test_a_lapsed_customer_is_listed_no_more(api, customer, inbox):
    other = Person(api, inbox, ip="203.0.113.8")
    other.create(other.register()["token"], referral_code=code_of(customer))
    assert len(children(customer)["children"]) == 1

    api.clock.advance(30 * 86_400)

    assert referred_customer_items.find_page(customer.id, limit=10, after=None) == ([], None)

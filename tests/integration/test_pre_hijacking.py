"""Accounts that an attacker prepared before their owner came ("Pre-hijacked Accounts", Sudhodanan and Paverd, USENIX Security 2022).

The attacker registers an address of somebody else, in each way of that paper that these endpoints offer; then its owner proves it,
in each way there is. From then on nothing that was prepared opens anything.
"""

import pytest

from customer_auth.addresses import phone
from customer_auth.aws import dynamodb
from customer_auth.customers import customers, identity_items
from customer_auth.customers.customers import Names
from tests.harness.browsers import Browser
from tests.harness.people import PASSWORD, Person, new_email, new_ip, new_number

THEIRS = "what the attacker chose"
KEY = "cHJlcGFyZWQtYmVmb3Jl"


@pytest.fixture(autouse=True)
def both_identifiers(setting):
    setting(REGISTRATION_IDENTIFIER="both", LOGIN_IDENTIFIER="both", IP_SENDS_PER_HOUR=0)


@pytest.fixture
def unverified_sign_ins(setting, both_identifiers):
    """Whoever registers is signed in, with nothing verified."""
    setting(REQUIRE_VERIFICATION="false")


class Attacker(Person):
    """Somebody with the owner's email, unverified, and a phone and an email of their own, who saves every token."""

    def __init__(self, api, inbox, owner: Person):
        super().__init__(api, inbox, ip=new_ip())
        self.target = owner.email
        self.registrations: list[str] = []
        self.customer_id: str | None = None

    def prepare(self) -> str:
        token = self.register(THEIRS, email=self.target)["token"]
        self.registrations.append(token)
        return token

    def hijack(self, **fields) -> None:
        """Create a customer with the owner's email, unverified, and their own phone."""
        answer = self.create(self.prepare(), key=KEY, phone=self.phone, **fields)
        assert answer.status == 201, answer.text
        self.customer_id = answer["customer"]["id"]
        self.session = answer.body if answer["token"] else {}


@pytest.fixture
def attacker(api, inbox, ada):
    return Attacker(api, inbox, ada)


def by_a_verification_code(ada):
    """She registers too, and verifies her own customer."""
    customer_id = ada.registered(phone=ada.phone)["customer"]["id"]
    assert ada.prove(customer_id).status == 200
    return ada.log_in()["token"]


def by_a_sign_in_code(ada):
    ada.api.post("/login/email/send", email=ada.email)
    entered = ada.api.post("/login/email/verify", email=ada.email, code=ada.inbox.code(ada.email))
    assert entered.status == 200, entered.text
    return entered["sessionToken"]


def by_a_reset(ada):
    ada.forget_password()
    assert ada.reset(ada.reset_token(), PASSWORD).status == 200
    entered = ada.log_in()
    if entered.body.get("type") == "registration_incomplete":  # there was no customer yet
        assert ada.create(entered["token"], phone=ada.phone).status == 201
        entered = ada.log_in()
    assert entered.status == 200, entered.text
    return entered["token"]


def by_a_reset_of_her_own_registration(ada):
    """A link goes to registered addresses: if nobody has registered hers, she does it herself."""
    ada.register()
    return by_a_reset(ada)


@pytest.fixture(autouse=True)
def ada_at_google(ada, google):
    """Google vouches for her address, and says no names: those that she is shown are an attacker's."""
    ada.google = google
    google.person |= {"email": ada.email, "hd": ada.email.partition("@")[2]}
    google.claims |= dict.fromkeys(("name", "given_name", "family_name"), ...)


def by_google(ada):
    entered = Browser(ada.api).sign_in(ada.google)
    assert entered.status == 200, entered.text
    return entered["sessionToken"]


EVERY_PROOF = pytest.mark.parametrize("prove", [by_a_verification_code, by_a_sign_in_code, by_a_reset, by_google])
UNCLAIMED = [by_a_verification_code, by_a_sign_in_code, by_a_reset_of_her_own_registration, by_google]
EVERY_PROOF_OF_AN_UNCLAIMED_ADDRESS = pytest.mark.parametrize("prove", UNCLAIMED)
# Where an unverified customer has had a session, its address cannot be registered again.
OWNER_S_PROOF = pytest.mark.parametrize("prove", [by_a_sign_in_code, by_a_reset, by_google])


def assert_hers_alone(ada, token: str, attacker) -> None:
    """The account that this token opens is Ada's, shows nothing of the attacker's, and nothing that they saved opens it."""
    shown = ada.me(token)["customer"]
    assert (shown["email"], shown["email_verified"], shown["first_name"], shown["metadata"]) == (ada.email, True, None, {})
    assert shown["phone"] in (None, ada.phone)
    assert attacker.log_in(THEIRS, email=ada.email).status == 401
    assert {attacker.create(registration, phone=attacker.phone).status for registration in attacker.registrations} <= {401, 409}
    assert {attacker.create(registration, key=KEY, phone=attacker.phone).status for registration in attacker.registrations} <= {401, 409}
    if attacker.session:
        assert [attacker.me().status, attacker.refresh().status] == [401, 401]
        assert attacker.api.post("/login/validate", sessionToken=attacker.session["token"]).status == 401
        assert attacker.change_password(THEIRS, old=THEIRS).status == 401
    assert ada.me(token).status == 200
    assert len(ada.api.get("/store/customers/me/sessions", headers=ada.bearer(token))["sessions"]) == 1


def entered_by_phone(attacker) -> dict:
    """The customer that the attacker's own phone opens."""
    attacker.api.clock.advance(90)
    attacker.api.post("/login/mobile/send", phone=attacker.phone)
    entered = attacker.api.post("/login/mobile/verify", phone=attacker.phone, code=attacker.inbox.code(attacker.phone))
    return attacker.me(entered["sessionToken"])["customer"]


# ── classic: the attacker registers first, with a password of theirs ──


@EVERY_PROOF
def test_a_password_chosen_before_the_owner_came_opens_nothing_of_hers(ada, attacker, prove):
    attacker.hijack(first_name="Mallory", metadata={"prepared": True})

    assert_hers_alone(ada, prove(ada), attacker)


@EVERY_PROOF
def test_a_registration_left_open_before_the_owner_came_makes_no_customer_with_her_address(ada, attacker, prove):
    attacker.prepare()

    assert_hers_alone(ada, prove(ada), attacker)


@EVERY_PROOF
def test_a_registration_left_open_before_the_owner_came_is_closed_though_she_makes_no_customer(ada, attacker, prove):
    token = attacker.prepare()
    if prove is by_a_reset:
        ada.forget_password()
        assert ada.reset(ada.reset_token(), PASSWORD).status == 200
    else:
        prove(ada)

    answer = attacker.create(token, phone=attacker.phone, first_name="Mallory")

    assert answer.status in (401, 409), "the attacker makes the customer whose address another has proven"


def test_a_registration_that_its_owner_s_reset_has_proven_signs_nobody_else_in(setting, ada, attacker):
    setting(REGISTRATION_IDENTIFIER="email", LOGIN_IDENTIFIER="email")
    token = attacker.prepare()
    ada.forget_password()
    ada.reset(ada.reset_token(), PASSWORD)

    answer = attacker.create(token, first_name="Mallory")

    assert answer.body.get("token") is None, "the attacker is signed in to the customer whose address another has proven"
    assert answer.status in (401, 409)


@EVERY_PROOF
def test_a_token_for_the_attacker_s_right_password_is_no_better(api, ada, attacker, prove):
    attacker.prepare()
    attacker.registrations.append(attacker.log_in(THEIRS, email=ada.email)["token"])

    assert_hers_alone(ada, prove(ada), attacker)


@EVERY_PROOF_OF_AN_UNCLAIMED_ADDRESS
def test_registering_the_address_again_after_its_owner_has_proven_it_is_refused(ada, attacker, prove):
    token = prove(ada)

    assert attacker.register(THEIRS, email=ada.email)["type"] == "identity_exists"
    assert_hers_alone(ada, token, attacker)


# ── unexpired session: the attacker stays signed in ──


@OWNER_S_PROOF
def test_a_session_begun_before_the_owner_came_ends(unverified_sign_ins, ada, attacker, prove):
    attacker.hijack(first_name="Mallory")
    assert attacker.me().status == 200

    assert_hers_alone(ada, prove(ada), attacker)


@OWNER_S_PROOF
def test_a_session_kept_alive_by_refreshing_ends(api, unverified_sign_ins, ada, attacker, prove):
    attacker.hijack()
    for _ in range(3):
        api.clock.advance(10 * 86_400 // 24)
        renewed = attacker.refresh()
        attacker.session = {"token": renewed["sessionToken"], "refresh_token": renewed["refreshToken"]}

    assert_hers_alone(ada, prove(ada), attacker)


@EVERY_PROOF_OF_AN_UNCLAIMED_ADDRESS
def test_a_session_with_her_unverified_phone_never_shows_it_as_verified(unverified_sign_ins, ada, attacker, prove):
    created = attacker.create(attacker.register(THEIRS, email=attacker.email)["token"], phone=ada.phone)
    token = prove(ada)
    proven = ada.request_contact_change(token=token, phone=ada.phone)
    if proven.status == 200:
        token = ada.change_contact(proven["token"], ada.inbox.code(ada.phone), token=token)["token"]
    else:
        token = ada.prove(ada.me(token)["customer"]["id"], "phone")["token"]

    assert ada.me(token)["customer"]["phone_verified"] is True
    shown = attacker.me(created["token"])["customer"]
    assert (shown["id"], shown["phone_verified"]) == (created["customer"]["id"], False)
    assert attacker.log_in(THEIRS, phone=ada.phone).status == 401


# ── trojan identifier: the attacker leaves an address of theirs in the account ──


@OWNER_S_PROOF
@pytest.mark.parametrize("verification", ["true", "false"])
def test_an_unproven_phone_of_the_attacker_is_not_in_the_account_that_its_owner_takes_over(setting, ada, attacker, prove, verification):
    setting(REQUIRE_VERIFICATION=verification)
    attacker.hijack()

    token = prove(ada)

    shown = ada.me(token)["customer"]
    assert (shown["id"], shown["phone"]) == (attacker.customer_id, None)
    assert entered_by_phone(attacker)["id"] != shown["id"]
    assert attacker.log_in(THEIRS, phone=attacker.phone).status == 401
    assert_hers_alone(ada, token, attacker)


@OWNER_S_PROOF
def test_a_code_sent_to_the_attacker_s_phone_before_verifies_nothing_after(ada, attacker, prove):
    attacker.hijack()
    challenge = attacker.request_verification(attacker.customer_id, "phone")["token"]
    code = attacker.inbox.code(attacker.phone)

    token = prove(ada)

    assert attacker.verify_address(challenge, code).status == 401
    attacker.api.clock.advance(90)
    sent = len(attacker.inbox.of(attacker.phone))
    assert attacker.request_verification(attacker.customer_id, "phone").status == 200
    assert len(attacker.inbox.of(attacker.phone)) == sent
    assert_hers_alone(ada, token, attacker)


@EVERY_PROOF
def test_a_code_for_the_attacker_s_account_is_late_once_the_owner_has_proven_her_address_even_if_she_reveals_it(ada, attacker, prove):
    attacker.hijack()
    challenge = attacker.request_verification(attacker.customer_id)["token"]
    code = ada.inbox.code(ada.email)
    attacker.api.clock.advance(90)

    token = prove(ada)

    assert attacker.verify_address(challenge, code).status in (401, 409)
    assert_hers_alone(ada, token, attacker)


@EVERY_PROOF
def test_an_attacker_who_has_proven_a_phone_keeps_that_account_and_its_owner_gets_one_of_her_own(ada, attacker, prove):
    attacker.hijack()
    attacker.prove(attacker.customer_id, "phone")

    shown = ada.me(prove(ada))["customer"]

    assert (shown["id"] != attacker.customer_id, shown["email_verified"]) == (True, True)
    entered = entered_by_phone(attacker)
    assert (entered["id"], entered["email"] in (None, ada.email), entered["email_verified"]) == (attacker.customer_id, True, False)
    assert attacker.log_in(THEIRS, email=ada.email).status == 401
    assert attacker.log_in(THEIRS, phone=attacker.phone).status == 200
    again = attacker.request_verification(attacker.customer_id, "email")
    assert again.status in (200, 429)


# ── unexpired email change: the attacker has a change under way ──


@OWNER_S_PROOF
@pytest.mark.parametrize("channel", ["email", "phone"])
def test_a_change_of_address_under_way_is_never_carried_out(api, unverified_sign_ins, ada, attacker, prove, channel):
    attacker.hijack()
    to = {"email": new_email()} if channel == "email" else {"phone": new_number()}
    response = attacker.request_contact_change(**to)
    assert response.status == 200, response.text
    code = attacker.inbox.code(next(iter(to.values())))

    token = prove(ada)

    assert attacker.change_contact(response["token"], code).status == 401
    assert attacker.change_contact(response["token"], code, token=entered_session(attacker)).status == 401
    assert_hers_alone(ada, token, attacker)


@EVERY_PROOF_OF_AN_UNCLAIMED_ADDRESS
def test_a_change_to_the_owner_s_address_that_only_she_can_read_gives_the_attacker_nothing(api, unverified_sign_ins, ada, attacker, prove):
    created = attacker.create(attacker.register(THEIRS, email=attacker.email)["token"], phone=attacker.phone)
    attacker.session = created.body
    challenge = attacker.request_contact_change(email=ada.email)["token"]
    its_code = ada.inbox.code(ada.email)
    api.clock.advance(90)

    token = prove(ada)

    late = attacker.change_contact(challenge, its_code)  # even if she were talked into telling it
    assert late.status in (401, 409)
    assert ada.me(token)["customer"]["email_verified"] is True
    assert attacker.me()["customer"]["email"] == attacker.email


# ── non-verifying provider: an account comes with an address that nobody has verified ──


def test_an_account_whose_address_nobody_verified_is_not_joined_with_its_owner_s(api, inbox, unverified_sign_ins, ada, attacker):
    ada.sign_up()
    attacker.hijack(first_name="Mallory")
    assert attacker.me()["customer"]["email"] == ada.email

    response = ada.request_contact_change(email=ada.email)
    changed = ada.change_contact(response["token"], inbox.code(ada.email))

    mine = ada.me(changed["token"])["customer"]
    assert (mine["id"], mine["email"], mine["email_verified"], mine["phone"]) == (ada.id, ada.email, True, ada.phone)
    assert attacker.log_in(THEIRS, email=ada.email).status == 401
    theirs = attacker.me()
    assert theirs.status == 401 or (theirs["customer"]["id"] != ada.id and theirs["customer"]["email"] is None)
    api.clock.advance(90)
    api.post("/login/email/send", email=ada.email)
    assert api.post("/login/email/verify", email=ada.email, code=inbox.code(ada.email))["user"]["userId"] == ada.id


@EVERY_PROOF_OF_AN_UNCLAIMED_ADDRESS
def test_an_account_by_a_provider_that_says_her_address_without_verifying_it_is_never_hers(facebook, browser, ada, attacker, prove):
    theirs = browser.sign_in(facebook, email=ada.email)["user"]

    token = prove(ada)

    assert_hers_alone(ada, token, attacker)
    again = browser.sign_in(facebook, email=ada.email)["user"]
    assert (again["userId"], again["email"]) == (theirs["userId"], None)
    assert ada.me(token)["customer"]["id"] != theirs["userId"]


@EVERY_PROOF
def test_an_account_at_google_that_the_attacker_made_with_her_address_and_never_verified_is_never_hers(browser, ada, attacker, prove):
    """Without `hd` Google is no authority for the address, whatever it says of it."""
    attacker.hijack()
    theirs = browser.sign_in(ada.google, sub="of the attacker", hd=None)["user"]

    assert_hers_alone(ada, prove(ada), attacker)
    again = browser.sign_in(ada.google, sub="of the attacker", hd=None)["user"]
    assert (again["userId"], again["email"]) == (theirs["userId"], None)


@OWNER_S_PROOF
def test_an_account_to_which_the_attacker_has_added_a_provider_is_not_taken_over_and_has_her_address_no_more(
    unverified_sign_ins, facebook, browser, ada, attacker, prove
):
    attacker.hijack()
    added = browser.sign_in(facebook, token=attacker.session["token"])
    assert (added.status, added["user"]["userId"]) == (200, attacker.customer_id)

    shown = ada.me(prove(ada))["customer"]

    assert (shown["id"] != attacker.customer_id, shown["email"], shown["email_verified"]) == (True, ada.email, True)
    assert browser.sign_in(facebook)["user"]["email"] is None
    assert attacker.log_in(THEIRS, email=ada.email).status == 401


def test_a_customer_who_proves_another_address_in_the_moment_of_a_take_over_is_not_taken_over(wire, ada, attacker):
    attacker.hijack()
    challenge = attacker.request_verification(attacker.customer_id, "phone")["token"]
    code = attacker.inbox.code(attacker.phone)

    with wire.before("TransactWriteItems", lambda: attacker.verify_address(challenge, code)):
        token = by_a_sign_in_code(ada)

    assert_hers_alone(ada, token, attacker)
    assert ada.me(token)["customer"]["id"] != attacker.customer_id
    theirs = entered_by_phone(attacker)
    assert (theirs["id"], theirs["email"]) == (attacker.customer_id, None)


# ── resets ──


@EVERY_PROOF
def test_a_reset_that_the_attacker_requested_ends_with_the_owner_s_next_one(api, ada, attacker, prove):
    attacker.hijack()
    attacker.forget_password(email=ada.email)
    api.clock.advance(90)

    token = prove(ada)
    api.clock.advance(90)

    assert attacker.forget_password(email=ada.email).status == 200
    assert attacker.inbox.of(attacker.email) == []
    assert_hers_alone(ada, token, attacker)


def test_a_link_that_the_attacker_requested_ends_with_the_owner_s_reset_though_there_is_no_customer_yet(api, ada, attacker):
    attacker.prepare()
    ada.forget_password()
    device = ada.reset(ada.reset_token(), PASSWORD)["device"]
    api.clock.advance(90)
    attacker.forget_password(email=ada.email)
    of_the_attacker_s_asking = ada.reset_token()
    api.clock.advance(90)
    ada.forget_password(email=ada.email, device=device)

    assert ada.reset(ada.reset_token(), PASSWORD).status == 200
    assert ada.reset(of_the_attacker_s_asking, THEIRS).status == 401


@OWNER_S_PROOF
def test_a_reset_requested_by_the_attacker_s_phone_before_opens_nothing_after(ada, attacker, prove):
    attacker.hijack()
    attacker.forget_password(phone=attacker.phone)
    links = [message for message in attacker.inbox.of(attacker.phone) if "reset-password?token=" in message.body]

    token = prove(ada)

    for _ in links:
        assert attacker.reset(attacker.reset_token(attacker.phone), THEIRS, phone=attacker.phone).status == 401
    assert attacker.log_in(THEIRS, phone=attacker.phone).status == 401
    assert_hers_alone(ada, token, attacker)


def entered_session(attacker) -> str:
    """An access token of the account that the attacker's own email opens."""
    attacker.api.post("/login/email/send", email=attacker.email)
    return attacker.api.post("/login/email/verify", email=attacker.email, code=attacker.inbox.code(attacker.email))["sessionToken"]


def test_no_transaction_gives_a_verified_address_to_somebody_else_whatever_it_has_checked(customer):
    address = phone.parse(customer.phone)
    identity = identity_items.find(address)
    other = customers.new(Names(), address=address)

    with pytest.raises(dynamodb.TransactionFailed):
        dynamodb.transact(identity_items.put_verified(address, other, identity))

    assert identity_items.find(address) == identity
    assert identity.owner == customer.id

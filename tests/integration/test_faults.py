"""Each endpoint, each request that it makes to AWS, each way in which that can fail: nothing half done, and the next call works."""

import json
from collections.abc import Callable
from typing import NamedTuple

import pytest

from customer_auth.base import ids
from customer_auth.sessions import token_families
from customer_auth.tokens import publishable_keys
from local.triggers import Route
from tests.harness import graphql_scenarios, provider_scenarios
from tests.harness.admins import make_admin
from tests.harness.answers import Answer
from tests.harness.engines import ON_DYNAMODB
from tests.harness.faults import Killed
from tests.harness.people import LOGIN, PASSWORD, REGISTER, Person
from tests.harness.permissions import Request, requests
from tests.harness.provider_scenarios import Guest
from tests.harness.service import routes, template
from tests.harness.wire import AwsCall
from tests.harness.world import Tables, World

# moto copies its tables in every transaction: with so many of them it runs out of memory.
pytestmark = ON_DYNAMODB

KEY = {"idempotency-key": provider_scenarios.KEY}
WRITES = ("UpdateItem", "PutItem", "DeleteItem", "TransactWriteItems")


class Mode(NamedTuple):
    """A way in which a call fails. `once`: the SDK's own repeat, or ours, gets through; else every repeat fails too."""

    fault: str
    once: bool = False
    all_operations: bool = False
    writes_only: bool = False

    def __str__(self):
        return "down" if self.all_operations else f"{self.fault}{' once' if self.once else ''}"

    @property
    def killed(self) -> bool:
        return self.fault.startswith("killed")


MODES = [
    *(Mode(fault) for fault in ("error", "throttle", "timeout", "lost", "killed_before", "killed_after")),
    Mode("error", all_operations=True),  # and everything after it
    Mode("lost", once=True),
    Mode("conflict", writes_only=True),
    Mode("conflict", once=True, writes_only=True),
]


class Case(NamedTuple):
    """One combination and its results: the tables before, after the broken call and after the next one."""

    person: Person
    mode: Mode
    nth: int
    calls: tuple
    clean: Answer
    clean_changes: list
    clean_world: World
    tables: Tables
    before: World
    broken: World
    first: Answer | None
    send: Callable[[], Answer]

    def changes(self) -> list:
        """What the broken call changed, the windows, codes and states aside."""
        return lasting(self.broken.changes_since(self.before))


def lasting(changes: list) -> list:
    return [change for change in changes if change[0] not in ("code", "ip", "failures", "attempts", "password", "binding")]


# ── what each kind of endpoint promises when its call was broken ──


def reads(case: Case) -> None:
    """Nothing changes; a repeat gets the same response."""
    assert case.broken == case.before
    assert same(case.send(), case.clean)


def looks_up(case: Case) -> None:
    """It is counted against its client at most once a call, and changes nothing else; a repeat gets the same response."""
    assert case.changes() == []
    assert same(case.send(), case.clean)
    assert case.tables.look().events("ip", "lookup") - case.before.events("ip", "lookup") in (1, 2)


def same(one: Answer, other: Answer) -> bool:
    return (one.status, one.body) == (other.status, other.body)


def requests_a_code(case: Case) -> None:
    """One message at most, and one entry in the window; throttled afterwards if the challenge was stored, though the response was lost."""
    assert case.changes() == []
    is_put = case.broken.events("code", "send") > case.before.events("code", "send")
    if case.first is None or case.first.status == 503:
        done = case.mode.fault in ("lost", "killed_after") and case.nth == len(case.calls) - 1
        assert is_put == done
    else:
        assert is_put

    again = case.send()

    if is_put:
        assert again.status == 429
        assert 1 <= again.retry_after <= 90
    else:
        assert again.status == 200
    after = case.tables.look()
    assert after.events("code", "send") == case.before.events("code", "send") + 1
    assert after.events("ip", "ip") - case.before.events("ip", "ip") in (1, 2)
    if case.mode.fault in ("lost", "killed_after"):
        assert_one_message(case)
    if is_put:
        case.person.api.clock.advance(again.retry_after)
        assert case.send().status == 200


def assert_one_message(case: Case) -> None:
    api, sent = case.person.api, len(case.person.api.wire.sent)
    api.deliver()
    assert [message.to for message in api.wire.sent[sent:]] in ([case.person.phone], [case.person.email])


def enters(case: Case) -> None:
    """A session and its items, or nothing and the proof unused; with the key the next call returns the one session."""
    assert case.changes() in ([], case.clean_changes)
    assert_unused_unless_done(case)

    again = case.send()

    assert again.status == case.clean.status
    assert_one_session(case, again)
    assert not case.tables.look().events("code", "fail")
    if case.first is not None and case.first.status == case.clean.status:
        assert session_of(case.first) == session_of(again)


def enters_without_key(case: Case) -> None:
    """The same, except for a used code, which counts as a wrong one: then the next code request works."""
    assert case.changes() in ([], case.clean_changes)
    assert_unused_unless_done(case)

    again = case.send()

    if case.changes():
        assert again.status == 401
        if case.first is not None and case.first.status == case.clean.status:
            assert_one_session(case, case.first)
        case.person.api.clock.advance(90)
        case.person.sign_in()
    else:
        assert again.status == case.clean.status
        assert_one_session(case, again)


def assert_unused_unless_done(case: Case) -> None:
    if case.changes():
        assert not case.broken.challenges()
        return
    [challenge] = case.broken.challenges()
    attempts = len(challenge["bound"]["M"]) + len(challenge["unbound"]["M"])
    counted = next(nth for nth, call in enumerate(case.calls) if call.operation == "UpdateItem")
    lost = case.nth == counted and case.mode.fault in ("lost", "killed_after")
    no_way_back = case.mode.killed or (case.mode.all_operations and case.calls[case.nth].service == "dynamodb")
    stays = case.nth > counted and no_way_back
    assert attempts == (1 if lost or stays else 0)
    assert case.broken.events("code", "fail") == attempts


def assert_one_session(case: Case, answer: Answer) -> None:
    after = case.tables.look()
    assert lasting(after.changes_since(case.before)) == case.clean_changes
    [session] = [item for place, item in after.items() if place.kind == "session" and place not in case.before]
    assert session_of(answer) == session["sk"]["S"]
    assert answer.body.get("registered") == case.clean.body.get("registered")


def session_of(answer: Answer) -> str:
    token = answer.body.get("token") or answer["sessionToken"]
    return json.loads(ids.from_base64url(token.split(".")[1]))["sid"]


def renews(case: Case) -> None:
    """The same successor, however often and wherever it broke."""
    assert case.changes() in ([], case.clean_changes)
    if case.first is not None and case.first.status == 503:
        assert case.first.retry_after < token_families.GRACE_SECONDS

    again = case.send()

    assert (again.status, again["refreshToken"]) == (200, case.clean["refreshToken"])
    [session] = case.tables.look().kinds("session")
    assert session["generation"]["N"] == "1"


def changes(case: Case) -> None:
    """A success only when it is durable; again, and it is done, once."""
    if case.first is not None and case.first.status == case.clean.status:
        assert case.changes() == case.clean_changes
    assert case.changes() in ([], case.clean_changes)

    assert case.send().status == case.clean.status

    assert lasting(case.tables.look().changes_since(case.before)) == case.clean_changes


def registers(case: Case) -> None:
    """A registration whose token was lost holds nothing: the next one replaces it."""
    assert case.changes() in ([], [("registration", "made")], case.clean_changes)

    again = case.send()

    assert again.status == 201
    after = case.tables.look()
    [identity] = after.kinds("identity")
    assert identity["registration"]["S"] in {item["id"]["S"] for item in after.kinds("registration")}
    assert case.person.create(again["token"]).status == 201


def signs_in(case: Case) -> None:
    """A session or none, and a right password that counts nowhere unless nobody could take it out again."""
    assert case.changes() in ([], case.clean_changes)
    lost = case.mode.fault in ("lost", "killed_after") or case.mode.killed or case.mode.all_operations or case.first.status == 503

    again = case.send()

    assert again.status == 200
    after = case.tables.look()
    assert len(after.kinds("session")) - len(case.before.kinds("session")) == 1 + bool(case.changes())
    for kind, window in (("password", "pass"), ("ip", "ip_pass")):
        assert after.events(kind, window) - case.before.events(kind, window) <= (2 if lost else 0)


def ends_with_its_proof(case: Case) -> None:
    """Done whole or not at all; done, its proof opens nothing more."""
    assert case.changes() in ([], case.clean_changes)

    again = case.send()

    assert again.status == (401 if case.changes() else case.clean.status)
    after = case.tables.look()
    assert lasting(after.changes_since(case.before)) == case.clean_changes
    assert after.events("attempts", "change") == case.clean_world.events("attempts", "change")  # counted once, as there is one notification


def ends(case: Case) -> None:
    """The same, and sessions begun since continue."""
    changes(case)
    assert max(int(item["session_epoch"]["N"]) for item in case.tables.look().kinds("customer")) <= 1


def requests_deletion(case: Case) -> None:
    """The request is stored with its code or not at all; repeated, it is the same one with another code."""
    assert case.changes() in ([], case.clean_changes)
    case.person.api.clock.advance(90)

    assert case.send().status == 200

    assert len(case.tables.look().kinds("deletion")) == 1


def happens_once(case: Case) -> None:
    """Done completely or not at all; with its key it is done once and notified once."""
    assert case.changes() in ([], case.clean_changes)

    again = case.send()

    assert (again.status, again["request"]["status"]) == (case.clean.status, case.clean["request"]["status"])
    assert lasting(case.tables.look().changes_since(case.before)) == case.clean_changes


# ── what sign-ins by providers promise ──


def starts(case: Case) -> None:
    """A pending state or none; a repeat works, to the end."""
    assert case.changes() == []

    again = case.send()

    assert again.status == 200
    signed_in = case.person.providers[provider_of(again)].sign_in(again["authUrl"])
    body = {"code": signed_in.code, "state": signed_in.state, "binding": again["binding"]}
    assert case.person.api.post(f"/login/{provider_of(again)}/exchange", **body).status == 200


def provider_of(started: Answer) -> str:
    return started["message"].partition(" ")[0].lower()


def exchanges(case: Case) -> None:
    """A whole account and session, or nothing: done, the same session with the key; if not, the state may be spent, and another one works.

    It is spent if the provider has accepted its code, or may have: a call whose taking of it was lost, or that died, is nobody's to tell.
    """
    assert case.changes() in ([], case.clean_changes)

    again = case.send()

    if again.status == 503:
        assert not case.changes()
        assert case.mode.killed or case.calls[case.nth].operation == "UpdateItem" or case.mode.all_operations
        case.person.api.clock.advance(30)  # another call may be at work on it
        again = case.send()
    if case.changes() or again.status == case.clean.status:
        assert_same_sign_in(case, again)
    else:
        assert again.status == 401
        assert may_be_spent(case)
        assert_a_new_sign_in_works(case)


def may_be_spent(case: Case) -> bool:
    """Whether the call took the state and had its code accepted, or cannot have put it back."""
    taken = next(nth for nth, call in enumerate(case.calls) if call.operation == "UpdateItem")
    was_lost = case.mode.fault in ("lost", "killed_after") and case.nth == taken
    no_way_back = case.nth > taken and (case.mode.killed or case.mode.all_operations)
    return was_lost or no_way_back or not codes_of(case)


def codes_of(case: Case) -> dict:
    return {code: about for provider in case.person.providers.values() for code, about in provider.codes.items()}


def assert_same_sign_in(case: Case, answer: Answer) -> None:
    assert answer.status == case.clean.status
    assert_one_session(case, answer)
    if case.first is not None and case.first.status == case.clean.status:
        assert session_of(case.first) == session_of(answer)


def assert_a_new_sign_in_works(case: Case) -> None:
    guest, kind = case.person, case.clean["message"].partition(" ")[0].lower()
    answer = guest.browser.sign_in(guest.providers[kind])
    assert answer.status == 200
    assert answer["registered"] is case.clean["registered"] or case.clean["registered"] is False


def removes(case: Case) -> None:
    """Done whole or not at all, with one notification; done, there is nothing left to remove."""
    assert case.changes() in ([], case.clean_changes)

    assert case.send().status == (404 if case.changes() else case.clean.status)

    assert lasting(case.tables.look().changes_since(case.before)) == case.clean_changes


def handles_a_demand(case: Case) -> None:
    """The same demand has the same code, and is carried out once, though it may be done before that is on record."""
    assert set(case.changes()) <= set(case.clean_changes)

    again = case.send()

    assert same(again, case.clean)
    assert lasting(case.tables.look().changes_since(case.before)) == case.clean_changes


# ── what GraphQL promises beyond that ──


def proves(case: Case) -> None:
    """A kept number, or nothing and the code unused; with the key the next call succeeds, and it is kept once."""
    assert case.changes() in ([], case.clean_changes)
    assert_unused_unless_done(case)

    again = case.send()

    assert (again.status, again["phone_verified"]) == (200, True)
    after = case.tables.look()
    assert lasting(after.changes_since(case.before)) == case.clean_changes
    assert not after.events("code", "fail")


def creates(case: Case) -> None:
    """A whole customer or none. What was given holds nothing, so the next call creates one in any case."""
    assert case.changes() in ([], case.clean_changes)

    assert case.send().status == 200

    [identity] = case.tables.look().kinds("identity")
    assert "proven_at" not in identity


def ends_itself(case: Case) -> None:
    """Done or not; done, its token ends nothing more."""
    assert case.changes() in ([], case.clean_changes)

    assert case.send().status == (401 if case.changes() else 200)

    assert lasting(case.tables.look().changes_since(case.before)) == case.clean_changes


# ── each endpoint's successes ──


def to_leave(person: Person) -> dict:
    response = signed_up(person).request_deletion()
    return {"token": response["token"], "code": person.inbox.code(person.phone), "headers": KEY}


def to_cancel(person: Person) -> dict:
    assert signed_up(person).leave().status == 200
    person.inbox.of(person.phone)
    person.api.clock.advance(90)
    response = person.request_cancellation()
    return {"token": response["token"], "code": person.inbox.code(person.phone), "headers": KEY}


def leaving(person: Person) -> Person:
    assert signed_up(person).leave().status == 200
    person.inbox.of(person.phone)
    person.api.clock.advance(90)
    return person


def as_admin(person: Person) -> dict:
    make_admin(person.api.engine, signed_up(person).id)
    return person.bearer()


def by_register(person: Person) -> dict:
    challenge, code = person.request_and_read_code(REGISTER)
    return {"phone": person.phone, "code": code, "challenge": challenge, "headers": KEY}


def by_login(person: Person) -> dict:
    person.sign_up()
    challenge, code = person.request_and_read_code(LOGIN)
    return {"phone": person.phone, "code": code, "challenge": challenge, "headers": KEY}


def by_mobile(person: Person) -> dict:
    response = person.api.post("/login/mobile/send", ip=person.ip, phone=person.phone)
    return {"phone": person.phone, "code": person.inbox.code(person.phone), "challenge": response["challenge"], "headers": KEY}


def by_email(person: Person) -> dict:
    response = person.api.post("/login/email/send", ip=person.ip, email=person.email)
    return {"email": person.email, "code": person.inbox.code(person.email), "challenge": response["challenge"], "headers": KEY}


def signed_up_by_email(person: Person) -> Person:
    assert person.api.post("/login/email/verify", ip=person.ip, **by_email(person))["registered"]
    person.api.clock.advance(90)
    return person


def signed_up(person: Person) -> Person:
    person.sign_up()
    return person


def without(name: str, arguments: dict) -> dict:
    return {key: value for key, value in arguments.items() if key != name}


def to_resend(person: Person, flow: str) -> dict:
    challenge, _ = person.request_and_read_code(flow)
    person.api.clock.advance(90)
    return {"phone": person.phone, "challenge": challenge}


def refresh_token(person: Person) -> dict:
    return {"refreshToken": signed_up(person).session["refresh_token"]}


def bearer(person: Person) -> dict:
    return {"headers": {"authorization": f"Bearer {signed_up(person).session['token']}"}}


def storefront() -> dict:
    return {"x-publishable-api-key": publishable_keys.create("the shop", [])}


def another_session(person: Person) -> dict:
    first = json.loads(ids.from_base64url(signed_up(person).session["token"].split(".")[1]))["sid"]
    person.sign_in()
    return {"headers": {"authorization": f"Bearer {person.session['token']}"}, "parameters": {"sid": first}}


def member(person: Person) -> Person:
    """With a verified email and a password."""
    person.member()
    person.api.clock.advance(90)
    return person


def by_reset(person: Person) -> dict:
    member(person).forget_password()
    headers = {"authorization": f"Bearer {person.reset_token()}"} | KEY
    return {"headers": headers, "email": person.email, "password": "a better horse and battery"}


def by_old_password(person: Person) -> dict:
    new = "a better horse and battery"
    return {"headers": member(person).bearer(), "old_password": PASSWORD, "new_password": new, "confirm_password": new}


def by_verification(person: Person) -> dict:
    response = person.request_verification(person.registered()["customer"]["id"])
    return {"token": response["token"], "code": person.inbox.code(person.email), "headers": KEY}


def by_contact(person: Person) -> dict:
    response = signed_up(person).request_contact_change(email=person.email)
    return {"token": response["token"], "code": person.inbox.code(person.email), "headers": KEY | person.bearer()}


class Scenario(NamedTuple):
    """A success of an endpoint: the request's arguments after the person's preparation, and what it promises."""

    name: str
    prepare: Callable[[Person], dict]
    promise: Callable[[Case], None]


# By logical id, or by route where a function has several; an endpoint that is new in the template fails until it has its own.
SCENARIOS: dict[str, list[Scenario]] = {
    "RequestRegisterCode": [Scenario("a new number", lambda person: {"phone": person.phone}, requests_a_code)],
    "ResendRegisterCode": [Scenario("a new number", lambda person: to_resend(person, REGISTER), requests_a_code)],
    "VerifyRegisterCode": [
        Scenario("a new number", by_register, enters),
        Scenario("a customer's number", lambda person: by_register(signed_up(person)), enters),
        Scenario("without a key", lambda person: without("headers", by_register(person)), enters_without_key),
    ],
    "RequestLoginCode": [
        Scenario("a customer", lambda person: {"phone": signed_up(person).phone}, requests_a_code),
        Scenario("a known device", lambda person: {"phone": signed_up(person).phone, "device": person.device}, requests_a_code),
    ],
    "ResendLoginCode": [Scenario("a customer", lambda person: to_resend(signed_up(person), LOGIN), requests_a_code)],
    "VerifyLoginCode": [
        Scenario("a customer", by_login, enters),
        Scenario("without a challenge", lambda person: without("challenge", by_login(person)), enters),
        Scenario("without either", lambda person: without("headers", without("challenge", by_login(person))), enters_without_key),
    ],
    "SignInByPhone": [Scenario("a customer", lambda person: by_login(person) | {"headers": KEY | storefront()}, enters)],
    "SendEmailCode": [Scenario("a new address", lambda person: {"email": person.email}, requests_a_code)],
    "VerifyEmailCode": [
        Scenario("a new address", by_email, enters),
        Scenario("a customer's address", lambda person: by_email(signed_up_by_email(person)), enters),
    ],
    "SendMobileCode": [Scenario("a new number", lambda person: {"phone": person.phone}, requests_a_code)],
    "VerifyMobileCode": [
        Scenario("a new number", by_mobile, enters),
        Scenario("a customer's number", lambda person: by_mobile(signed_up(person)), enters),
    ],
    "RegisterPassword": [Scenario("a new address", lambda person: {"email": person.email, "password": PASSWORD}, registers)],
    "SignInByPassword": [Scenario("a member", lambda person: {"email": member(person).email, "password": PASSWORD}, signs_in)],
    "SendPasswordReset": [Scenario("a member", lambda person: {"email": member(person).email}, requests_a_code)],
    "ResetPassword": [Scenario("a member", by_reset, changes)],
    "ChangePassword": [Scenario("a member", by_old_password, ends_with_its_proof)],
    "CreateCustomer": [
        Scenario(
            "a registration",
            lambda person: {"headers": {"authorization": f"Bearer {person.register()['token']}"}, "first_name": "Ada"},
            ends_with_its_proof,
        )
    ],
    "SendVerificationCode": [
        Scenario(
            "a claim",
            lambda person: {"customer_id": person.registered()["customer"]["id"], "type": "email_verification"},
            requests_a_code,
        )
    ],
    "VerifyAddress": [Scenario("a claim", by_verification, enters)],
    "RequestContactChange": [
        Scenario("a new email", lambda person: {"headers": signed_up(person).bearer(), "email": person.email}, requests_a_code)
    ],
    "ChangeContact": [Scenario("a new email", by_contact, enters)],
    "RequestDeletion": [
        Scenario("a customer", lambda person: {"headers": signed_up(person).bearer(), "reason": "moved"}, requests_deletion)
    ],
    "ConfirmDeletion": [Scenario("a customer", to_leave, happens_once)],
    "RequestCancellation": [Scenario("who is leaving", lambda person: {"phone": leaving(person).phone}, requests_a_code)],
    "CancelDeletion": [Scenario("who is leaving", to_cancel, happens_once)],
    "ListDeletionRequests": [Scenario("an administrator", lambda person: {"headers": as_admin(person)}, reads)],
    "GetCosts": [Scenario("an administrator", lambda person: {"headers": as_admin(person)}, reads)],
    "ExportCustomer": [Scenario("a customer", bearer, reads)],
    "ListReferrals": [Scenario("a customer", bearer, reads)],
    "ValidateSession": [Scenario("a session", lambda person: {"sessionToken": signed_up(person).session["token"]}, reads)],
    "RefreshSession": [Scenario("a session", refresh_token, renews)],
    "EndSession": [
        Scenario("one session", refresh_token, ends),
        Scenario("everywhere", lambda person: refresh_token(person) | {"everywhere": True}, ends),
    ],
    "GetCustomer": [Scenario("a customer", bearer, reads)],
    "UpdateCustomer": [
        Scenario("a name", lambda person: bearer(person) | {"first_name": "Augusta"}, changes),
        Scenario("metadata", lambda person: bearer(person) | {"metadata": {"size": 38}}, changes),
    ],
    "LookUpPhone": [
        Scenario("a customer", lambda person: {"headers": storefront(), "parameters": {"phone": signed_up(person).phone}}, looks_up)
    ],
    "ListSessions": [Scenario("a customer", bearer, reads)],
    "RevokeSession": [Scenario("another session", another_session, changes)],
    "GetDelivery": [
        Scenario("a new number", lambda person: {"parameters": {"challenge": person.request_code(REGISTER)["challenge"]}}, reads)
    ],
    "StartProviderSignIn": [Scenario(kind, provider_scenarios.to_start(kind), starts) for kind in ("google", "facebook")],
    "ExchangeProviderCode": [
        Scenario("a new customer by apple", provider_scenarios.to_exchange("apple"), exchanges),
        Scenario("a new customer by google", provider_scenarios.to_exchange("google"), exchanges),
        Scenario("a new customer by facebook", provider_scenarios.to_exchange("facebook"), exchanges),
        Scenario("a customer by google", provider_scenarios.to_exchange("google", linked=True), exchanges),
        Scenario("a customer who adds apple", provider_scenarios.to_link("apple"), exchanges),
    ],
    "ReceiveAppleResponse": [Scenario("with names", provider_scenarios.apples_form, changes)],
    "ListIdentities": [Scenario("a customer", provider_scenarios.linked, reads)],
    "RemoveIdentity": [Scenario("one of two ways in", provider_scenarios.to_remove, removes)],
    "ReceiveGoogleNotification": [
        Scenario("a disabled account", provider_scenarios.googles_event("account-disabled"), ends),
        Scenario("ended sessions", provider_scenarios.googles_event("sessions-revoked"), ends),
    ],
    "ReceiveAppleNotification": [Scenario("revoked consent", provider_scenarios.apples_event("consent-revoked"), ends)],
    "RequestFacebookDataDeletion": [
        Scenario("the only way in", provider_scenarios.facebooks_demand(only_way_in=True), handles_a_demand),
        Scenario("one of two ways in", provider_scenarios.facebooks_demand(only_way_in=False), handles_a_demand),
    ],
    "GetFacebookDataDeletion": [Scenario("a demand", provider_scenarios.carried_out, reads)],
    "ExecuteGraphql": [
        Scenario("a guest who asks", graphql_scenarios.to_ask, requests_a_code),
        Scenario("a customer who asks", graphql_scenarios.to_ask_as_customer, requests_a_code),
        Scenario("a guest who verifies", graphql_scenarios.to_verify, proves),
        Scenario("a customer who verifies", graphql_scenarios.to_verify_as_customer, enters),
        Scenario("a guest who signs up", graphql_scenarios.to_create, ends_with_its_proof),
        Scenario("a guest who signs up with a key", graphql_scenarios.to_create_with_key, changes),
        Scenario("a guest who signs up without a number", graphql_scenarios.to_create_without_number, creates),
        Scenario("a member who signs in", graphql_scenarios.to_sign_in, signs_in),
        Scenario("a customer who signs out", graphql_scenarios.to_sign_out, ends_itself),
        Scenario("a customer", graphql_scenarios.to_see_oneself, reads),
    ],
    "GET /graphql": [Scenario("a guest who waits", graphql_scenarios.to_see_the_status, reads)],
    "GET /graphql/schema": [Scenario("the schema", lambda _: {}, reads)],
    "GetJwks": [Scenario("anybody", lambda _: {}, reads)],
    "GetOpenidConfiguration": [Scenario("anybody", lambda _: {}, reads)],
    "GetOpenapi": [Scenario("anybody", lambda _: {}, reads)],
    "CheckHealth": [Scenario("anybody", lambda _: {}, reads)],
}


def nothing() -> None:
    """What most calls leave behind elsewhere than in the tables."""


def endpoints_and_scenarios() -> list:
    """Every scenario in a warm container; for the first of each endpoint also a cold container's requests for its secrets and keys."""
    return [
        pytest.param(Route(*route), scenario, temperature, id=f"{function}-{name(scenario, route[0])}-{temperature}")
        for route, function in routes().items()
        for nth, scenario in enumerate(SCENARIOS.get(" ".join(route)) or SCENARIOS.get(function, [None]))
        for temperature in (["warm"] if nth else ["cold", "warm"])
    ]


def name(scenario: Scenario | None, method: str) -> str:
    return ("by head " * (method == "HEAD") + (scenario.name if scenario else "has no scenario")).replace(" ", "-")


# ── every combination ──


@pytest.fixture
def person(request, ada, inbox, route):
    """Whoever makes the call; with accounts at providers where it is about those."""
    function = template().functions[routes()[route]]
    return Guest(ada.api, inbox, request.getfixturevalue("all_set_up")) if function.code.name == "social" else ada


@pytest.mark.parametrize(("route", "scenario", "temperature"), endpoints_and_scenarios())
def test_whatever_breaks_nothing_is_half_done_and_the_next_call_works(person, tables, combinations, *, route, scenario, temperature):
    assert scenario, f"{route} needs a scenario in SCENARIOS"
    api, wire = person.api, person.api.wire
    arguments = scenario.prepare(person)
    parameters, again = arguments.pop("parameters", {}), arguments.pop("again", nothing)
    before, at = tables.look(), api.clock.offset

    def send() -> Answer:
        answer = api.request(route.method, route.path.format(**parameters), ip=person.ip, **arguments)
        return graphql_scenarios.as_rest_would(answer) if route == ("POST", "/graphql") else answer

    def start(*, cold: bool = temperature == "cold") -> None:
        tables.put_back(before)
        api.clock.offset = at
        again()
        if cold:
            api.restart()

    send()  # so that a warm one is warm
    start(cold=False)
    since = len(wire.calls)
    send()
    warm_calls = wire.calls[since:]
    start()
    since = len(wire.calls)
    clean = send()
    calls = tuple(wire.calls[since:])
    assert clean.status in (200, 201, 202, 204, 303), clean.text
    clean_world = tables.look()
    clean_changes = lasting(clean_world.changes_since(before))

    failures = []
    for nth, call in enumerate(calls):
        if temperature == "cold" and question(call) in map(question, warm_calls):
            continue
        for mode in MODES:
            if mode.writes_only and call.operation not in WRITES:
                continue
            start()
            first = broken_at(api, send, calls, nth, mode)
            if first is None and temperature == "cold":
                api.restart()
            case = Case(person, mode, nth, calls, clean, clean_changes, clean_world, tables, before, tables.look(), first, send)
            try:
                assert_notified(case)
                scenario.promise(case)
            except (AssertionError, LookupError) as wrong:
                failures.append(f"{nth + 1}. {call.service} {call.operation}, {mode}: {first and first.status} {wrong!r}"[:600])
            combinations[temperature] += 1

    assert not failures, "\n".join(failures)


def question(call: AwsCall) -> set[Request]:
    """The shape of a request, without its values."""
    return requests(call.function, call.service, call.operation, call.parameters)


def broken_at(api, send: Callable[[], Answer], calls: tuple, nth: int, mode: Mode) -> Answer | None:
    """The response to a call whose nth request to AWS fails, or None if it was killed there."""
    struck = calls[nth]
    alike = [
        call for call in calls[: nth + 1] if call.service == struck.service and (mode.all_operations or call.operation == struck.operation)
    ]
    operation = "*" if mode.all_operations else struck.operation
    with api.wire.broken(operation, mode.fault, service=struck.service, nth=len(alike), times=1 if mode.once else 1_000) as fault:
        try:
            return send()
        except Killed:
            return None
        finally:
            assert fault.times < (1 if mode.once else 1_000), "the fault never struck"


def assert_notified(case: Case) -> None:
    """Never a false 401: 503 with Retry-After where no repeat got through, else the true answer."""
    if case.mode.killed:
        assert case.first is None
    elif case.mode.once:
        assert case.first.status == case.clean.status
    else:
        assert case.first.status == 503
        assert case.first.retry_after >= 1
        assert case.first.body.get("type", "unavailable") == "unavailable"

"""Ownership: whatever two people and an attacker do, in any order, an address and everything tied to it belong to its owner.

Everyone reads only the messages to their own phone and email addresses. The attacker knows the others' addresses and customer ids,
and uses them wherever one can be sent. At Google everyone has an account with their own email, for which Google vouches; at Facebook, which
vouches for nothing, one that says any email.
"""

import re
from dataclasses import dataclass, field

import jwt
import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from customer_auth.aws import keys
from tests.harness.attacks import WHOLE
from tests.harness.browsers import Browser
from tests.harness.people import LOGIN, REGISTER, Person, new_email, new_ip
from tests.harness.walks import DRAWN, recent

PEOPLE = ("ada", "bob", "mallory")
HONEST = PEOPLE[:2]
PASSWORDS = {name: f"the words that {name} chose" for name in PEOPLE}
KINDS = ("email", "phone", "other")  # everybody has a phone and two email addresses
ROUTES = {  # for which a code is requested and verified
    "email": [("/login/email/send", "/login/email/verify")],
    "phone": [("/login/mobile/send", "/login/mobile/verify")]
    + [(f"{flow}/request-otp", f"{flow}/verify-otp") for flow in (LOGIN, REGISTER)],
}
SECRET = re.compile(r"(?<=token=)[\w-]{87}(?=&)|(?<!\w)\d{6}(?!\w)")  # in a message: a reset's token or a code
RESEND_SECONDS = 30
TOKEN_SECONDS = 15 * 60  # an access token's life, and a reset's
WAITS = (61, 5 * 60 + 1, 10 * 60 + 1, TOKEN_SECONDS + 1, 31 * 60, 86_400, 15 * 86_400, 31 * 86_400)
ROOMY = {
    "IP_SENDS_PER_HOUR": 0,
    "IP_PASSWORD_FAILURES_PER_QUARTER_HOUR": 0,
    "RESEND_THROTTLE_SECONDS": RESEND_SECONDS,
    "SENDS_PER_HOUR": 20,
    "SENDS_PER_DAY": 60,
    "PASSWORD_FAILURES_PER_QUARTER_HOUR": 20,
    "PASSWORD_FAILURES_PER_DAY": 60,
}
STEPS = 25


class Client(Person):
    """Somebody who comes from another network each time."""

    ip = property(lambda _: new_ip(), lambda _, __: None)


@dataclass
class Session:
    """The tokens of a sign-in."""

    owner: str
    token: str
    refresh_token: str
    begun_at: float
    customer: str | None = None
    proven: bool = False  # it shows an address that its owner has proven


@dataclass
class Sent:
    """A code, or the token of a link, in its owner's hands, with the challenge in the requester's hands."""

    requester: str
    address: str
    purpose: str
    secret: str
    sent_at: float
    challenge: str = ""
    route: str = ""
    spoiled: bool = False  # its owner did something since that may have ended it


@dataclass
class Belongings:
    """What somebody has saved."""

    sessions: list[Session] = field(default_factory=list)
    registrations: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    device: str | None = None


def _owner(name: str) -> str:
    return name.partition(".")[0]


whose = st.sampled_from(["ada", "mallory", "ada", "mallory", "bob"])
nth = st.integers(0, 2)  # from the newest
# An email is what a registration begins with, so most of it is about one.
NAMES = ["ada.email"] * 6 + ["ada.phone", "mallory.phone"] * 2 + ["ada.other", "mallory.email", "bob.phone"]
addresses = st.sampled_from(NAMES)
# Who acts, and on which address: the attacker on anybody's, the others on their own.
acts = addresses.flatmap(lambda name: st.tuples(st.sampled_from(["mallory", _owner(name)]), st.just(name)))
mailboxes = acts.filter(lambda act: not act[1].endswith("phone"))
phones = acts.filter(lambda act: act[1].endswith("phone"))
kinds = st.sampled_from(["google", "facebook"])


def _anyone_signed_in(machine) -> bool:
    return any(has.sessions for has in machine.has.values())


def _anyone_registered(machine) -> bool:
    return any(has.customers for has in machine.has.values())


class Ownership(RuleBasedStateMachine):
    def __init__(self, api, inbox, start_over, providers):
        super().__init__()
        start_over()
        self.api, self.inbox, self.providers = api, inbox, providers
        self.browsers = {name: Browser(api) for name in PEOPLE}
        self.people = {name: Client(api, inbox) for name in PEOPLE}
        for person in self.people.values():
            person.other = new_email()
        self.values = {f"{name}.{kind}": getattr(person, kind) for name, person in self.people.items() for kind in KINDS}
        self.names = {value: name for name, value in self.values.items()}
        self.has = {name: Belongings() for name in PEOPLE}
        self.sent: list[Sent] = []
        self.actor, self.done = "", False  # who acted last, and whether that has changed anything
        self.verified: dict[str, str] = {}  # address → customer, of all
        self.signs_in: set[str] = set()  # the addresses with which their owner's password opens something
        self.registered: set[str] = set()  # the addresses for which the attacker has chosen a password
        self.leaving: set[str] = set()  # all customers whose deletion is confirmed

    # ── requesting and reading codes ──

    @rule(act=acts, purpose=st.sampled_from(["sign_in", "reset"]), route=nth, known=st.booleans())
    def request_code(self, act, purpose, route, known):
        who, name = act
        routes = ROUTES[_channel(name)]
        path, verify = routes[route % len(routes)] if purpose == "sign_in" else ("/auth/customer/emailpass/reset-password", "")
        self._request_code(who, name, purpose, lambda to: self.api.post(path, ip=new_ip(), **to, **self._device(who, known=known)), verify)

    @precondition(_anyone_registered)
    @rule(who=whose, customer=st.integers(0, 5), channel=st.sampled_from(["email", "phone"]))
    def request_verification(self, who, customer, channel):
        known = self.has[who].customers if who in HONEST else [each for name in PEOPLE for each in self.has[name].customers]
        if known:
            customer_id = recent(known, customer)
            self._request_code(who, None, "verification", lambda _: self.people[who].request_verification(customer_id, channel))

    @precondition(_anyone_signed_in)
    @rule(act=acts, session=nth)
    def request_contact_change(self, act, session):
        who, name = act
        if mine := self.has[who].sessions:
            token = recent(mine, session).token
            self._request_code(who, name, "contact", lambda to: self.people[who].request_contact_change(token=token, **to))

    @precondition(_anyone_signed_in)
    @rule(who=whose, session=nth)
    def request_deletion(self, who, session):
        """Confirmed by a code if an address is verified, else immediately."""
        if mine := self.has[who].sessions:
            token = recent(mine, session).token
            self._request_code(who, None, "deletion", lambda _: self.people[who].request_deletion(token=token))

    @precondition(lambda self: self.leaving)
    @rule(act=acts)
    def request_cancellation(self, act):
        who, name = act
        self._request_code(who, name, "cancellation", lambda to: self.people[who].request_cancellation(**to))

    # ── proving ──

    @precondition(lambda self: self.sent)
    @rule(who=whose, sent=nth, bound=st.booleans(), session=nth)
    def prove(self, who, sent, bound, session):
        """With a code or link to one's own phone or email, requested by oneself if it needs a challenge."""
        read = [each for each in self.sent if each.address.startswith(who)]
        usable = [each for each in read if each.requester == who or each.purpose in ("sign_in", "reset")]
        self.actor, self.done = who, False
        if usable:
            chosen = recent(usable, sent)
            note(f"{who} uses what {chosen.requester} requested: {chosen.purpose} of {chosen.address}")
            proofs = {
                "sign_in": self._sign_in,
                "verification": self._verify,
                "contact": self._change,
                "reset": self._reset,
                "deletion": self._leave,
                "cancellation": self._cancel_deletion,
            }
            proofs[chosen.purpose](who, chosen, bound=bound, session=session)

    @rule(name=addresses, purpose=st.sampled_from(["sign_in", "reset"]), route=nth)
    def prove_at_once(self, name, purpose, route):
        owner, before = _owner(name), len(self.sent)
        self.request_code((owner, name), purpose, route, known=False)
        for sent in self.sent[before:]:
            answer = (self._sign_in if purpose == "sign_in" else self._reset)(owner, sent, bound=True)
            opens = answer.status in (200, 201) or self._is_leaving(name, answer)
            assert opens, f"a proof of just now opens nothing: {answer.text}"
        if owner in HONEST and self.done:
            self.what_is_proven_is_its_owner_s()
            self.the_attacker_uses_everything()

    @precondition(_anyone_registered)
    @rule(who=whose, customer=nth, channel=st.sampled_from(["email", "phone"]))
    def verify_at_once(self, who, customer, channel):
        before = len(self.sent)
        self.request_verification(who, customer, channel)
        for sent in self.sent[before:]:
            if sent.address.startswith(who):
                self._verify(who, sent)
        if who in HONEST and self.done:
            self.what_is_proven_is_its_owner_s()
            self.the_attacker_uses_everything()

    @precondition(_anyone_signed_in)
    @rule(who=whose, session=nth, stays=st.booleans())
    def leave_at_once(self, who, session, stays):
        who = who if self.has[who].sessions else next(name for name in PEOPLE if self.has[name].sessions)
        self.use_session(who, session, "refresh")
        before = len(self.sent)
        self.request_deletion(who, 0)
        for sent in [each for each in self.sent[before:] if each.address.startswith(who)]:
            self._leave(who, sent)
            if self.done:
                self.what_is_proven_is_its_owner_s()
                self.the_attacker_uses_everything()
                if stays:
                    self.request_cancellation((who, sent.address))
                    self._cancel_deletion(who, self.sent[-1])

    def _sign_in(self, who, sent, *, bound, **_):
        challenge = {"challenge": sent.challenge} if bound and sent.requester == who else {}
        answer = self.api.post(sent.route, ip=new_ip(), code=sent.secret, **self._to(sent.address), **challenge)
        if self._did(who, answer):
            self._begin(who, answer, sent.address)
        return answer

    def _verify(self, who, sent, **_):
        answer = self.people[who].verify_address(sent.challenge, sent.secret)
        if self._did(who, answer) and answer["token"]:
            self._begin(who, answer, sent.address)

    def _change(self, who, sent, *, session, **_):
        if self.has[who].sessions:
            token = recent(self.has[who].sessions, session).token
            answer = self.people[who].change_contact(sent.challenge, sent.secret, token=token)
            if self._did(who, answer):
                self._begin(who, answer, sent.address)

    def _reset(self, who, sent, **_):
        newest = sent is [each for each in self.sent if (each.purpose, each.address) == ("reset", sent.address)][-1]
        fresh = not sent.spoiled and self.api.clock.now() < sent.sent_at + TOKEN_SECONDS
        answer = self.people[who].reset(sent.secret, PASSWORDS[who], **self._to(sent.address))
        opens = answer.status == 200 or self._is_leaving(sent.address, answer)
        assert opens or not (newest and fresh), f"the newest link opens nothing: {answer.text}"
        if self._did(who, answer):
            self.has[who].device = answer["device"] or self.has[who].device
        return answer

    def _leave(self, who, sent, **_):
        self._did(who, self.people[who].confirm_deletion(sent.challenge, sent.secret))

    def _cancel_deletion(self, who, sent, **_):
        self._did(who, self.people[who].cancel_deletion(sent.challenge, sent.secret))

    # ── passwords ──

    @rule(act=mailboxes)
    def register(self, act):
        who, name = act
        answer = self.people[who].register(PASSWORDS[who], email=self.values[name])
        self._noted(who, name)
        if self._did(who, answer):
            self.has[who].registrations.append(answer["token"])

    @rule(act=mailboxes, phone=addresses)
    def register_and_create_customer(self, act, phone):
        self.register(act)
        if self.done:
            self.create_customer(act[0], 0, phone)

    @precondition(lambda self: any(has.registrations for has in self.has.values()))
    @rule(who=whose, registration=nth, phone=addresses)
    def create_customer(self, who, registration, phone):
        if mine := self.has[who].registrations:
            name = f"{phone.split('.')[0] if who == 'mallory' else who}.phone"
            answer = self.people[who].create(recent(mine, registration), phone=self.values[name])
            self._noted(who, name)
            if self._did(who, answer):
                self.has[who].customers.append(answer["customer"]["id"])
                if answer["token"]:
                    self._begin(who, answer)

    @rule(act=acts, known=st.booleans())
    def log_in(self, act, known):
        who, name = act
        answer = self.people[who].log_in(PASSWORDS[who], **self._to(name), **self._device(who, known=known))
        if self._did(who, answer):
            self._begin(who, answer)
        elif answer.body.get("token"):
            self.has[who].registrations.append(answer["token"])

    @precondition(lambda self: self.verified)
    @rule(name=addresses)
    def enter_a_wrong_code(self, name):
        _, verify = ROUTES[_channel(name)][0]
        self._did("mallory", self.api.post(verify, ip=new_ip(), code="000000x", **self._to(name)))

    # ── providers ──

    @rule(who=whose, kind=kinds, says=addresses)
    def sign_in_by_provider(self, who, kind, says):
        self._enter_by_provider(who, kind, says)

    @precondition(_anyone_signed_in)
    @rule(who=whose, kind=kinds, says=addresses, session=nth)
    def add_provider(self, who, kind, says, session):
        if mine := self.has[who].sessions:
            self._enter_by_provider(who, kind, says, token=recent(mine, session).token)

    @precondition(_anyone_signed_in)
    @rule(who=whose, kind=kinds, session=nth)
    def remove_provider(self, who, kind, session):
        if mine := self.has[who].sessions:
            headers = self.people[who].bearer(recent(mine, session).token)
            self._did(who, self.api.request("DELETE", f"/store/customers/me/identities/{kind}", headers=headers))

    def _enter_by_provider(self, who, kind, says, *, token=None):
        email = f"{who}.email" if kind == "google" else f"{_owner(says)}.email"
        person = {"google": {"sub": who, "hd": "example.com"}, "facebook": {"id": who}}[kind] | {"email": self.values[email]}
        answer = self.browsers[who].sign_in(self.providers[kind], token=token, **person)
        if self._did(who, answer):
            self._begin(who, answer, email if answer["device"] else None)

    # ── sessions ──

    @precondition(_anyone_signed_in)
    @rule(
        who=whose,
        session=nth,
        how=st.sampled_from(["refresh", "change password", "set password", "log out", "log out everywhere", "revoke"]),
    )
    def use_session(self, who, session, how):
        if not (mine := self.has[who].sessions):
            return
        chosen, person = recent(mine, session), self.people[who]
        match how:
            case "refresh":
                answer = person.refresh(chosen.refresh_token)
            case "change password" | "set password":
                old = PASSWORDS[who] if how == "change password" else None
                answer = person.change_password(PASSWORDS[who], old=old, token=chosen.token)
            case "revoke":
                sid = jwt.decode(chosen.token, options={"verify_signature": False})["sid"]
                answer = self.api.request("DELETE", f"/store/customers/me/sessions/{sid}", headers=person.bearer(chosen.token))
            case _:
                answer = self.api.post("/login/logout", refreshToken=chosen.refresh_token, everywhere="everywhere" in how)
        if self._did(who, answer) and how in ("refresh", "change password", "set password"):
            mine.remove(chosen)
            self._begin(who, answer)

    @precondition(lambda self: self.has["mallory"] != Belongings())
    @rule()
    def the_attacker_uses_everything(self):
        """Use everything that the attacker has saved, one thing after the other."""
        name, has = "mallory", self.has["mallory"]
        for registered in sorted(self.registered):
            self._checked(self.log_in, (name, registered), known=True)
        for n in range(min(3, len(has.registrations))):
            self._checked(self.create_customer, name, n, "mallory.phone")
        for n in range(min(3, len(has.sessions))):
            for how in ("refresh", "change password", "set password"):
                self._checked(self.use_session, name, n, how)
        for n in range(min(4, len(self.sent))):
            self._checked(self.prove, name, n, bound=True, session=0)
        for channel in ("email", "phone") if has.customers else ():
            self._checked(self.verify_at_once, name, 0, channel)
        for kind in ("google", "facebook"):
            self._checked(self.sign_in_by_provider, name, kind, "ada.email")

    @rule(seconds=st.sampled_from(WAITS))
    def wait(self, seconds):
        self.actor, self.done = "", False
        self.api.clock.advance(seconds)
        if seconds >= 86_400:
            self.api.invoke("RotateSigningKeys", {})
            self.api.process_deletions()
            self.api.deliver()

    # ── what always holds ──

    @invariant()
    def what_is_proven_is_its_owner_s(self):
        self.an_address_is_verified_on_one_customer_and_stays_there_whatever_the_attacker_does()
        self.the_attacker_has_no_session_of_a_customer_in_which_another_has_proven_an_address()
        self.the_attacker_s_password_opens_nothing_that_another_has_proven()
        self.an_account_at_a_provider_is_in_no_customer_in_which_another_has_proven_an_address()
        self.sessions_begun_after_proving_end_by_their_owner_alone()
        self.the_password_of_a_verified_address_signs_in_until_its_owner_changes_it()

    def an_address_is_verified_on_one_customer_and_stays_there_whatever_the_attacker_does(self):
        before, self.verified = self.verified, {}
        leaving, self.leaving = self.leaving, set()
        for item in self.api.table("CustomersTable"):
            for channel in ("email", "phone") if item["pk"]["S"].startswith("customer#") else ():
                if item[f"{channel}_verified"]["BOOL"]:
                    name = self.names[item[channel]["S"]]
                    assert name not in self.verified, f"{name} is verified on two customers"
                    self.verified[name] = item["id"]["S"]
                    if item["status"]["S"] != "active":
                        self.leaving.add(item["id"]["S"])
        if self.actor == "mallory":
            honest = {name: customer for name, customer in before.items() if not name.startswith("mallory")}
            assert honest.items() <= self.verified.items(), "the attacker has undone what was proven"
            assert {name for name in self.verified if not name.startswith("mallory")} == honest.keys()
            assert leaving & {*honest.values()} == self.leaving & {*honest.values()}, "the attacker has deleted or kept an account"

    def the_attacker_has_no_session_of_a_customer_in_which_another_has_proven_an_address(self):
        owned = {customer for name, customer in self.verified.items() if not name.startswith("mallory")}
        for session in list(self.has["mallory"].sessions):
            shown = self.people["mallory"].me(session.token)
            if shown.status == 200:
                assert shown["customer"]["id"] not in owned, "the attacker's access token works"
                session.customer = shown["customer"]["id"]
            elif session.customer in owned:
                refused = self.people["mallory"].refresh(session.refresh_token)
                assert refused.status == 401, "the attacker's session goes on"
                self.has["mallory"].sessions.remove(session)

    def the_attacker_s_password_opens_nothing_that_another_has_proven(self):
        if self.done:
            for name in sorted(self.registered & self.verified.keys()):
                answer = self.people["mallory"].log_in(PASSWORDS["mallory"], **self._to(name))
                assert answer.status in (401, 429), f"the attacker's password opens {name}: {answer.text}"

    def an_account_at_a_provider_is_in_no_customer_in_which_another_has_proven_an_address(self):
        owners = {customer: _owner(name) for name, customer in self.verified.items()}
        linked = {item["pk"]["S"]: item["customer_id"]["S"] for item in self.api.table("CustomersTable") if "linked_at" in item}
        for who in PEOPLE:
            for kind in ("google", "facebook"):
                customer = linked.get(keys.provider_account(keys.provider_account_key(kind, who)))
                assert owners.get(customer, who) == who, f"{who} signs in by {kind} as {owners[customer]}"

    def sessions_begun_after_proving_end_by_their_owner_alone(self):
        for session in [each for name in HONEST for each in self.has[name].sessions]:
            if self.api.clock.now() >= session.begun_at + TOKEN_SECONDS:
                session.proven = False
                continue
            shown = self.people[session.owner].me(session.token)
            assert shown.status == 200 or not (session.proven and self.actor == "mallory"), "the attacker has ended a session"
            mine = {name for name in self.verified if name.startswith(session.owner)}
            session.proven = shown.status == 200 and shown["customer"]["id"] in {self.verified[name] for name in mine}

    def the_password_of_a_verified_address_signs_in_until_its_owner_changes_it(self):
        if self.done and self.actor == "mallory":
            for name in sorted(self.signs_in & self.verified.keys()):
                assert self._password_opens(name), f"the attacker has ended the password of {name}"
        elif self.done:
            self.signs_in -= {name for name in self.signs_in if name.startswith(self.actor)}
            self.signs_in |= {name for name in self.verified if name.startswith(self.actor) and self._password_opens(name)}

    # ── what the steps share ──

    def _checked(self, step, *values, **options):
        """A step within a step; if it has changed anything, every invariant must hold immediately."""
        step(*values, **options)
        if self.done:
            self.what_is_proven_is_its_owner_s()

    def _request_code(self, who, name, purpose, request_code, route=""):
        self.api.clock.advance(RESEND_SECONDS)
        since = len(self.api.wire.sent)
        answer = request_code(self._to(name) if name else {})
        self.actor, self.done = who, False
        note(f"  {who} is answered {answer.status}")
        self.api.deliver()
        for message in self.api.wire.sent[since:] if answer.status == 200 else ():
            if secret := SECRET.search(message.body):
                challenge = answer.body.get("challenge") or answer.body.get("token") or ""
                address = self.names[message.to]
                self.sent.append(Sent(who, address, purpose, secret[0], self.api.clock.now(), challenge, route))

    def _did(self, who, answer) -> bool:
        assert answer.status < 500, answer.text
        note(f"  {who} is answered {answer.status} {answer.body.get('type', '')}")
        self.actor, self.done = who, answer.status < 300
        if self.done:
            for each in self.sent:
                each.spoiled |= each.address.startswith(who)
        return self.done

    def _begin(self, who, answer, proven: str | None = None):
        body = answer.body
        token, refresh_token = body.get("token") or body["sessionToken"], body.get("refresh_token") or body["refreshToken"]
        self.has[who].sessions = [*self.has[who].sessions[-3:], Session(who, token, refresh_token, self.api.clock.now())]
        self.has[who].device = body.get("device") or self.has[who].device
        if proven:
            customer = self.people[who].me(token)["customer"]
            channel = _channel(proven)
            assert (customer[channel], customer[f"{channel}_verified"]) == (self.values[proven], True)
            assert customer["id"] == self.verified.get(proven, customer["id"]), "who proves an address is in another customer"

    def _noted(self, who, name):
        if who == "mallory" and not name.startswith(who):
            self.registered.add(name)

    def _password_opens(self, name) -> bool:
        owner = _owner(name)
        answer = self.people[owner].log_in(PASSWORDS[owner], **self._to(name), **self._device(owner, known=True))
        return answer.status in (200, 429)

    def _is_leaving(self, name, answer) -> bool:
        """Whether a proof of this address opens nothing because its owner has confirmed the deletion."""
        return answer.status == 403 and answer["type"] == "account_deletion_pending" and self.verified.get(name) in self.leaving

    def _to(self, name) -> dict:
        return {_channel(name): self.values[name]}

    def _device(self, who, *, known) -> dict:
        device = self.has[who].device
        return {"device": device} if known and device else {}


def _channel(name: str) -> str:
    return "phone" if name.endswith("phone") else "email"


@pytest.mark.timeout(7_200 if WHOLE else 600)  # a failure takes its time to be made short
@pytest.mark.parametrize("verification", ["true", "false"], ids=["verified-first", "unverified-too"])
def test_an_address_that_an_honest_person_has_proven_is_theirs_alone(setting, api, inbox, start_over, part_of, all_set_up, *, verification):
    run = settings(DRAWN, stateful_step_count=STEPS, max_examples=part_of(400))
    setting(REGISTRATION_IDENTIFIER="both", LOGIN_IDENTIFIER="both", REQUIRE_VERIFICATION=verification, **ROOMY)
    run_state_machine_as_test(lambda: Ownership(api, inbox, start_over, all_set_up), settings=run)

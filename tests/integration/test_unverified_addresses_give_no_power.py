"""An unverified address gives no power: whatever somebody with Ada's unverified addresses does, everything tied to them stays hers.

Up to sixty steps in any order, each checked in the tables: a step without a code request or attempt at Ada's addresses changes nothing
of hers, one with them changes what a stranger's would, in the untrusted lane; Ada gets no message that nobody requested, and no response
reveals what she does.
"""

import contextlib
import re
from typing import NamedTuple

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from customer_auth.addresses import email, phone
from customer_auth.aws import keys
from tests.harness.browsers import Browser
from tests.harness.faults import Killed
from tests.harness.people import LOGIN, REGISTER, Person, new_email, new_ip, new_number
from tests.harness.walks import DRAWN, recent
from tests.harness.world import Tables, World

ADAS, MALLORYS = "the words that ada chose", "the words that mallory chose"
WINDOW = re.compile(r"(send|fail|pass)\d+")
CODE, WRONG = re.compile(r"(?<!\w)\d{6}(?!\w)"), "1234567"  # never right, and compared all the same
# What a stranger's code request or attempt writes into the item of the untrusted lane.
PURPOSES = {"register", "login", "sign_in", "verify", "reset", "contact", "cancellation"}
BY_THE_UNTRUSTED_LANE = PURPOSES | {"last_pass", "event", "expires_at"}
ROUTES = (f"{LOGIN}/request-otp", f"{REGISTER}/request-otp", "/login/mobile/send", "/login/email/send")
WAITS = (31, 61, 301, 3601, 86_400, 86_400, 7 * 86_400)
HOUR, DAY = 3_600, 86_400
ROOMY = {
    "REGISTRATION_IDENTIFIER": "both",
    "LOGIN_IDENTIFIER": "both",
    "REQUIRE_VERIFICATION": "false",
    "IP_SENDS_PER_HOUR": 0,
    "IP_PASSWORD_FAILURES_PER_QUARTER_HOUR": 0,
    "RESEND_THROTTLE_SECONDS": 30,
}
STEPS = 60


class Traveller(Person):
    """Somebody who comes from another network each time."""

    ip = property(lambda _: new_ip(), lambda _, __: None)


class Seen(NamedTuple):
    """What is Ada's in the tables: the items of her addresses by lane, her addresses' owner, her account, sessions and messages."""

    codes: dict
    identities: dict
    customers: dict
    sessions: dict
    messages: int


BREAKS = st.sampled_from([None, None, "BatchWriteItem", "TransactWriteItems", "UpdateItem"])
channels = st.sampled_from(["email", "phone"])
nth = st.integers(0, 2)
kinds = st.sampled_from(["google", "apple", "facebook"])


class Claiming(RuleBasedStateMachine):
    """Mallory acts; Ada comes and goes between."""

    def __init__(self, api, inbox, start_over, providers):
        super().__init__()
        start_over()
        self.providers, self.browser = providers, Browser(api)
        self.api, self.inbox, self.tables = api, inbox, Tables(api)
        self.ada, self.mallory = Traveller(api, inbox), Traveller(api, inbox)
        self.own: dict[str, str] = {"email": self.mallory.email, "phone": self.mallory.phone}
        self.sessions: list[str] = []
        self.sids: set[str] = set()
        self.registrations: list[str] = []
        self.customers: list[str] = []
        self.challenges: list[tuple[str, str, str]] = []  # what for, challenge, where its code went
        self.device: dict[str, str] = {}  # Ada's, by channel
        self.mallorys_device = ""
        self.waiting: dict[str, tuple[str, str, float]] = {}  # Ada's code in the trusted lane, by channel
        self.adas_token = ""

    # ── Ada ──

    @initialize(comes=st.booleans())
    def ada_may_be_there(self, comes):
        if comes:
            self.ada_signs_in("phone", known=False)

    @rule(channel=channels, known=st.booleans())
    def ada_signs_in(self, channel, known):
        """By a code: she gets an account, or takes over the one that waits for her."""
        device = {"device": self.device[channel]} if known and channel in self.device else {}
        self.api.clock.advance(31)
        kind = "mobile" if channel == "phone" else "email"
        response = self.api.post(f"/login/{kind}/send", ip=new_ip(), **self._at(channel), **device)
        if response.status == 429:
            return
        self._deliver()
        code = self.inbox.code(getattr(self.ada, channel))
        entered = self.api.post(f"/login/{kind}/verify", ip=new_ip(), code=code, challenge=response["challenge"], **self._at(channel))
        assert entered.status == 200, entered.text  # no deletion of Mallory's keeps her out
        self.device[channel], self.adas_token = entered["device"], entered["sessionToken"]
        self.waiting.pop(channel, None)
        self._sees_only_her_own(entered)

    @rule()
    def ada_signs_in_by_google(self):
        """Which vouches for her email."""
        who = {"sub": f"of {self.ada.email}", "email": self.ada.email, "hd": "example.com"}
        entered = Browser(self.api).sign_in(self.providers["google"], **who)
        assert entered.status == 200, entered.text
        assert (entered["user"]["email"], entered["user"]["verifiedEmail"]) == (self.ada.email, True)
        self.device["email"], self.adas_token = entered["device"], entered["sessionToken"]
        self.waiting.pop("email", None)
        self._sees_only_her_own(entered)

    def _sees_only_her_own(self, entered):
        bearer = {"authorization": f"Bearer {entered['sessionToken']}"}
        exported = self.api.get("/store/customers/me/export", headers=bearer).body
        shown = self.api.get("/store/customers/me/sessions", headers=bearer)["sessions"]
        assert not self.sids & {each["family"] for each in exported["sessions"]}, "her export lists Mallory's sessions"
        assert not self.sids & {each["sid"] for each in shown}, "she is shown Mallory's sessions"
        assert exported["customer"]["status"] == "active"
        assert not exported["deletion_requests"], "she sees a request that is not hers"
        assert {exported["customer"][channel] for channel in ("email", "phone")} <= {self.ada.email, self.ada.phone, None}
        if entered.body.get("registered") is False:
            return
        changed = self.ada.change_password(ADAS, old=None, token=entered["sessionToken"])
        assert changed.status in (200, 400, 401), f"Mallory's attempts count against Ada: {changed.text}"
        if changed.status == 200:
            self.device |= {channel: changed["device"] for channel in ("email", "phone") if exported["customer"][f"{channel}_verified"]}

    @precondition(lambda self: self.device)
    @rule(channel=channels)
    def ada_requests_a_code_from_her_device(self, channel):
        if channel in self.device:
            self.api.clock.advance(31)
            kind = "mobile" if channel == "phone" else "email"
            response = self.api.post(f"/login/{kind}/send", ip=new_ip(), device=self.device[channel], **self._at(channel))
            if response.status == 200:
                self._deliver()
                code = self.inbox.code(getattr(self.ada, channel))
                self.waiting[channel] = (response["challenge"], code, self.api.clock.now() + 299)

    @precondition(lambda self: self.waiting)
    @rule()
    def ada_enters_her_codes(self):
        channel, (challenge, code, until) = self.waiting.popitem()
        kind = "mobile" if channel == "phone" else "email"
        entered = self.api.post(f"/login/{kind}/verify", ip=new_ip(), code=code, challenge=challenge, **self._at(channel))
        assert entered.status == (200 if self.api.clock.now() < until else 401), f"Mallory has ended a code of Ada's device: {entered.text}"
        if entered.status == 200:
            self.device[channel], self.adas_token = entered["device"], entered["sessionToken"]

    @rule(channel=channels, purpose=st.sampled_from([*ROUTES, "reset"]))
    def ada_requests_a_code_as_a_stranger(self, channel, purpose):
        self.api.clock.advance(31)
        path = "/auth/customer/emailpass/reset-password" if purpose == "reset" else purpose
        if ("email" in path.split("/")) == (channel == "email") or purpose == "reset":
            self.api.post(path, ip=new_ip(), **self._at(channel))
        self._deliver()

    # ── Mallory registers Ada's addresses ──

    @rule(her_email=st.booleans(), her_phone=st.booleans())
    def register(self, her_email, her_phone):
        """A registration with Ada's email or Mallory's own, and its customer with Ada's phone or Mallory's own."""
        address = self.ada.email if her_email else new_email()
        if not her_email:
            self.own["email"] = address
        with self._step(requested={"email"} if her_email else set()):
            registered = self.mallory.register(MALLORYS, email=address)
            if registered.status == 201:
                number = self.ada.phone if her_phone else self.own["phone"]
                created = self.mallory.create(registered["token"], phone=number, first_name="Mallory")
                assert created.status == 201, created.text
                self.customers.append(created["customer"]["id"])
                self._begin(created)

    @rule(her_email=st.booleans())
    def log_in(self, her_email):
        with self._step(requested={"email"} if her_email else set()):
            answer = self.mallory.log_in(MALLORYS, email=self.ada.email if her_email else self.own["email"])
            if answer.status == 200:
                self._begin(answer)

    # ── Mallory signs in by providers that vouch for nothing ──

    @rule(kind=kinds, account=st.integers(0, 1), her_email=st.booleans(), session=nth, adds=st.booleans())
    def sign_in_by_provider(self, kind, account, her_email, session, adds):
        """A new customer, or one who adds a provider to an account with Ada's addresses."""
        token = self._token(session, fresh=True) if adds else None
        who = {"id" if kind == "facebook" else "sub": f"mallory's {account}", "email": self.ada.email if her_email else self.own["email"]}
        with self._step():
            answer = self.browser.sign_in(self.providers[kind], token=token, **who | {"email_verified": False})
            assert answer.status in (200, 401, 403, 409), answer.text
            if answer.status == 200:
                assert answer["device"] is None
                assert answer["user"]["userId"] not in self._seen().customers, "Mallory is signed in as Ada"
                self._begin(answer)

    @rule(kind=kinds, before=st.booleans())
    def squat_at_a_provider_at_once(self, kind, before):
        """An account at a provider says Ada's email, before or after she comes for the first time."""
        self.ada, self.device, self.waiting = Traveller(self.api, self.inbox), {}, {}
        if before:
            self.sign_in_by_provider(kind, 0, her_email=True, session=0, adds=False)
        self.ada_signs_in_by_google()
        self.sign_in_by_provider(kind, 0 if before else 1, her_email=True, session=0, adds=False)

    @precondition(lambda self: self.sessions)
    @rule(kind=kinds, session=nth)
    def remove_provider(self, kind, session):
        with self._step():
            headers = self.mallory.bearer(recent(self.sessions, session))
            self.api.request("DELETE", f"/store/customers/me/identities/{kind}", headers=headers)

    # ── Mallory requests and enters codes ──

    @rule(channel=channels, route=st.integers(0, 5), device=st.booleans())
    def request_code(self, channel, route, device):
        """The code requests that are open to everybody."""
        paths = {"phone": ROUTES[:3], "email": ROUTES[3:]}[channel]
        paths = (*paths, "/auth/customer/emailpass/reset-password", "/store/customers/account-deletion/cancel-request")
        with self._step(requested={channel}):
            extra = {"device": self.mallorys_device} if device and self.mallorys_device else {}
            self.api.post(paths[route % len(paths)], ip=new_ip(), **self._at(channel), **extra)

    @rule(channel=channels)
    def enter_a_wrong_code(self, channel):
        kind = "mobile" if channel == "phone" else "email"
        with self._step(requested={channel}):
            self.api.post(f"/login/{kind}/verify", ip=new_ip(), code=WRONG, **self._at(channel))
            self.mallory.log_in("no password of anybody's", **self._at(channel))

    @precondition(lambda self: self.customers)
    @rule(customer=nth, channel=channels)
    def request_verification(self, customer, channel):
        with self._step(requested={"email", "phone"}):
            response = self.mallory.request_verification(recent(self.customers, customer), channel)
            if response.status == 200:
                self._save("verify", response["token"])

    @rule(session=nth, fresh=st.booleans(), channel=channels, hers=st.booleans())
    def request_contact_change(self, session, fresh, channel, hers):
        token = self._token(session, fresh=fresh)
        to = getattr(self.ada, channel) if hers else (new_number() if channel == "phone" else new_email())
        with self._step(requested={channel} if hers else set()):
            response = self.mallory.request_contact_change(token=token, **{channel: to})
            if response.status == 200:
                self._save("contact", response["token"])

    @rule(session=nth, fresh=st.booleans())
    def request_deletion(self, session, fresh):
        token = self._token(session, fresh=fresh)
        with self._step():
            response = self.mallory.request_deletion(token=token)
            if response.status == 200 and response["token"]:
                self._save("deletion", response["token"])

    @precondition(lambda self: self.challenges)
    @rule(which=nth, session=nth)
    def prove(self, which, session):
        """With the code where it came to Mallory, else with a wrong one."""
        purpose, challenge, to = recent(self.challenges, which)
        hers = {channel for channel in ("email", "phone") if getattr(self.ada, channel) == to}
        with self._step(requested=hers):
            code = WRONG if hers else self._newest_code(to)
            match purpose:
                case "verify":
                    answer = self.mallory.verify_address(challenge, code)
                case "contact":
                    token = recent(self.sessions, session) if self.sessions else "none"
                    answer = self.mallory.change_contact(challenge, code, token=token)
                case _:
                    answer = self.mallory.confirm_deletion(challenge, code)
            assert not (hers and answer.status == 200)
            if answer.status == 200 and answer.body.get("token"):
                self._begin(answer)
            if answer.status == 200 and purpose == "contact":
                self.own |= {channel: to for channel in ("email", "phone") if ("@" in to) == (channel == "email")}

    # ── Mallory's own account ──

    @rule(session=nth, fresh=st.booleans(), times=st.integers(1, 12), right=st.booleans())
    def change_password(self, session, fresh, times, right):
        token = self._token(session, fresh=fresh)
        with self._step():
            for _ in range(1 if right else times):
                answer = self.mallory.change_password(MALLORYS, old=MALLORYS if right else "no password of mine", token=token)
            if answer.status == 200:
                self._begin(answer)

    @rule()
    def reset_own(self):
        """By Mallory's own email, where that is registered or verified."""
        with self._step():
            before = len(self.inbox.of(self.own["email"]))
            self.mallory.forget_password(email=self.own["email"])
            if len(self.inbox.of(self.own["email"])) > before:
                self.mallory.reset(self.mallory.reset_token(self.own["email"]), MALLORYS, email=self.own["email"])

    @rule(session=nth, fresh=st.booleans())
    def export(self, session, fresh):
        token = self._token(session, fresh=fresh)
        with self._step():
            answer = self.api.get("/store/customers/me/export", headers=self.mallory.bearer(token))
            self.api.get("/store/customers/me/sessions", headers=self.mallory.bearer(token))
            if answer.status == 200:
                addresses = {each["address"] for each in answer["activity"]}
                assert addresses <= {customer[name] for customer in [answer["customer"]] for name in ("email", "phone")}
                assert not addresses & {self.ada.email, self.ada.phone}, "Mallory's export shows activity at Ada's address"

    @rule(change=st.booleans())
    def prove_at_once(self, change):
        """An account with Ada's phone verifies its own email, resets by it, or replaces it."""
        self.register(her_email=False, her_phone=True)
        if change:
            self.request_contact_change(0, fresh=False, channel="email", hers=False)
        else:
            self.request_verification(0, "email")
        self.prove(0, 0)
        self.reset_own()
        self.log_in(her_email=False)

    @rule(times=st.integers(9, 12), right=st.booleans())
    def squat_at_once(self, times, right):
        """An account with the email of a new Ada tries passwords; then she signs in for the first time."""
        self.ada, self.device, self.waiting = Traveller(self.api, self.inbox), {}, {}
        self.register(her_email=True, her_phone=False)
        for _ in range(5 if right else 1):
            self.change_password(0, fresh=False, times=times, right=right)
        self.ada_signs_in("email", known=False)

    @rule(
        broken=BREAKS,
        newcomer=st.booleans(),
        her_email=st.booleans(),
        between=st.sampled_from(["nothing", "code request", "sign in", "sign in while it is erased"]),
    )
    def leave_at_once(self, broken, newcomer, her_email, between):
        """An account with Ada's addresses, unverified, is deleted; meanwhile Ada, perhaps new to the service, may sign in."""
        if newcomer:
            self.ada, self.device, self.waiting = Traveller(self.api, self.inbox), {}, {}
        self.register(her_email, her_phone=True)
        self.request_deletion(0, fresh=False)
        self.wait(5 * DAY, None)
        if between == "code request":
            self.ada_requests_a_code_as_a_stranger("phone", ROUTES[0])
            self.enter_a_wrong_code("phone")
        if between == "sign in":
            self.ada_signs_in("email" if her_email else "phone", known=False)
        self.wait(DAY, None)
        self.wait(DAY, "BatchWriteItem" if between == "sign in while it is erased" else broken)
        if between == "sign in while it is erased":
            self.ada_signs_in("email" if her_email else "phone", known=False)
        self.wait(3601, None)

    @rule(seconds=st.sampled_from(WAITS), broken=BREAKS)
    def wait(self, seconds, broken):
        """Time goes by, and with an hour of it the run of deletions, which may be broken at some request."""
        self.api.clock.advance(seconds)
        if seconds >= DAY:
            self.api.invoke("RotateSigningKeys", {})
        if seconds > HOUR:
            with self._step():
                broke = self.api.wire.broken(broken, "killed_before", times=1) if broken else contextlib.nullcontext()
                with broke, contextlib.suppress(Killed):
                    self.api.process_deletions()

    def teardown(self):
        """In the end nobody is left half erased, and Ada gets in."""
        for _ in range(10):
            self.api.clock.advance(DAY)
            self.api.invoke("RotateSigningKeys", {})
            with self._step():
                self.api.process_deletions()
        assert "erasing" not in {row["status"]["S"] for row in self.tables.look().kinds("deletion")}
        assert not self.tables.look().kinds("cleanup")
        for channel in ("email", "phone"):
            self.ada_signs_in(channel, known=False)
        self.ada_signs_in_by_google()
        epochs = {item["id"]["S"]: int(item["session_epoch"]["N"]) for item in self.tables.look().kinds("customer")}
        assert {item["pk"]["S"] for item in self.tables.look().kinds("session")} <= epochs.keys()

    # ── what every step of Mallory's leaves as it was ──

    @contextlib.contextmanager
    def _step(self, requested: set[str] = frozenset()):
        """`requested`: the channels of Ada's addresses at which the step requests or enters codes."""
        self.api.clock.advance(31)
        self._deliver()
        before, now = self._seen(), self.api.clock.now()
        yield
        self._deliver()
        after = self._seen()
        for (channel, lane), item in before.codes.items():
            changed = _changed(item, after.codes[channel, lane])
            if channel not in requested or lane == "trusted":
                assert not changed, f"{lane} lane of {channel}: {sorted(changed)}"
                continue
            assert {name for name in changed if not WINDOW.fullmatch(name)} <= BY_THE_UNTRUSTED_LANE, f"{channel}: {sorted(changed)}"
            for window in ("send", "fail", "pass"):
                assert _events(after.codes[channel, lane], window, now) >= _events(item, window, now), f"{window} of {channel} is emptier"
        for kind in ("identities", "customers", "sessions"):
            was, now_is = getattr(before, kind), getattr(after, kind)
            assert {key: now_is.get(key) for key in was} == was, f"{kind} of Ada's have changed"
        assert after.messages - before.messages <= len(requested), "messages that nobody requested"

    def _seen(self) -> Seen:
        world = self.tables.look()
        items = {place.pk: item for place, item in world.items()}
        addresses = {"email": email.parse(self.ada.email), "phone": phone.parse(self.ada.phone)}
        codes = {
            (channel, lane): items.get(keys.password_window(keys.code_item_key(address, lane)), {})
            | items.get(keys.code_item(keys.code_item_key(address, lane)), {})
            for channel, address in addresses.items()
            for lane in ("untrusted", "trusted")
        }
        identities = {channel: items.get(keys.identity(address.key), {}) for channel, address in addresses.items()}
        owned = {channel: item for channel, item in identities.items() if "proven_at" in item}
        hers = {item["customer_id"]["S"] for item in owned.values() if "customer_id" in item}
        customers = {customer_id: items[f"customer#{customer_id}"] for customer_id in hers}
        sessions = self._sessions_of(world, customers)
        mine = {self.ada.email, self.ada.phone}
        return Seen(codes, owned, customers, sessions, sum(message.to in mine for message in self.api.wire.sent))

    @staticmethod
    def _sessions_of(world: World, customers: dict) -> dict:
        return {
            place: item
            for place, item in world.items()
            if place.kind == "session" and place.pk in customers and item["epoch"] == customers[place.pk]["session_epoch"]
        }

    # ── what the steps share ──

    def _deliver(self):
        while self.api.deliver():
            pass

    def _token(self, session: int, *, fresh: bool) -> str:
        """The token of a session of Mallory's; `fresh`: of a new account with Ada's phone."""
        if fresh or not self.sessions:
            self.register(her_email=False, her_phone=True)
        return recent(self.sessions, session)

    def _begin(self, answer):
        note(f"Mallory has a session: {answer.status}")
        if token := answer.body.get("token") or answer.body.get("sessionToken"):
            shown = self.api.get("/store/customers/me/sessions", headers=self.mallory.bearer(token)).body
            self.sids |= {each["sid"] for each in shown.get("sessions", []) if each["current"]}
            self.sessions = [*self.sessions[-3:], token]
            self.mallorys_device = answer.body.get("device") or self.mallorys_device

    def _newest_code(self, to: str) -> str:
        codes = [match[0] for message in self.inbox.of(to) if (match := CODE.search(message.body))]
        return codes[-1] if codes else WRONG

    def _save(self, purpose, challenge):
        since = len(self.api.wire.sent)
        self._deliver()
        sent = self.api.wire.sent[since:]
        self.challenges = [*self.challenges[-3:], (purpose, challenge, sent[-1].to if sent else "")]

    def _at(self, channel) -> dict:
        return {channel: getattr(self.ada, channel)}


def _changed(before: dict, after: dict) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} - {"pk"}


def _events(item: dict, window: str, now: float) -> int:
    """How many of the last day a window holds."""
    times = (int(value["N"]) for name, value in item.items() if re.fullmatch(rf"{window}\d+", name))
    return sum(time > now - DAY for time in times)


@pytest.mark.timeout(600)  # a failure takes its time to be made short
def test_a_customer_with_an_unverified_address_has_no_more_power_over_it_than_a_stranger(
    setting, api, inbox, start_over, part_of, all_set_up
):
    setting(**ROOMY)
    run = settings(DRAWN, stateful_step_count=STEPS, max_examples=part_of(200, part=4))
    run_state_machine_as_test(lambda: Claiming(api, inbox, start_over, all_set_up), settings=run)

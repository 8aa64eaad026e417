"""The documents are true: each table, link, command and named test is compared with the code, the template or a run."""

import ast
import re
import subprocess
import sys
from functools import partial
from urllib.parse import urlencode

import pytest

from customer_auth import audit
from customer_auth.aws import keys
from customer_auth.base import account_errors, errors, graphql_errors, provider_errors
from customer_auth.http import response
from customer_auth.tokens import publishable_keys
from tests.harness.admins import make_admin
from tests.harness.answers import Answer
from tests.harness.browsers import FORM, PAGE, Browser, new_person
from tests.harness.documents import DOCUMENTS, read, rows
from tests.harness.engines import ROOT
from tests.harness.forgeries import FORGERIES
from tests.harness.graphql_calls import GraphqlCalls
from tests.harness.keyrings import restored_keyring
from tests.harness.people import LOGIN, REGISTER, Person, new_email, new_ip, new_number
from tests.harness.provider_events import apple_claims, google_claims
from tests.harness.providers_set_up import configure, forget, three_providers
from tests.harness.service import routes, template

BY_PATH = [pytest.param(path, id=str(path.relative_to(ROOT))) for path in DOCUMENTS]
LIBRARY = ROOT / "layers" / "shared" / "customer_auth"


# ── all documents ──


@pytest.mark.parametrize("path", BY_PATH)
def test_every_link_to_a_file_leads_to_one(path):
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", path.read_text(encoding="utf-8"))

    for name, heading in links:
        target = path.parent / name if name else path
        assert target.exists(), name
        if heading:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in [re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings]


@pytest.mark.parametrize("path", BY_PATH)
def test_every_make_target_that_is_named_exists(path):
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


def test_decisions_are_numbered_and_say_context_choice_and_cost():
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    for number, path in enumerate(decisions, 1):
        text = path.read_text(encoding="utf-8")
        assert path.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Choice", "Cost"]


# ── README ──


def test_the_settings_are_the_template_s():
    checked = subprocess.run(
        [sys.executable, "tools/readme.py", "--check"], cwd=ROOT, env={"PYTHONPATH": "."}, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


# ── errors ──


def refusals(of: type[errors.Refusal] = errors.Refusal) -> list[type[errors.Refusal]]:
    """Every refusal of the tree that is raised: WrongProof itself is not, only its kinds are."""
    modules = {each.__name__ for each in (errors, account_errors, graphql_errors, provider_errors)}
    ours = [each for each in of.__subclasses__() if each.__module__ in modules]
    return [kind for each in ours for kind in (each, *refusals(each)) if kind is not errors.WrongProof]


def test_every_refusal_is_described_by_its_type_status_message_and_code():
    documented = {(kind, int(status), message): code for kind, status, message, _, code, _ in rows("docs/errors.md", "Type")}
    examples = {errors.TooLarge: "The body must be at most 10 KB", errors.UnsupportedMedia: "The body must be application/json"}
    examples[errors.NotAllowed] = "says in which way"
    expected = {}
    for refusal in refusals():
        text = examples.get(refusal, "names the first wrong field" if refusal is errors.BadRequest else refusal.message)
        example = refusal(1) if refusal is errors.Throttled else refusal(text)
        expected[refusal.type, refusal.status, text] = response.error_code(example) or "–"
    missing = response.error_code(errors.BadRequest("", errors.FieldError("phone", "is required", missing=True)))
    expected["bad_request", 400, "names the first wrong field"] = f"{missing} where a field is missing, else E011001"

    assert documented == expected


# ── operations ──


def test_the_audit_line_s_facts_and_metrics_are_described():
    documented = {name for cells in rows("docs/operations.md", "Field") for name in cells[0].split(", ")}
    [metrics] = re.findall(r"^Metrics in the namespace .*?makes", read("docs/operations.md"), re.MULTILINE | re.DOTALL)

    assert documented | {"event"} == audit.KEYS  # `event` is the logger's own `message`
    assert set(re.findall(r"`([a-z_]+)`", metrics)) - {"service"} == audit.METRICS


# ── threats ──


def test_the_threats_are_there_in_order_and_each_has_a_test_that_exists_or_no_endpoint():
    threats = [cells[1:] for cells in rows("docs/threats.md", "#")]
    shown = {cells[0]: cells[2] for cells in threats + rows("docs/threats.md", "Fault")}
    open_ones = {threat for threat, holds, _ in threats if holds == "no such endpoint yet"}

    numbers = [int(cells[0]) for cells in rows("docs/threats.md", "#")]
    assert numbers == [*range(1, 40)]
    assert {threat for threat, tests in shown.items() if tests == "–"} == open_ones
    for text in (part for threat, tests in shown.items() if threat not in open_ones for part in tests.split(" · ")):
        file, *names = re.findall(r"[\w/.]+", text)
        there = re.findall(r"^ *def (test_\w+)", read(f"tests/{file}"), re.MULTILINE)
        assert names
        assert set(names) <= set(there), file


def test_the_chances_of_guessing_are_computed_from_the_settings():
    checked = subprocess.run(
        [sys.executable, "tools/guessing.py", "--check"],
        cwd=ROOT,
        env={"PYTHONPATH": "layers/shared:."},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_count_of_forgeries_is_right():
    assert f"of {len(FORGERIES)} forgeries none" in read("docs/threats.md")


# ── access patterns ──


def operations() -> set[str]:
    """Every function of the item modules that sends a request to DynamoDB, directly or by a private one, or is a part of a transaction."""
    called = set()
    for path in LIBRARY.rglob("*_items.py"):
        functions = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
        bodies = {node.name: ast.unparse(node.body) for node in functions}
        private = [
            rf"{name}\(" for name, body in bodies.items() if name.startswith("_") and re.search(r"\b(dynamodb|queries|counters)\.", body)
        ]
        database_call = re.compile(rf"\b(?:{'|'.join([r'dynamodb\.', r'queries\.', r'counters\.', *private])})")
        called |= {f"{path.stem}.{name}" for name, body in bodies.items() if not name.startswith("_") and database_call.search(body)}
    return called


def test_every_operation_of_the_tables_is_described():
    documented = set(re.findall(r"`(\w+_items\.\w+)`", read("docs/access-patterns.md")))

    keys_of_items = {f"{path.stem}.{name}" for path in LIBRARY.rglob("*_items.py") for name in ("key", "ref")}

    assert documented - keys_of_items == operations()


def test_every_index_of_the_tables_is_described():
    tables = template().resources_of("AWS::DynamoDB::Table").values()
    indexes = {index["IndexName"] for table in tables for index in table.get("GlobalSecondaryIndexes", [])}

    assert set(re.findall(r"index `(\w+)`", read("docs/access-patterns.md"))) == indexes


REQUESTS = [f"{REGISTER}/request-otp", f"{REGISTER}/resend-otp", f"{LOGIN}/request-otp", f"{LOGIN}/resend-otp", "/login/email/send"]
REQUESTS += ["/login/mobile/send"]
VERIFIES = [f"{REGISTER}/verify-otp", f"{LOGIN}/verify-otp", "/login/email/verify", "/login/mobile/verify"]
GETS = ["/.well-known/jwks.json", "/.well-known/openid-configuration", "/openapi.json", "/health"]
KEY = {"idempotency-key": "k" * 20}
ENTER, STORE = "/auth/customer/emailpass", "/store/customers"
REFUSED = {"a code request that its address's windows refuse": (429,)}
REFUSED |= {"the same, a wrong code": (401,), f"POST {ENTER}, a wrong password": (401,), f"POST {ENTER}, an unknown address": (401,)}
REFUSED |= {f"POST {ENTER}, not verified yet": (403,), "POST /login/{provider}/exchange, a code that the provider refuses": (401,)}
NEW_PASSWORD = "another long password"


class Calls:
    """Each call of the document, on the common path, by its name there: its preparation, and the call itself."""

    def __init__(self, api, inbox, engine, providers):
        self.api, self.inbox, self.engine = api, inbox, engine
        self.storefront = {"x-publishable-api-key": publishable_keys.create("the shop", [])}
        look, enter = "/store/customers/phone/{phone}", "/store/auth/phone"
        me, see = "/store/customers/me", "/api/v1/auth/challenges/{challenge}"
        validate, refresh, log_out, mobile = "/login/validate", "/login/refresh", "/login/logout", "/login/mobile/verify"
        self.by_name = {f"POST {path}": (partial(self.address, path), partial(self.post, path)) for path in REQUESTS}
        self.by_name |= {f"POST {path}": (partial(self.proof, path), partial(self.post, path)) for path in VERIFIES}
        self.by_name |= {f"GET {path}": (lambda: api.get(GETS[0]), lambda _, path=path: api.get(path)) for path in GETS}
        self.by_name |= {
            "a code request that its address's windows refuse": (
                lambda: self.post(REQUESTS[-1], body := self.address(REQUESTS[-1])) and body,
                self.request_code_again,
            ),
            "the same, a wrong code": (lambda: self.proof(mobile) | {"code": "none"}, partial(self.post, mobile)),
            "the same, repeated with its key": (self.used_proof, partial(self.post, mobile)),
            f"POST {validate}": (lambda: {"sessionToken": self.session()["token"]}, partial(self.post, validate)),
            f"POST {refresh}": (lambda: {"refreshToken": self.session()["refresh_token"]}, partial(self.post, refresh)),
            f"POST {log_out}": (lambda: {"refreshToken": self.session()["refresh_token"]}, partial(self.post, log_out)),
            f"POST {log_out}, everywhere": (
                lambda: {"refreshToken": self.session()["refresh_token"], "everywhere": True},
                partial(self.post, log_out),
            ),
            f"GET {me}": (self.session, lambda session: self.as_(session, "GET", me)),
            f"PATCH {me}": (self.session, lambda session: self.as_(session, "PATCH", me, first_name="Ada")),
            f"GET {me}/sessions": (self.session, lambda session: self.as_(session, "GET", f"{me}/sessions")),
            f"DELETE {me}/sessions/{{sid}}": (self.session, lambda session: self.as_(session, "DELETE", f"{me}/sessions/ses_{'0' * 24}")),
            f"GET {look}": (self.known_to_a_storefront, lambda known: api.get(look.format(phone=known["phone"]), headers=known["headers"])),
            f"POST {enter}": (self.proof_at_a_storefront, partial(self.post, enter)),
            f"GET {see}": (lambda: self.post(REQUESTS[0], self.address(REQUESTS[0])).body, lambda proof: api.get(see.format(**proof))),
            "SendMessages, one message": (lambda: self.post(REQUESTS[0], self.address(REQUESTS[0])), lambda _: api.deliver()),
            "SendMessages, one without a code": (self.password_changed, lambda _: api.deliver()),
            "RecordConversions, one used code": (lambda: [api.used_codes(), self.session()], lambda _: api.convert()),
            "ProcessAccountDeletions, nothing due": (api.process_deletions, lambda _: api.process_deletions()),
            "AggregateCosts, nothing sent": (self.nothing_sent, lambda _: api.aggregate_costs()),
            "RotateSigningKeys, nothing due": (lambda: None, lambda _: api.invoke("RotateSigningKeys", {})),
            "RotateSigningKeys, a key due": (self.no_keyring, lambda _: api.invoke("RotateSigningKeys", {})),
        }
        self.by_name |= self.of_passwords() | self.of_addresses() | self.of_deletions() | ProviderCalls(self, providers).by_name()
        self.by_name |= GraphqlCalls(self).by_name()

    def of_passwords(self) -> dict:
        return {
            f"POST {ENTER}/register": (self.stranger, lambda person: person.register()),
            f"POST {ENTER}": (self.member, lambda person: person.log_in()),
            f"POST {ENTER}, a wrong password": (self.member, lambda person: person.log_in(NEW_PASSWORD)),
            f"POST {ENTER}, an unknown address": (self.stranger, lambda person: person.log_in()),
            f"POST {ENTER}, not verified yet": (self.unproven, lambda person: person.log_in()),
            f"POST {ENTER}/reset-password": (self.member, lambda person: person.forget_password()),
            f"POST {ENTER}/update": (self.resetting, lambda proof: proof[0].reset(proof[1], NEW_PASSWORD)),
            f"POST {STORE}/change-password": (self.member, lambda person: person.change_password(NEW_PASSWORD)),
        }

    def of_deletions(self) -> dict:
        path, admin = "/store/customers/account-deletion", "/admin/account-deletion-requests"
        return {
            f"POST {path}/request": (self.member, lambda person: person.request_deletion()),
            f"POST {path}/confirm": (self.leaving, lambda proof: proof[0].confirm_deletion(*proof[1:])),
            f"POST {path}/cancel-request": (self.gone, lambda person: person.request_cancellation(email=person.email)),
            f"POST {path}/cancel-confirm": (self.staying, lambda proof: proof[0].cancel_deletion(*proof[1:])),
            f"GET {STORE}/me/export": (self.session, lambda session: self.as_(session, "GET", f"{STORE}/me/export")),
            "GET /admin/costs": (self.admin, lambda session: self.as_(session, "GET", "/admin/costs")),
            f"GET {admin}": (self.admin, lambda session: self.as_(session, "GET", admin)),
            f"GET {admin}, of one state": (self.admin, lambda session: self.as_(session, "GET", admin, query="status=confirmed")),
        }

    def leaving(self) -> tuple[Person, str, str]:
        """Somebody who has requested the deletion of the account, and the code."""
        person = self.member()
        return person, person.request_deletion()["token"], self.inbox.code(person.email)

    def gone(self) -> Person:
        """Somebody whose account is to be deleted."""
        person = self.leaving()
        assert person[0].confirm_deletion(*person[1:]).status == 200
        self.api.clock.advance(90)
        person[0].ip = new_ip()
        return person[0]

    def staying(self) -> tuple[Person, str, str]:
        """The same, and the code by which it is cancelled."""
        person = self.gone()
        return person, person.request_cancellation(email=person.email)["token"], self.inbox.code(person.email)

    def nothing_sent(self) -> None:
        """The ledger has no row of the hours that are added up."""
        table = self.engine.ids["LedgerTable"]
        for item in self.api.table("LedgerTable"):
            self.engine.clients.dynamodb.delete_item(TableName=table, Key={name: item[name] for name in ("pk", "sk")})
        self.api.aggregate_costs()

    def admin(self) -> dict:
        session = self.session()
        make_admin(self.engine, session["customer"]["id"])
        return session

    def of_addresses(self) -> dict:
        referred = {"referral_code": self.member().me()["customer"]["referral_code"]}
        return {
            f"POST {STORE}": (self.registered, lambda known: known[0].create(known[1])),
            f"POST {STORE}, referred": (self.registered, lambda known: known[0].create(known[1], **referred)),
            f"POST {STORE}/otp/send": (self.unproven, lambda person: person.request_verification(person.id)),
            f"POST {STORE}/otp/verify": (self.verifying, lambda proof: proof[0].verify_address(*proof[1:])),
            f"POST {STORE}/me/contact": (self.member, lambda person: person.request_contact_change(phone=person.phone)),
            f"POST {STORE}/me/contact/verify": (self.changing, lambda proof: proof[0].change_contact(*proof[1:])),
            "GET /store/my-referrals": (self.session, lambda session: self.as_(session, "GET", "/store/my-referrals")),
        }

    def requests(self, name: str, *, cold: bool) -> list[str]:
        prepare, call = self.by_name[name]
        prepared = prepare()
        self.api.deliver()
        if name.startswith("SendMessages"):
            prepared = prepare()
        if cold:
            self.api.restart()
        since = len(self.api.wire.calls)
        answer = call(prepared)
        assert getattr(answer, "status", 200) in REFUSED.get(name, (200, 201, 202, 204, 303)), name
        return [call.operation for call in self.api.wire.calls[since:]]

    def known_to_a_storefront(self) -> dict:
        known = {"phone": self.session()["customer"]["phone"], "headers": self.storefront}
        self.api.get("/store/customers/phone/+12125550100", headers=self.storefront)  # the key is known for a minute
        return known

    def proof_at_a_storefront(self) -> dict:
        proof = self.proof(f"{LOGIN}/verify-otp")
        self.api.get("/store/customers/phone/+12125550100", headers=self.storefront)
        return proof | {"headers": self.storefront}

    def as_(self, session: dict, method: str, path: str, **body):
        return self.api.request(method, path, headers={"authorization": f"Bearer {session['token']}"}, **body)

    def post(self, path: str, body: dict):
        answer = self.api.post(path, ip=new_ip(), **body)
        assert answer.status in (200, 201, 401), answer.text
        return answer

    def request_code_again(self, body: dict):
        return self.api.post(REQUESTS[-1], ip=new_ip(), **body)

    def address(self, path: str) -> dict:
        return {"email": new_email()} if "email" in path else {"phone": new_number()}

    def session(self) -> dict:
        person = Person(self.api, self.inbox, new_ip())
        person.sign_up()
        return person.session

    def proof(self, path: str) -> dict:
        """A fresh code for this verification; sign-ins need an account."""
        named = {"phone": self.session()["customer"]["phone"]} if path.startswith(LOGIN) else self.address(path)
        response = self.post(path.replace("/verify-otp", "/request-otp").replace("/verify", "/send"), named)
        return named | {"challenge": response["challenge"], "code": self.inbox.code(*named.values())}

    def used_proof(self) -> dict:
        body = self.proof("/login/mobile/verify") | {"headers": KEY}
        self.post("/login/mobile/verify", body)
        return body

    def stranger(self) -> Person:
        return Person(self.api, self.inbox, new_ip())

    def member(self) -> Person:
        """Somebody with a verified email, a password and a session, whose client has sent no request in this hour."""
        person = self.stranger().member()
        person.ip = new_ip()
        return person

    def registered(self) -> tuple[Person, str]:
        """Somebody whose registration has no customer yet, and the token that creates one."""
        person = self.stranger()
        return person, person.register()["token"]

    def unproven(self) -> Person:
        """Somebody with a customer and nothing verified."""
        person = self.stranger()
        person.session = person.registered()
        return person

    def verifying(self) -> tuple[Person, str, str]:
        """The same, and the code that came."""
        person = self.unproven()
        return person, person.request_verification(person.id)["token"], self.inbox.code(person.email)

    def changing(self) -> tuple[Person, str, str]:
        """Somebody who adds a phone, and the code that came to it."""
        person = self.member()
        return person, person.request_contact_change(phone=person.phone)["token"], self.inbox.code(person.phone)

    def resetting(self) -> tuple[Person, str]:
        """Somebody who has forgotten the password, and the reset token."""
        person = self.member()
        person.forget_password()
        return person, person.reset_token()

    def password_changed(self) -> None:
        """A customer who is about to get a notification."""
        self.member().change_password(NEW_PASSWORD)

    def no_keyring(self) -> None:
        self.engine.clients.dynamodb.delete_item(TableName=self.engine.ids["CustomersTable"], Key={"pk": {"S": keys.KEYRING}})


class ProviderCalls:
    """The calls about sign-ins by a provider."""

    def __init__(self, calls, providers):
        self.calls, self.api = calls, calls.api
        self.google, self.apple, self.facebook = (providers[name] for name in ("google", "apple", "facebook"))

    def by_name(self) -> dict:
        start, exchange, deletion = "POST /login/{provider}/start", "POST /login/{provider}/exchange", "/login/facebook/data-deletion"
        identities = "/store/customers/me/identities"
        return {
            start: (lambda: Browser(self.api), lambda browser: browser.start(self.google)),
            exchange: (self.back, self.exchange),
            f"{exchange}, a new account": (self.new, self.exchange),
            f"{exchange}, a new account by Apple": (lambda: self.new(self.apple), self.exchange),
            f"{exchange}, another way in for a customer": (lambda: self.added(self.google), self.exchange),
            f"{exchange}, Apple as another way in": (lambda: self.added(self.apple), self.exchange),
            f"{exchange}, repeated with its key": (self.exchanged, self.exchange),
            f"{exchange}, a code that the provider refuses": (self.refused, self.exchange),
            "POST /login/apple/callback": (lambda: {"state": self.state(), "code": "a-code"}, self.answer_by_form),
            "POST /login/apple/callback, with names": (lambda: self.new_at_apple()._asdict(), self.answer_by_form),
            f"GET {identities}": (self.member, lambda session: self.calls.as_(session, "GET", identities)),
            f"DELETE {identities}/{{provider}}": (self.member, lambda session: self.calls.as_(session, "DELETE", f"{identities}/google")),
            "POST /login/google/notifications": (self.notified_by_google, lambda call: call()),
            "POST /login/apple/notifications": (self.notified_by_apple, lambda call: call()),
            f"POST {deletion}": (self.demand, lambda form: self.api.post(deletion, headers=FORM, raw=form)),
            f"GET {deletion}/{{id}}": (
                lambda: self.api.post(deletion, headers=FORM, raw=self.demand()),
                lambda demanded: self.api.get(f"{deletion}/{demanded['confirmation_code']}"),
            ),
        }

    def exchange(self, prepared) -> Answer:
        browser, provider, signed_in, more = prepared
        return browser.exchange(provider, signed_in, **more)

    def new(self, provider=None, **more) -> tuple:
        """Somebody whom nobody has seen comes back from the provider, to a container that another exchange has warmed."""
        self.signed_in(provider or self.google)
        browser = Browser(self.api)
        return browser, provider or self.google, browser.visit_as_another(provider or self.google), more

    def added(self, provider) -> tuple:
        return self.new(provider, token=self.calls.session()["token"])

    def back(self) -> tuple:
        """Somebody who has an account comes back from the provider."""
        self.signed_in(self.google)
        browser = Browser(self.api)
        return browser, self.google, browser.visit(self.google), {}

    def exchanged(self) -> tuple:
        """Somebody who is signed in, and whose response was lost."""
        browser, provider, signed_in, _ = self.back()
        more = {"key": KEY["idempotency-key"]}
        assert browser.exchange(provider, signed_in, **more).status == 200
        return browser, provider, signed_in, more

    def refused(self) -> tuple:
        browser, provider, signed_in, more = self.back()
        return browser, provider, signed_in._replace(code="another"), more

    def signed_in(self, provider) -> Answer:
        answer = Browser(self.api).sign_in(provider)
        assert answer.status == 200, answer.text
        return answer

    def state(self) -> str:
        return Browser(self.api).start(self.apple, PAGE)["state"]

    def new_at_apple(self):
        return self.apple.sign_in(Browser(self.api).start(self.apple, PAGE)["authUrl"], **new_person("apple"))

    def answer_by_form(self, fields: dict) -> Answer:
        form = {name: value for name, value in fields.items() if value}
        return self.api.post("/login/apple/callback", headers=FORM, raw=urlencode(form).encode())

    def member(self) -> dict:
        """Somebody who signs in by phone, and by a provider."""
        session = self.calls.session()
        browser = Browser(self.api)
        signed_in = browser.visit_as_another(self.google)
        assert browser.exchange(self.google, signed_in, token=session["token"]).status == 200
        return session

    def notified_by_google(self):
        """Google's event that ends somebody's sessions, to a container that has Google's keys."""
        self.signed_in(self.google)
        event = ("sessions-revoked", f"event {self.api.clock.now()} {len(self.google.calls)}")
        claims = google_claims(self.google.issuer, self.google.client_id, self.google.person["sub"], event[0], jti=event[1])
        headers, token = {"content-type": "application/secevent+jwt"}, self.google.signed(claims).encode()
        return lambda: self.api.post("/login/google/notifications", headers=headers, raw=token)

    def notified_by_apple(self):
        self.signed_in(self.apple)
        jti = f"event {len(self.apple.calls)}"
        claims = apple_claims(self.apple.issuer, self.apple.client_id, self.apple.person["sub"], "consent-revoked", jti=jti)
        token = self.apple.signed(claims)
        return lambda: self.api.post("/login/apple/notifications", payload=token)

    def demand(self) -> bytes:
        """Facebook's demand about somebody who signs in by it alone."""
        self.facebook.person |= new_person("facebook")
        self.signed_in(self.facebook)
        return urlencode({"signed_request": self.facebook.signed_request()}).encode()


@pytest.fixture
def providers(engine, monkeypatch):
    """The service with all three."""
    with three_providers() as three:
        configure(engine, monkeypatch, *three.values())
        yield three
        monkeypatch.undo()
        forget()


def test_the_requests_of_each_call_are_those_of_a_run(api, tables, inbox, engine, setting, providers):
    setting(IP_SENDS_PER_HOUR=1)  # moto takes long over a long window
    documented = {name: (int(warm), int(cold), which) for name, warm, cold, which in rows("docs/access-patterns.md", "Call")}
    calls = Calls(api, inbox, engine, providers)
    with restored_keyring(engine):
        calls.session()  # warm from here on
        warm = {name: calls.requests(name, cold=False) for name in calls.by_name}
        cold = {name: calls.requests(name, cold=True) for name in calls.by_name}
    counted = {name: (len(warm[name]), len(cold[name]), ", ".join(warm[name]) or "–") for name in calls.by_name}
    request, verify = counted[f"POST {LOGIN}/request-otp"], counted[f"POST {LOGIN}/verify-otp"]
    counted["a whole sign-in: code request and verify"] = (request[0] + verify[0], request[1] + verify[1], f"{request[2]}, {verify[2]}")

    assert documented == counted
    assert {f"{method} {path}".replace("HEAD ", "GET ") for method, path in routes()} <= set(documented)

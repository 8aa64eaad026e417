"""People who use the service: each has a phone and an email address, and reads only their own messages."""

import itertools
import random
import re
from ipaddress import IPv4Address

from tests.harness.inboxes import Inbox

_numbers = itertools.count(random.randrange(1_000_000))

REGISTER = "/api/v1/auth/customer/register"
LOGIN = "/api/v1/auth/customer/login"

DELETION = "/store/customers/account-deletion"

PASSWORD = "correct horse battery staple"


def new_number() -> str:
    """A US mobile that nobody in this run has."""
    return f"+1212{2_000_000 + next(_numbers) % 7_000_000:07d}"


def new_email() -> str:
    return f"ada.{next(_numbers)}@example.com"


def new_ip() -> str:
    """A network address that no request of this run had."""
    return str(IPv4Address("10.0.0.0") + next(_numbers) % 2**24)


class Person:
    """Somebody with a phone and an email address."""

    def __init__(self, api, inbox: Inbox, ip: str | None = None):
        self.api, self.inbox, self.ip = api, inbox, ip or api.ip
        self.phone, self.email = new_number(), new_email()
        self.session: dict = {}

    @property
    def device(self):
        return self.session.get("device")

    @property
    def id(self) -> str:
        return self.session["customer"]["id"]

    def request_code(self, flow: str = LOGIN, **more):
        return self.api.post(f"{flow}/request-otp", ip=self.ip, phone=self.phone, **more)

    def request_and_read_code(self, flow: str = LOGIN, **more) -> tuple[str, str]:
        """A challenge and the code that came."""
        response = self.request_code(flow, **more)
        assert response.status == 200, response.text
        return response["challenge"], self.inbox.code(self.phone)

    def sign_in_result(self) -> str | None:
        """Try to sign in; return why the right code was refused, or None if no code came."""
        before = len(self.inbox.of(self.phone))
        response = self.request_code(LOGIN)
        if len(self.inbox.of(self.phone)) == before:
            return None
        return self.verify(self.inbox.code(self.phone), challenge=response["challenge"]).body.get("type", "signed in")

    def verify(self, code: str, flow: str = LOGIN, *, key: str | None = None, **more):
        headers = {"idempotency-key": key} if key else {}
        return self.api.post(f"{flow}/verify-otp", ip=self.ip, phone=self.phone, code=code, headers=headers, **more)

    def sign_up(self, **names):
        challenge, code = self.request_and_read_code(REGISTER)
        answer = self.verify(code, REGISTER, challenge=challenge, **names)
        assert answer.status == 201, answer.text
        self.session = answer.body
        self.api.clock.advance(90)
        return answer

    def sign_in(self, **more):
        challenge, code = self.request_and_read_code(LOGIN, **more)
        answer = self.verify(code, LOGIN, challenge=challenge)
        assert answer.status == 200, answer.text
        self.session = answer.body
        self.api.clock.advance(90)
        return answer

    # ── by password ──

    def register(self, password: str = PASSWORD, **who):
        return self.api.post("/auth/customer/emailpass/register", ip=self.ip, password=password, **(who or {"email": self.email}))

    def create(self, token: str, *, key: str | None = None, **fields):
        headers = {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})
        return self.api.post("/store/customers", ip=self.ip, headers=headers, **fields)

    def registered(self, password: str = PASSWORD, **fields) -> dict:
        """Register with the email and a password, and return the response for the new, unverified customer."""
        answer = self.create(self.register(password)["token"], **fields)
        assert answer.status == 201, answer.text
        return answer.body

    def log_in(self, password: str = PASSWORD, **who):
        return self.api.post("/auth/customer/emailpass", ip=self.ip, password=password, **(who or {"email": self.email}))

    def request_verification(self, customer_id: str, kind: str = "email", **more):
        return self.api.post("/store/customers/otp/send", ip=self.ip, customer_id=customer_id, type=f"{kind}_verification", **more)

    def verify_address(self, token: str, code: str, *, key: str | None = None):
        headers = {"idempotency-key": key} if key else {}
        return self.api.post("/store/customers/otp/verify", ip=self.ip, headers=headers, token=token, code=code)

    def prove(self, customer_id: str, kind: str = "email"):
        """Request the code for the unverified address, read it and verify."""
        response = self.request_verification(customer_id, kind)
        assert response.status == 200, response.text
        self.api.clock.advance(90)
        return self.verify_address(response["token"], self.inbox.code(self.email if kind == "email" else self.phone))

    def member(self, password: str = PASSWORD, **fields) -> "Person":
        """The same person with a verified email, a password and a session."""
        answer = self.prove(self.registered(password, **fields)["customer"]["id"])
        self.session = answer.body if answer["token"] else self.log_in(password).body | {"customer": answer["customer"]}
        return self

    def forget_password(self, **who):
        return self.api.post("/auth/customer/emailpass/reset-password", ip=self.ip, **(who or {"email": self.email}))

    def reset_token(self, to: str | None = None) -> str:
        """The token of the last link that came."""
        link = re.search(r"https://shop\.example\.com/reset-password\?token=([A-Za-z0-9_-]{87})&", self.inbox.of(to or self.email)[-1].body)
        return link[1]

    def reset(self, token: str, password: str, *, key: str | None = None, **who):
        headers = {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})
        who = who or {"email": self.email}
        return self.api.post("/auth/customer/emailpass/update", ip=self.ip, headers=headers, password=password, **who)

    def change_password(self, new: str, *, old: str | None = PASSWORD, confirm: str | None = None, token: str | None = None):
        body = {"new_password": new, "confirm_password": confirm or new} | ({"old_password": old} if old is not None else {})
        return self.api.post("/store/customers/change-password", ip=self.ip, headers=self.bearer(token), **body)

    def request_contact_change(self, *, token: str | None = None, **address):
        return self.api.post("/store/customers/me/contact", ip=self.ip, headers=self.bearer(token), **address)

    def change_contact(self, challenge: str, code: str, *, key: str | None = None, token: str | None = None):
        headers = self.bearer(token) | ({"idempotency-key": key} if key else {})
        return self.api.post("/store/customers/me/contact/verify", ip=self.ip, headers=headers, token=challenge, code=code)

    # ── an account that is to go ──

    def request_deletion(self, *, token: str | None = None, **more):
        return self.api.post(f"{DELETION}/request", ip=self.ip, headers=self.bearer(token), **more)

    def confirm_deletion(self, challenge: str, code: str, *, key: str | None = None):
        headers = {"idempotency-key": key} if key else {}
        return self.api.post(f"{DELETION}/confirm", ip=self.ip, headers=headers, token=challenge, code=code)

    def leave(self, **more):
        """Request the deletion and confirm it with the code."""
        response = self.request_deletion(**more)
        assert response.status == 200, response.text
        self.api.clock.advance(90)
        return self.confirm_deletion(response["token"], self.inbox.code(self.deletion_address))

    def request_cancellation(self, **who):
        return self.api.post(f"{DELETION}/cancel-request", ip=self.ip, **(who or {"phone": self.phone}))

    def cancel_deletion(self, challenge: str, code: str, *, key: str | None = None):
        headers = {"idempotency-key": key} if key else {}
        return self.api.post(f"{DELETION}/cancel-confirm", ip=self.ip, headers=headers, token=challenge, code=code)

    @property
    def deletion_address(self) -> str:
        """Where the deletion is confirmed: by email, if there is one."""
        customer = self.session["customer"]
        return customer["email"] if customer["email_verified"] else customer["phone"]

    def bearer(self, token: str | None = None) -> dict:
        return {"authorization": f"Bearer {token or self.session['token']}"}

    def me(self, token: str | None = None):
        return self.api.get("/store/customers/me", ip=self.ip, headers={"authorization": f"Bearer {token or self.session['token']}"})

    def refresh(self, token: str | None = None):
        return self.api.post("/login/refresh", ip=self.ip, refreshToken=token or self.session["refresh_token"])


def other_code(code: str) -> str:
    """A code of the same form that is not this one."""
    return f"{(int(code) + random.randrange(1, 10 ** len(code))) % 10 ** len(code):0{len(code)}d}"

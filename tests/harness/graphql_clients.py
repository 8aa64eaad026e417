"""A client of the GraphQL endpoint, which keeps the session that it gets as a client without cookies does."""

import json
from urllib.parse import quote

from tests.harness.answers import Answer
from tests.harness.people import PASSWORD, new_email, new_ip, new_number

PATH = "/graphql"
SEND = "mutation ($input: SendPhoneOtpInput!) { sendPhoneOtp(input: $input) { success message } }"
VERIFY = """mutation ($input: VerifyPhoneOtpInput!) { verifyPhoneOtp(input: $input) {
  success message phone_verified customer_updated token refresh_token expires_in device } }"""
STATUS = "{ phoneOtpStatus { has_pending_otp phone_number time_remaining is_expired delivery } }"
CUSTOMER = "id firstname lastname email phone_number phone_verified custom_attributes { attribute_code value }"
WITH_PHONE = f"""mutation ($input: CreateCustomerWithPhoneInput!) {{ createCustomerWithPhone(input: $input) {{
  success message customer {{ {CUSTOMER} }} }} }}"""
CREATE = f"mutation ($input: CustomerInput!) {{ createCustomer(input: $input) {{ success message customer {{ {CUSTOMER} }} }} }}"
TOKEN = """mutation ($email: String!, $password: String!) { generateCustomerToken(email: $email, password: $password) {
  success message token refresh_token expires_in device } }"""
REVOKE = "mutation { revokeCustomerToken { result } }"
WITHDRAW = "mutation ($type: IysConsentType!) { withdrawIysConsent(type: $type) { success message } }"
ME = f"{{ customer {{ {CUSTOMER} }} }}"


class GraphqlClient:
    """Somebody with a number and an email address, at a client of their own. `session` is sent as the header, unless it is None."""

    def __init__(self, api, inbox):
        self.api, self.inbox, self.ip = api, inbox, new_ip()
        self.number, self.email = new_number(), new_email()
        self.session: str | None = None
        self.headers: dict[str, str] = {}
        self.last: Answer | None = None

    def post(self, document: str, *, headers: dict | None = None, **variables) -> Answer:
        """The whole response."""
        body = {"query": document} | ({"variables": variables} if variables else {})
        return self.send(json.dumps(body).encode(), headers=headers)

    def send(self, raw: bytes, *, headers: dict | None = None) -> Answer:
        """A body as it is."""
        named = {"x-session-id": self.session} if self.session else {}
        self.last = self.api.request("POST", PATH, ip=self.ip, raw=raw, headers=named | self.headers | (headers or {}))
        self.session = self.last.headers.get("x-session-id", self.session)
        return self.last

    def get(self, document: str, *, headers: dict | None = None, **more: str) -> Answer:
        named = {"x-session-id": self.session} if self.session else {}
        query = "&".join(f"{name}={quote(value)}" for name, value in {"query": document, **more}.items())
        return self.api.request("GET", PATH, ip=self.ip, query=query, headers=named | self.headers | (headers or {}))

    def run(self, document: str, *, headers: dict | None = None, **variables) -> dict:
        """The one field of an operation that is answered with data alone."""
        answer = self.post(document, headers=headers, **variables)
        assert answer.status == 200, answer.text
        assert "errors" not in answer.body, answer.text
        [field] = answer["data"].values()
        return field

    # ── the operations ──

    def ask(self, number: str | None = None, **more) -> dict:
        """Ask for a code."""
        return self.run(SEND, input={"phone_number": number or self.number}, **more)

    def code(self, number: str | None = None) -> str:
        return self.inbox.code(number or self.number)

    def verify(self, code: str | None = None, *, key: str | None = None) -> dict:
        return self.run(VERIFY, input={"otp_code": code or self.code()}, headers={"idempotency-key": key} if key else None)

    def prove(self, number: str | None = None) -> None:
        """Ask for a code and enter it."""
        assert self.ask(number)["success"], self.last.text
        assert self.verify(self.code(number))["success"], self.last.text

    def status(self) -> dict:
        return self.run(STATUS)

    def sign_up(self, **fields) -> dict:
        """Create the customer with the number that was proven."""
        names = {"firstname": "John", "lastname": "Doe", "email": self.email, "password": PASSWORD}
        return self.run(WITH_PHONE, input=names | fields)

    def create(self, **fields) -> dict:
        return self.run(CREATE, input={"email": self.email, "password": PASSWORD} | fields)

    def sign_in(self, email: str | None = None, password: str = PASSWORD) -> dict:
        return self.run(TOKEN, email=email or self.email, password=password)

    def withdraw(self, consent_type: str) -> dict:
        return self.run(WITHDRAW, type=consent_type)

    def as_customer(self, token: str) -> "GraphqlClient":
        """From now on with this access token."""
        self.headers = {"authorization": f"Bearer {token}"}
        return self

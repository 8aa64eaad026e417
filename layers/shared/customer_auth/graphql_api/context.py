"""What the resolvers of one request share: who is calling, and what goes out beside the data."""

from collections.abc import Callable
from dataclasses import dataclass, field

from customer_auth.base.client import Client
from customer_auth.base.errors import Refusal, Throttled
from customer_auth.http.request import Request
from customer_auth.otp import verification_sessions
from customer_auth.otp.verification_sessions import VerificationSession

# `__Host-`: no other host can have set it (RFC 6265bis §4.1.3.2).
COOKIE = "__Host-phone-otp"
SESSION_HEADER = "x-session-id"
DEVICE_HEADER = "x-device"
_COOKIE_ATTRIBUTES = f"Path=/; Max-Age={verification_sessions.LIFE_SECONDS}; Secure; HttpOnly; SameSite=Lax"


@dataclass(slots=True)
class GraphqlContext:
    """One request. `refusal` is the mutation's, if it was refused; `headers` and `cookies` go out with the response."""

    request: Request
    client: Client
    idempotency_key: str | None
    refusal: Refusal | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, request: Request) -> "GraphqlContext":
        """Raises: BadRequest (the Idempotency-Key)."""
        client = request.client(None)._replace(device=request.header(DEVICE_HEADER))
        return cls(request, client, request.idempotency_key())

    def authenticated[C](self, check: Callable[[str, str], C]) -> C:
        """Whoever the access token says is calling. Raises: NotAuthenticated, and what `check` raises."""
        return check(self.request.access_token(), self.request.issuer())

    def find_session(self) -> VerificationSession | None:
        """The verification session that the client names. If the header is present, the cookie is ignored. Raises: aws.Failed."""
        named = self.request.header(SESSION_HEADER)
        values = [named] if named is not None else self.request.cookies(COOKIE)
        return next((session for session in map(verification_sessions.find, values) if session), None)

    def set_session(self, session: VerificationSession) -> None:
        """Give the client a new session."""
        self.headers[SESSION_HEADER] = session.text
        self.cookies.append(f"{COOKIE}={session.text}; {_COOKIE_ATTRIBUTES}")

    def refuse(self, refusal: Refusal) -> None:
        """Note why the mutation was refused."""
        self.refusal = refusal
        if isinstance(refusal, Throttled):
            self.headers["retry-after"] = str(refusal.retry_after_seconds)

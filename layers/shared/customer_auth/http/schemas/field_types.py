"""The types of response fields, for the OpenAPI document. Rules make the values; nothing is checked here again."""

from typing import Annotated, Any

from pydantic import WithJsonSchema

from customer_auth.http import examples


def _text(pattern: str, example: str, **keywords: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example], **keywords})


type Challenge = Annotated[
    str,
    _text(
        "^[A-Za-z0-9_-]{44}$",
        examples.CHALLENGE,
        description="Names the code; sent back with it, the attempt is counted for this code alone.",
    ),
]
type Time = Annotated[str, _text("Z$", examples.AT_ISO, format="date-time", description="ISO 8601, UTC.")]
type EpochSeconds = Annotated[int, WithJsonSchema({"type": "integer", "minimum": 0, "examples": [examples.AT]})]
type MaskedPhone = Annotated[str, _text(r"^\+[1-9][0-9]{0,2}\*{5}[0-9]{4}$", "+1*****0123")]
type MaskedEmail = Annotated[str, _text(r"^.\*{3}@[^@]+$", "a***@example.com")]
type CustomerId = Annotated[str, _text("^cus_[0-9a-v]{24}$", examples.CUSTOMER_ID)]
type DeletionId = Annotated[str, _text("^adr_[0-9a-v]{24}$", examples.DELETION_ID)]
type Id = Annotated[str, _text("^adr_[0-9a-v]{24}$", examples.DELETION_ID)]  # as a path names it
type Sid = Annotated[str, _text("^ses_[0-9a-v]{24}$", examples.SESSION_ID)]
type Provider = Annotated[str, WithJsonSchema({"type": "string", "enum": ["google", "facebook", "apple"]})]
type Binding = Annotated[
    str,
    _text(
        "^[A-Za-z0-9_-]{43}$",
        examples.BINDING,
        description="The secret of this browser, for clients without cookies: send it back with the exchange.",
    ),
]
type E164 = Annotated[str, _text(r"^\+[1-9][0-9]{6,14}$", examples.PHONE, description="A phone number, E.164.")]
type Mailbox = Annotated[
    str,
    _text("^[^@]+@[^@]+$", examples.EMAIL, format="idn-email", description="An email address as it was verified, its domain in A-labels."),
]
type AccessToken = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
        examples.ACCESS_TOKEN,
        description="A signed JWT (RFC 9068), for `Authorization: Bearer`.",
    ),
]
type RefreshToken = Annotated[
    str,
    _text(
        r"^cus_[0-9a-v]{24}\.ses_[0-9a-v]{24}\.[0-9]+\.[0-9]+\.[A-Za-z0-9_-]{43}\.[A-Za-z0-9_-]{43}$",
        examples.REFRESH_TOKEN,
        description="To be exchanged, once, for the next pair of tokens; its parts may change.",
    ),
]
type Device = Annotated[
    str,
    _text(
        "^[A-Za-z0-9_-]{28}$",
        examples.DEVICE,
        description="Send it back with code requests and attempts: it makes this client a known device for 180 days.",
    ),
]
type LifeSeconds = Annotated[
    int, WithJsonSchema({"type": "integer", "minimum": 1, "description": "Seconds until the access token expires.", "examples": [900]})
]
type RegistrationToken = Annotated[
    str,
    _text(
        r"^reg_[0-9a-v]{24}\.[A-Za-z0-9_-]{12}\.[0-9]+\.[0-9]+\.[A-Za-z0-9_-]{43}$",
        examples.REGISTRATION_TOKEN,
        description="For `Authorization: Bearer` at POST /store/customers, once, within 30 minutes.",
    ),
]

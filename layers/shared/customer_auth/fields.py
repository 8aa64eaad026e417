"""The kinds of fields that bodies have: each parses its input into what the rules work with, or says in a few words what is wrong.

Messages complete «<Field> …» and never repeat the value.
"""

import re
import unicodedata
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints, WithJsonSchema
from pydantic.alias_generators import to_camel

from customer_auth import email, phone
from customer_auth.address import Address

_LONGEST_TEXT = 2048
# Unicode's categories Cc and Cs: NUL, line ends and the like, and lone surrogates.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Model(BaseModel):
    """A body or an answer. Types are strict; members that are not named are ignored, so that they can change nothing."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, populate_by_name=True)

    # Every status with which an answer of this model may go out, and the one of this answer.
    http_statuses: ClassVar[tuple[int, ...]] = (200,)

    @property
    def http_status(self) -> int:
        return 200


class CamelModel(Model):
    """A body or an answer of the sign-in API, whose names are in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 (pydantic turns ValueError alone into an answer)
    if len(value) > _LONGEST_TEXT:
        raise ValueError("is too long")
    if _CONTROLS.search(value):
        raise ValueError("must not contain control characters")
    return value


def _phone(value: object) -> Address:
    return phone.parse(_text(value))


def _email(value: object) -> Address:
    return email.parse(_text(value))


def _code(value: object) -> str:
    """A code as people type and paste it: any digits, any case, with spaces and hyphens."""
    text = "".join(letter for letter in unicodedata.normalize("NFKC", _text(value)) if not letter.isspace() and letter != "-")
    if not text:
        raise ValueError("must not be empty")
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in text).upper()


def _name(value: object) -> str:
    text = _text(value).strip()
    if len(text) > 100:  # noqa: PLR2004 (said in the schema too)
        raise ValueError("must be at most 100 characters")
    return text


type Phone = Annotated[
    Address,
    PlainValidator(_phone),
    WithJsonSchema({"type": "string", "examples": ["+14155550123"], "description": "In any spelling, national ones in DEFAULT_REGION."}),
]
type Email = Annotated[
    Address, PlainValidator(_email), WithJsonSchema({"type": "string", "format": "email", "examples": ["ada@example.com"]})
]
type Code = Annotated[
    str, PlainValidator(_code), WithJsonSchema({"type": "string", "examples": ["123456"], "description": "The code from the message."})
]
type Name = Annotated[str, PlainValidator(_name), WithJsonSchema({"type": "string", "maxLength": 100})]
type Text = Annotated[str, BeforeValidator(_text)]
type Token = Annotated[str, BeforeValidator(_text), StringConstraints(min_length=1)]


class FromClient(Model):
    """What an asking or trying client may say of itself."""

    device: Text | None = Field(default=None, title="Device", description="The proof that this client proved this address before.")
    locale: Text | None = Field(
        default=None, title="Locale", description="Language of the message (BCP 47): en, tr or fa.", examples=["tr-TR"]
    )

"""A provider's answer by a form_post (OAuth 2.0 Form Post Response Mode), and where it sends the browser."""

from typing import ClassVar

from pydantic import Field

from customer_auth.http import examples
from customer_auth.http.fields import LongText, Text, Token
from customer_auth.http.schemas.base import FormModel, Model


class ProviderForm(FormModel):
    """What the provider says: a code, or an error."""

    state: Token = Field(title="State", examples=[examples.STATE])
    code: Token | None = Field(default=None, title="Code", examples=["c5a1b2"])
    error: Text | None = Field(default=None, title="Error", examples=["user_cancelled_authorize"])
    user: LongText | None = Field(
        default=None,
        title="User",
        description="A person's names, as JSON, in their first form alone.",
        examples=['{"name":{"firstName":"Ada","lastName":"Lovelace"}}'],
    )


class RedirectResponse(Model):
    """The browser goes on to the page that began the sign-in, with the state and the code, or the error."""

    http_statuses: ClassVar[tuple[int, ...]] = (303,)

    location: str = Field(examples=[f"{examples.REDIRECT_URL}?state={examples.STATE}&code=c5a1b2"])

    @property
    def http_headers(self) -> dict[str, str]:
        return {"location": self.location}

"""What customers call themselves and their company, in the bodies that take it."""

from pydantic import Field

from customer_auth.http.fields import Name
from customer_auth.http.schemas.base import Model


class Named(Model):
    """The names of a person."""

    first_name: Name | None = Field(default=None, title="First name", examples=["Ada"])
    last_name: Name | None = Field(default=None, title="Last name", examples=["Lovelace"])


class NamedWithCompany(Named):
    """The same, with the company's."""

    company_name: Name | None = Field(default=None, title="Company name", examples=["Analytical Engines"])

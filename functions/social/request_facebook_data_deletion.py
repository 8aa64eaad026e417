"""POST /login/facebook/data-deletion: takes Facebook's demand that a person's data be deleted."""

from pydantic import Field

from customer_auth.base.errors import NotFound
from customer_auth.base.provider_errors import WrongProviderProof
from customer_auth.flows import facebook_data_deletion
from customer_auth.http import examples
from customer_auth.http.endpoint import Call, endpoint
from customer_auth.http.fields import SignedText
from customer_auth.http.schemas.base import FormModel, Model


class DataDeletionForm(FormModel):
    """Whose data is to be deleted, signed with the app's secret."""

    signed_request: SignedText = Field(title="Signed request", examples=["c2lnbmF0dXJl.eyJ1c2VyX2lkIjoiMSJ9"])


class DataDeletionResponse(Model):
    """Where the person can see what became of it."""

    url: str = Field(examples=[f"{examples.ISSUER}/login/facebook/data-deletion/{examples.DELETION_ID}"])
    confirmation_code: str = Field(examples=[examples.DELETION_ID])


@endpoint(body=DataDeletionForm, answer=DataDeletionResponse, refusals=(NotFound, WrongProviderProof))
def handler(call: Call[DataDeletionForm, None]) -> DataDeletionResponse:
    code = facebook_data_deletion.receive(call.body.signed_request, call.at)
    return DataDeletionResponse(url=f"{call.issuer}/login/facebook/data-deletion/{code}", confirmation_code=code)

"""AWS by its SDK, boto3, for the services that messages are handed to: SNS and SES speak protocols of their own.

One session a container, and clients alone: a start takes 10 ms more than with botocore by itself, and 50 less than with a session that
looks for all services there are.
"""

from functools import cache
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.session import Session as CoreSession

from customer_auth.aws.errors import Unknown, meaning
from customer_auth.base import settings

_SERVICES = ("sns", "sesv2")
# A message whose answer was lost may have gone out: whether it goes out again is the outbox's to decide, not the SDK's.
_CONFIG: dict[str, Any] = {
    "user_agent": "customer-auth",
    "connect_timeout": 1,
    "read_timeout": 3,
    "retries": {"mode": "standard", "total_max_attempts": 1},
}


def call(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """One request, once. Raises: Refused, Unknown."""
    try:
        answer: dict[str, Any] = getattr(client(service), xform_name(operation))(**parameters)
    except ClientError as refused:
        told: dict[str, Any] = {**refused.response}
        status = told.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        raise meaning(status, told["Error"]["Code"], told) from refused
    except BotoCoreError as lost:
        raise Unknown(type(lost).__name__) from lost
    return answer


@cache
def client(service: str) -> Any:
    """The service's client, made once a container."""
    region = settings.messaging().sms_region if service == "sns" else None
    make: Any = session().client
    return make(service, region_name=region, config=Config(**_CONFIG))


@cache
def session() -> boto3.Session:
    """What the clients are made of; its events are where tests listen and break things."""

    class OurServices(Loader):
        """Knows which services there are without a look into the folders of all 400, a third of what the first client takes."""

        def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 (the SDK's signature)
            return list(_SERVICES)

    core = CoreSession()
    core.register_component("data_loader", OurServices())
    return boto3.Session(botocore_session=core)


def forget() -> None:
    """Make clients anew at the next use; for tests, each of which takes the SDK's retry quota from full."""
    client.cache_clear()
    session.cache_clear()

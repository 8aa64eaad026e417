"""AWS's SDK, boto3, for the services that deliver messages: SNS and SES do not speak the JSON protocol.

Each container has one session, and uses clients only. Starting takes 10 ms longer than with botocore alone, and 50 ms less than with a
session that looks up every service of AWS.
"""

from functools import cache
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.session import Session as CoreSession

from customer_auth.aws import errors
from customer_auth.aws.errors import OutcomeUnknown
from customer_auth.base import settings

_SERVICES = ("sns", "sesv2")
# A message may have been sent even if the response was lost. Whether to send it again is for the outbox to decide, not for the SDK.
_CONFIG: dict[str, Any] = {
    "user_agent": "customer-auth",
    "connect_timeout": 1,
    "read_timeout": 3,
    "retries": {"mode": "standard", "total_max_attempts": 1},
}


def call(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Send a request, once, and return the response. Raises: Refused, OutcomeUnknown."""
    try:
        response: dict[str, Any] = getattr(client(service), xform_name(operation))(**parameters)
    except ClientError as refused:
        body: dict[str, Any] = {**refused.response}
        status = body.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        raise errors.from_response(status, body["Error"]["Code"], body) from refused
    except BotoCoreError as lost:
        raise OutcomeUnknown(type(lost).__name__) from lost
    return response


@cache
def client(service: str) -> Any:
    """The client of a service, created once in each container."""
    region = settings.messaging().sms_region if service == "sns" else None
    create: Any = session().client
    return create(service, region_name=region, config=Config(**_CONFIG))


@cache
def session() -> boto3.Session:
    """The session that creates the clients; tests use its events to observe and to break requests."""

    class FixedServicesLoader(Loader):
        """Lists the two services without reading the folders of all 400, which takes a third of the first client's time."""

        def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 (the SDK's signature)
            return list(_SERVICES)

    core = CoreSession()
    core.register_component("data_loader", FixedServicesLoader())
    return boto3.Session(botocore_session=core)


def forget() -> None:
    """Create the clients again at the next use; for tests, so that each begins with the SDK's full retry quota."""
    client.cache_clear()
    session.cache_clear()

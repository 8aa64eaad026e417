"""AWS End User Messaging, one operation of it: requests are checked against the SDK's own model of the service."""

import json
import re
import uuid
from collections.abc import Mapping
from functools import cache
from typing import ClassVar

import botocore.session
from botocore.model import Shape
from botocore.validate import ParamValidator

from local.server import Request, Response
from local.stand_in import Result, StandIn, Taken

MODEL = "pinpoint-sms-voice-v2"
TARGET = "PinpointSMSVoiceV2.SendTextMessage"
CONTENT_TYPE = "application/x-amz-json-1.0"
NUMBER, PRICE = re.compile(r"\+?[1-9][0-9]{1,18}"), re.compile(r"[0-9]{0,2}\.[0-9]{1,5}")
MOST_CONTEXT = 5
# The exception that each reason comes with.
REASONS: Mapping[str, str] = {
    **dict.fromkeys(("DESTINATION_PHONE_NUMBER_OPTED_OUT", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED"), "ConflictException"),
    **dict.fromkeys(
        ("DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE"),
        "ConflictException",
    ),
    **dict.fromkeys(("NO_ORIGINATION_IDENTITIES_FOUND", "RESOURCE_NOT_ACTIVE", "MESSAGE_TYPE_MISMATCH"), "ConflictException"),
    **dict.fromkeys(("PRICE_OVER_THRESHOLD", "DESTINATION_COUNTRY_BLOCKED", "COUNTRY_NOT_ENABLED"), "ValidationException"),
    **dict.fromkeys(("INVALID_IDENTITY_FOR_DESTINATION_COUNTRY", "SENDER_ID_NOT_REGISTERED"), "ValidationException"),
    **dict.fromkeys(("SENDER_ID_NOT_SUPPORTED", "SENDER_ID_REQUIRES_REGISTRATION"), "ValidationException"),
    **dict.fromkeys(("INTERNATIONAL_SENDING_NOT_SUPPORTED", "FIELD_VALIDATION_FAILED"), "ValidationException"),
    **dict.fromkeys(("INVALID_PARAMETER", "MISSING_PARAMETER"), "ValidationException"),
    "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT": "ServiceQuotaExceededException",
    **dict.fromkeys(("INSUFFICIENT_ACCOUNT_REPUTATION", "ACCOUNT_DISABLED"), "AccessDeniedException"),
}


class Eum(StandIn):
    """The service in one account."""

    name = provider = "eum"
    modes: ClassVar[Mapping[str, str]] = {
        "error": "InternalServerException",
        "throttle": "ThrottlingException",
        "reject": "DESTINATION_PHONE_NUMBER_OPTED_OUT",
    }

    @staticmethod
    def is_for(request: Request) -> bool:
        return request.header("x-amz-target") == TARGET

    def take(self, request: Request) -> Result:
        is_signed = re.search(r"Credential=\S+/sms-voice/aws4_request", request.header("authorization"))
        if not is_signed or (request.method, request.header("content-type")) != ("POST", CONTENT_TYPE):
            return _answer(400, {"__type": "AccessDeniedException", "Message": "unsigned"})
        parameters = json.loads(request.body)
        faults = ParamValidator().validate(parameters, _shape())
        is_formed = NUMBER.fullmatch(parameters.get("DestinationPhoneNumber", "")) and PRICE.fullmatch(parameters.get("MaxPrice", "0.1"))
        if faults.has_errors() or not is_formed or len(parameters.get("Context", {})) > MOST_CONTEXT or "MessageBody" not in parameters:
            return self.refuse("FIELD_VALIDATION_FAILED")
        return [Taken(parameters["DestinationPhoneNumber"], parameters["MessageBody"])], _answer(200, {"MessageId": str(uuid.uuid4())})

    def refuse(self, code: str) -> Response:
        status = 500 if code == "InternalServerException" else 400
        exception = REASONS.get(code, code)
        return _answer(status, {"__type": exception, "Message": "refused"} | ({"Reason": code} if code in REASONS else {}))


@cache
def _shape() -> Shape:
    shape: Shape = botocore.session.get_session().get_service_model(MODEL).shape_for("SendTextMessageRequest")
    return shape


def _answer(status: int, value: object) -> Response:
    return Response(status, (("content-type", CONTENT_TYPE),), json.dumps(value).encode())

"""Handing a message over to AWS by its SDK, once: the SDK repeats nothing."""

from collections.abc import Mapping

from customer_auth import aws
from customer_auth.messaging.senders.results import Accepted, RefusalKind, SendRefused, SendResult

LOST = SendRefused(RefusalKind.UNKNOWN, "no_answer")
# How the log names the errors of SNS and SES. They decide nothing: every error that is not among a sender's permanent ones is transient,
# for it may pass by itself, or be mended by the operator while the code is still valid.
_REASONS = {
    "Throttled": "throttled",
    "Throttling": "throttled",
    "ThrottlingException": "throttled",
    "TooManyRequestsException": "throttled",
    "LimitExceededException": "throttled",
    "AccountSuspendedException": "sending_paused",
    "SendingPausedException": "sending_paused",
    "AuthorizationError": "not_authorized",
    "InvalidSecurity": "not_authorized",
    "AccessDenied": "not_authorized",
    "AccessDeniedException": "not_authorized",
}


def hand_over(service: str, operation: str, permanent: Mapping[str, SendRefused], **parameters: object) -> SendResult:
    """Call AWS; `permanent` maps the error codes that will not pass to what they mean."""
    try:
        response = aws.call(service, operation, **parameters)
    except aws.Refused as refused:
        transient = SendRefused(RefusalKind.TRANSIENT, _REASONS.get(refused.code, "provider_unavailable"))
        return permanent.get(refused.code, transient)
    except aws.OutcomeUnknown:
        return LOST
    return Accepted(str(response["MessageId"]))

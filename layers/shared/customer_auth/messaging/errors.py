"""Handing a message over to AWS: it returns the provider's message id, or raises `SendFailed`, which says whether to retry."""

from collections.abc import Mapping

from customer_auth import aws

# How the log names the errors of SNS and SES. They decide nothing: every error that is not among a sender's permanent ones is retried, for
# it may pass by itself, or be mended by the operator while the code is still valid.
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


class SendFailed(Exception):
    """The provider did not accept the message, or its response was lost.

    `reason` is a stable identifier without an address in it, safe to show. `permanent`: this message will never be accepted. `unknown`:
    it may have been sent. If neither is set, it was not sent and can be retried.
    """

    def __init__(self, reason: str, *, permanent: bool = False, unknown: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.unknown = unknown


def hand_over(service: str, operation: str, permanent: Mapping[str, str], **parameters: object) -> str:
    """Call AWS, once (`sdk` repeats nothing); returns the provider's message id.

    `permanent` maps the service's permanent error codes to reasons.

    Raises: SendFailed.
    """
    try:
        response = aws.call(service, operation, **parameters)
    except aws.Refused as refused:
        if refused.code in permanent:
            raise SendFailed(permanent[refused.code], permanent=True) from refused
        raise SendFailed(_REASONS.get(refused.code, "provider_unavailable")) from refused
    except aws.OutcomeUnknown as lost:
        raise SendFailed("no_answer", unknown=True) from lost
    return str(response["MessageId"])

"""How handing a message to AWS can end: with the provider's id for it, or `SendFailed`, which says whether to try again."""

from collections.abc import Mapping

from customer_auth import aws

# Refusals of either service that pass by themselves, or that the operator may mend within the code's life.
_FOR_NOW = {
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
    """The provider did not take the message, or did not say so.

    `reason` is a stable word that holds no address: it may be shown. `permanent`: this message will never be taken. `unknown`: it may
    have been sent all the same. Neither: it was not sent, and may be tried again.
    """

    def __init__(self, reason: str, *, permanent: bool = False, unknown: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.unknown = unknown


def hand_over(service: str, operation: str, for_good: Mapping[str, str], **parameters: object) -> str:
    """Call AWS; the provider's id of the message. `for_good` maps the service's error codes that are permanent to reasons.

    Raises: SendFailed.
    """
    try:
        answer = aws.call(service, operation, **parameters)
    except aws.Refused as refused:
        if refused.code in for_good:
            raise SendFailed(for_good[refused.code], permanent=True) from refused
        raise SendFailed(_FOR_NOW.get(refused.code, "provider_unavailable")) from refused
    except aws.OutcomeUnknown as lost:
        raise SendFailed("no_answer", unknown=True) from lost
    return str(answer["MessageId"])

"""One-time codes: requested by one write, verified by one (see `attempts`), derived and never stored (NIST SP 800-63B-4 §3.1.3).

A code is bound to its purpose, its address and, when sent with it, its challenge. Whether the address has an account is not looked up.
"""

from collections.abc import Sequence

from customer_auth import audit
from customer_auth.addresses.address import Address, Channel
from customer_auth.aws.dynamodb import Write
from customer_auth.base.client import Client
from customer_auth.otp import issuing, lanes
from customer_auth.otp.challenges import BoundTo, Challenge
from customer_auth.otp.client_items import CountedRequest
from customer_auth.otp.issuing import IssuedChallenge
from customer_auth.otp.lanes import CodeItemRef
from customer_auth.otp.purposes import Purpose


def request_code(
    purpose: Purpose, address: Address, client: Client, earlier: str | None = None, *, bound_to: BoundTo | None = None
) -> IssuedChallenge:
    """Replace the address's pending challenge, in the client's lane, by a new one; the outbox sends its code.

    Of any number of concurrent calls, the windows let one through; the others are throttled. `earlier` is the challenge of the code
    that is sent again; `bound_to` says for whom alone the code opens something.
    Raises: WrongCode (`earlier` is not of this address and purpose), Throttled, aws.Failed.
    """
    audit.note(purpose=purpose, address=address)
    if earlier is not None:
        lanes.of_challenge(earlier, purpose, address)  # only refuses; which lane to use, the device says
    challenge = Challenge.new(purpose, address, client.locale, bound_to)
    return lanes.in_lane(client, address, lambda ref: issuing.issue(ref, challenge, issuing.charge(client, ref.lane, challenge)))


def request_counted_code(purpose: Purpose, address: Address, client: Client, counted: CountedRequest, bound_to: BoundTo) -> IssuedChallenge:
    """The same, for a request that its client was charged for already (`count_request`)."""
    audit.note(purpose=purpose, address=address)
    challenge = Challenge.new(purpose, address, client.locale, bound_to)
    charges = [counted]  # for the first lane alone: what counts in the lane of an ended device counts again in the other

    def issue(ref: CodeItemRef) -> IssuedChallenge:
        return issuing.issue(ref, challenge, charges.pop() if charges else issuing.charge(client, ref.lane, challenge))

    return lanes.in_lane(client, address, issue)


def request_code_for_owner(challenge: Challenge, client: Client, writes: Sequence[Write]) -> IssuedChallenge:
    """The same for the address's owner, who is signed in: in the trusted lane, and with these writes, all or nothing.

    Raises: Throttled, Unavailable (a condition of `writes` failed), aws.Failed.
    """
    audit.note(purpose=challenge.purpose, address=challenge.address)
    ref = CodeItemRef.trusted(challenge.address)
    return issuing.issue(ref, challenge, issuing.charge(client, ref.lane, challenge), writes)


def request_decoy(purpose: Purpose, channel: Channel, name: str, client: Client, counted: CountedRequest) -> IssuedChallenge:
    """Behave exactly like `request_counted_code` for a recipient that does not exist: same throttling, same response, nothing sent.

    Raises: Throttled, aws.Failed.
    """
    audit.note(purpose=purpose)
    return issuing.issue(CodeItemRef.decoy(name), Challenge.new(purpose, Address(channel, "", ""), client.locale), counted)

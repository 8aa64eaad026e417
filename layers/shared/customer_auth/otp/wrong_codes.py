"""What a wrong code costs: it is counted against its client, and from a client with too many of them no code opens anything."""

from collections.abc import Sequence

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Item
from customer_auth.aws.keys import Lane
from customer_auth.base.client import Client
from customer_auth.base.errors import WrongCode
from customer_auth.otp import client_items
from customer_auth.otp.purposes import Purpose


def count(wrong: WrongCode, purpose: Purpose, lane: Lane, client: Client) -> None:
    """Count a wrong code against its client. Trusted devices are not counted, nor are resets, whose tokens nobody guesses.

    Repeating a used code guesses nothing: it is not counted, but a client whose window is full gets the same response as for any other.
    Raises: Throttled (the window is full), aws.Failed.
    """
    if not _is_limited(purpose, lane):
        return
    if wrong.counts:
        client_items.count_code_failure(client.bucket)
    else:
        read_for_right_code(purpose, lane, client, [])


def read_for_right_code(purpose: Purpose, lane: Lane, client: Client, keys: Sequence[tuple[str, Item]]) -> list[Item | None]:
    """The items under these keys, and in the same read, whether the client of this right code has entered too many wrong ones.

    Then the code opens nothing, its attempt stays counted like a wrong one's, and the response is theirs, after as many requests.
    Raises: Throttled, Unavailable, aws.Failed.
    """
    failures = client_items.code_failures_key(client.bucket) if _is_limited(purpose, lane) else None
    all_keys = [*keys, *([failures] if failures else ())]
    items = dynamodb.batch_get(all_keys) if all_keys else []
    if failures:
        client_items.check_code_failures(items.pop())
    return items


def _is_limited(purpose: Purpose, lane: Lane) -> bool:
    return lane is not Lane.TRUSTED and purpose is not Purpose.RESET

"""Conversions: codes that were used. Each marks its row of the ledger, and gives its client the code request back.

A client's window counts messages because messages cost money. One whose code is used was asked for by somebody who signs in, so it does not
count: hundreds of people behind one carrier's address all get their codes, and a pumper, who uses none, is refused.
"""

import base64
from typing import Any, NamedTuple

from customer_auth.aws import dynamodb
from customer_auth.base import clock
from customer_auth.ledger import ledger_items
from customer_auth.ledger.ledger_items import RowRef
from customer_auth.otp import client_items, idempotency_items
from customer_auth.otp.purposes import Purpose


class Conversion(NamedTuple):
    """A code that was used at `at`; `client` is the key of the window in which its request counts, empty if it counts in none."""

    row: RowRef
    at: int
    client: bytes

    @classmethod
    def of_image(cls, image: dict[str, Any]) -> "Conversion":
        """The conversion that a stream's image of a code item contains; in it, which is JSON, bytes are base64."""
        purpose = Purpose(image["event"]["S"].partition(":")[2])
        record = image[idempotency_items.attribute(purpose)]["M"]
        row = RowRef(int(record["requested_at"]["N"]), base64.b64decode(record["challenge_hash"]["B"]))
        return cls(row, int(record["at"]["N"]), base64.b64decode(record.get("client", {"B": ""})["B"]))


def record(conversion: Conversion) -> None:
    """Mark the row and refund the request, in one transaction, once however often and by however many callers at once.

    A request that is an hour old counts no longer: a refund would take somebody else's out. Raises: aws.Failed (it may be recorded).
    """
    verify = ledger_items.verify(conversion.row, conversion.at)
    counts = conversion.client and conversion.row.requested_at > clock.now() - clock.HOUR
    refund = client_items.refund_used(conversion.client) if counts else []
    if dynamodb.try_transact([verify, *refund]) or not refund:
        return
    dynamodb.try_write(verify)  # the window is gone; or the conversion was recorded before, and this changes nothing

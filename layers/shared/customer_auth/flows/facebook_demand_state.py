"""What became of a demand that came by Facebook (`facebook_data_deletion`)."""

import re
from enum import StrEnum

from customer_auth.base.errors import NotFound
from customer_auth.deletion import data_deletion_items, deletion_items
from customer_auth.deletion.deletion_items import DeletionState

_ID = re.compile(r"adr_[0-9a-v]{24}")


class DemandState(StrEnum):
    """How far a demand is, for the person who has made it."""

    PENDING = "pending"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


def state(demand_id: str) -> DemandState:
    """What became of a demand. Raises: NotFound, aws.Failed."""
    stored = data_deletion_items.find(demand_id) if _ID.fullmatch(demand_id) else None
    if stored is None:
        raise NotFound
    deletion = deletion_items.find(stored["deletion"]) if "deletion" in stored else None
    match deletion.status if deletion else DeletionState.COMPLETED:
        case DeletionState.COMPLETED:
            return DemandState.COMPLETED
        case DeletionState.CANCELLED:
            return DemandState.CANCELLED
        case DeletionState.PENDING | DeletionState.CONFIRMED | DeletionState.ERASING:
            return DemandState.PENDING

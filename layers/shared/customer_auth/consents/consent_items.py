"""The consents of a customer, in the customer's item (see `customer_items`): `consents`, a list of maps with the fields of `ConsentEvent`.

A customer is created with at most one consent of each type, and each is withdrawn at most once, so the list has six events at most.
"""

from customer_auth.aws import dynamodb
from customer_auth.aws.dynamodb import Write
from customer_auth.base import clock
from customer_auth.consents.consents import ConsentEvent
from customer_auth.customers import customer_items
from customer_auth.customers.customer_conditions import SAME_EPOCH_AND_STATUS, epoch_and_status, same_consents
from customer_auth.customers.customers import Customer


def withdraw(customer: Customer, withdrawal: ConsentEvent) -> Write:
    """Part of a transaction: appends the withdrawal, if nothing that decides whether it is posted has changed since the read."""
    has_same_consents, values = same_consents(customer)
    # session epoch and status are as read · no consent has been withdrawn, and no address verified meanwhile
    where = f"{SAME_EPOCH_AND_STATUS} AND {has_same_consents}"
    values |= epoch_and_status(customer) | {":new": [withdrawal.item()], ":now": clock.now()}
    sets = "SET #consents = list_append(#consents, :new), #updated_at = :now"
    return dynamodb.update(*customer_items.key(customer.id), sets, where, values)

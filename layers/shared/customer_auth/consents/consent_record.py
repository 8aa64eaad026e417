"""The consents of a customer: a list of events that only grows, and what of it holds.

A consent is about one address. It holds until it is withdrawn, and as long as the customer has that address. The register is told of it
once the customer has verified the address, for until then the address may be somebody else's.
"""

from collections.abc import Iterable, Sequence

from customer_auth.addresses.address import Address, Channel
from customer_auth.base.errors import BadRequest, FieldError
from customer_auth.consents.consents import ConsentEvent, ConsentStatus, ConsentType, GivenConsent
from customer_auth.customers.customers import Customer


def grant(customer: Customer, consents: Sequence[GivenConsent]) -> Customer:
    """The new customer with these consents, at most one of each type. Raises: BadRequest (two of a type; no address for one)."""
    if len({each.type for each in consents}) < len(consents):
        message = "must be at most one of each type"
        raise BadRequest(f"Consents {message}", FieldError("type", message))
    addresses = {each.channel: each for each in (*customer.verified_addresses, *customer.unverified_addresses)}
    events = []
    for each in consents:
        address = addresses.get(each.type.channel)
        if address is None:
            raise BadRequest(f"A consent to {each.type} needs an address", FieldError(each.type.channel, "is required", missing=True))
        events.append(ConsentEvent(each.type, ConsentStatus.GRANTED, each.source, address.spelling, each.given_at))
    return _append(customer, events)


def replace_address(customer: Customer, address: Address) -> tuple[Customer, list[ConsentEvent]]:
    """The customer with this address, now verified, in place of the channel's previous one; and what is to be posted with that.

    Consents for an address that is left are withdrawn. Those for the new one, if it was theirs unverified, are posted.
    """
    current = of_channel(active(customer), address.channel)
    staying = [event for event in current if event.address.key == address.key]
    withdrawals = withdrawals_of(event for event in current if event not in staying)
    postings = withdrawals if customer.is_verified(address.channel) else staying
    return _append(customer.with_address(address, verified=True), withdrawals), postings


def active(customer: Customer) -> list[ConsentEvent]:
    """The consents that hold."""
    return _active_for(customer, [*customer.verified_addresses, *customer.unverified_addresses])


def reportable(customer: Customer) -> list[ConsentEvent]:
    """Those of them that the register is to know: the ones for verified addresses."""
    return _active_for(customer, customer.verified_addresses)


def find_active(customer: Customer, consent_type: ConsentType) -> ConsentEvent | None:
    """The consent of this type that holds, if there is one."""
    return next((event for event in active(customer) if event.type is consent_type), None)


def of_channel(events: Iterable[ConsentEvent], channel: Channel) -> list[ConsentEvent]:
    """Those about an address of this channel."""
    return [event for event in events if event.type.channel is channel]


def withdrawals_of(events: Iterable[ConsentEvent]) -> list[ConsentEvent]:
    """The events that withdraw these consents, now."""
    return [event.withdrawal() for event in events]


def _append(customer: Customer, events: Sequence[ConsentEvent]) -> Customer:
    """The same customer with these events after the others."""
    return customer._replace(consents=[*(customer.consents or ()), *(event.item() for event in events)] or None)


def _active_for(customer: Customer, addresses: Iterable[Address]) -> list[ConsentEvent]:
    last = {event.type: event for event in map(ConsentEvent.from_item, customer.consents or ())}
    keys = {address.key for address in addresses}
    return [event for event in last.values() if event.status is ConsentStatus.GRANTED and event.address.key in keys]

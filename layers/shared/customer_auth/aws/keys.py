"""Every key string of every table. No key contains an address: addresses are hashed with the index key, which never changes."""

from enum import StrEnum

from customer_auth.addresses.address import Address
from customer_auth.aws import secret_keys
from customer_auth.base import clock, ids

KEYRING = "keyring#signing"
DUE_INDEX = "deletions_due"  # what the hourly run has to do next
# A key that no item ever has, read to see whether a table responds.
HEALTH_PROBE = "health"
# One partition of DynamoDB takes 1,000 write units a second; a day's rows are written to so many.
LEDGER_SHARDS = 8

# Half of SHA-256's output: collisions are still infeasible, and challenges stay short.
_KEY_BYTES = 16
# There are some million prefixes, and ten thousand numbers have each.
_PREFIX_BYTES, _HIDDEN_DIGITS = 9, 4


class Lane(StrEnum):
    """Whose requests and attempts are counted together: those of an address's known devices, or everybody else's."""

    UNTRUSTED = "untrusted"
    TRUSTED = "trusted"


def code_item_key(address: Address, lane: Lane) -> bytes:
    """The key of an address's codes in one lane, which challenges contain too; its last bit is the lane."""
    return code_item_key_of(address.key, lane)


def code_item_key_of(address_key: str, lane: Lane) -> bytes:
    """The key that `code_item_key` returns, by one of the address's own keys."""
    return _of_lane(ids.hmac_sha256(secret_keys.index_key(), "codes", lane, address_key)[:_KEY_BYTES], lane)


def decoy_item_key(name: str) -> bytes:
    """The key of the codes of an address that does not exist."""
    return _of_lane(ids.hmac_sha256(secret_keys.index_key(), "decoy", name)[:_KEY_BYTES], Lane.UNTRUSTED)


def lane_of(item_key: bytes) -> Lane:
    """The lane of the codes with this key; an attempt that has only a challenge learns its lane from it."""
    return Lane.TRUSTED if item_key[-1] & 1 else Lane.UNTRUSTED


def _of_lane(item_key: bytes, lane: Lane) -> bytes:
    return item_key[:-1] + bytes([item_key[-1] & ~1 | (lane == Lane.TRUSTED)])


def code_item(item_key: bytes) -> str:
    return f"code#{ids.base64url(item_key)}"


def password_window(item_key: bytes) -> str:
    """Where the passwords that were entered in a code item's lane are counted."""
    return f"password#{ids.base64url(item_key)}"


def item_key(code_item: str) -> bytes:
    """The key that `code_item` was called with."""
    return ids.from_base64url(code_item.partition("#")[2]) or b""


def client_key(bucket: str, lane: Lane = Lane.UNTRUSTED) -> bytes:
    """The key of a client's rate limits in one lane, which challenges keep."""
    return ids.hmac_sha256(secret_keys.index_key(), "ip", lane, bucket)[:_KEY_BYTES]


def client_item(bucket: str, lane: Lane = Lane.UNTRUSTED) -> str:
    """The item with a client's rate limits; requests from known devices have an item of their own."""
    return client_item_of(client_key(bucket, lane))


def client_item_of(client_key: bytes) -> str:
    return f"ip#{ids.base64url(client_key)}"


def client_code_failures(bucket: str) -> str:
    """The item with a client's wrong codes, which has an item of its own because every correct code reads it."""
    return f"failures#{ids.base64url(ids.hmac_sha256(secret_keys.index_key(), 'ip', bucket)[:_KEY_BYTES])}"


def publishable_key(key: str) -> str:
    return f"publishable#{ids.base64url(ids.sha256(key.encode()))}"


def identity(address_key: str) -> str:
    return f"identity#{ids.base64url(ids.hmac_sha256(secret_keys.index_key(), 'identity', address_key)[:_KEY_BYTES])}"


def provider_account_key(provider: str, sub: str) -> str:
    """What `provider_account` is called with: a keyed hash of the account's id at the provider."""
    return ids.base64url(ids.hmac_sha256(secret_keys.index_key(), "provider", provider, sub)[:_KEY_BYTES])


def provider_account(account_key: str) -> str:
    return f"provider#{account_key}"


def sign_in_states(binding: str) -> str:
    """The item with the pending states of the browser that holds this secret."""
    return f"binding#{ids.base64url(ids.sha256(binding.encode()))}"


def provider_names(state_hash: bytes) -> str:
    """Where a provider's names of a person wait for the exchange of this state."""
    return f"names#{ids.base64url(state_hash)}"


def provider_event(event_id: str) -> str:
    """The mark that a provider's notification was handled."""
    return f"event#{ids.base64url(ids.sha256(event_id.encode()))}"


def data_deletion(request_id: str) -> str:
    """What became of a provider's demand that somebody's data be deleted."""
    return f"erasure#{request_id}"


def guest_proof(session_hash: bytes) -> str:
    """Where a guest's proven number waits for the account that is created in this verification session."""
    return f"proof#{ids.base64url(session_hash)}"


def registration(registration_id: str) -> str:
    return f"registration#{registration_id}"


def referral(code: str) -> str:
    return f"referral#{code}"


def deletion(request_id: str) -> str:
    return f"deletion#{request_id}"


def deletion_count(shard: int) -> str:
    return f"count#deletions#{shard}"


def notification(notification_id: str) -> str:
    return f"message#{notification_id}"


def notification_window(address: Address) -> str:
    return f"notify#{ids.base64url(ids.hmac_sha256(secret_keys.index_key(), 'notify', address.key)[:_KEY_BYTES])}"


def circuit(sender: str) -> str:
    return f"circuit#{sender}"


def password_attempts(customer_id: str) -> str:
    return f"attempts#{customer_id}"


def cleanup(customer_id: str) -> str:
    return f"cleanup#{customer_id}"


def customer(customer_id: str) -> str:
    return f"customer#{customer_id}"


def ledger_shard(challenge_hash: bytes) -> int:
    """In which part of its day a row of the ledger is."""
    return challenge_hash[0] % LEDGER_SHARDS


def ledger_partition(requested_at: int, shard: int) -> str:
    """One part of the rows of a day, which is in UTC."""
    return f"sent#{clock.iso(requested_at).partition('T')[0]}#{shard}"


def ledger_row(requested_at: int, challenge_hash: bytes) -> str:
    """The sort key of a row: rows are in the order of their requests."""
    return f"{requested_at}#{ids.base64url(challenge_hash)}"


def ledger_rows_of(first_hour_at: int, last_hour_at: int) -> tuple[str, str]:
    """Between which sort keys the rows of these hours are; a row's own is longer than its second."""
    return str(first_hour_at), str(last_hour_at + clock.HOUR)


def summaries(month: str) -> str:
    """The summaries of a month, like 2026-11."""
    return f"costs#{month}"


def summary(hour_at: int) -> tuple[str, str]:
    """Partition and sort key of an hour's summary."""
    return summaries(clock.iso(hour_at)[:7]), clock.iso(hour_at)[8:13]


def number_prefix(address: Address) -> str:
    """A keyed hash of a number's digits but the last four, so that a row tells a range of numbers from another and names nobody's."""
    return ids.base64url(ids.hmac_sha256(secret_keys.index_key(), "number-prefix", address.value[:-_HIDDEN_DIGITS])[:_PREFIX_BYTES])

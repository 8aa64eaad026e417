"""Every key string of every table. No key holds an address: they are hashed with the index key, which never rotates."""

from customer_auth import ids, vault
from customer_auth.address import Address

KEYRING = "keyring#signing"
# Where nothing ever lies: to see whether a table answers.
NOTHING = "health"

# Half of SHA-256's output: no collision is to be found, and a challenge stays short.
_KEY_BYTES = 16


def code_item_key(address: Address, lane: str) -> bytes:
    """What names an address's codes in one lane, inside a challenge too."""
    return ids.keyed(vault.index_key(), "codes", lane, address.key)[:_KEY_BYTES]


def decoy_item_key(name: str) -> bytes:
    """What names the codes of nobody."""
    return ids.keyed(vault.index_key(), "decoy", name)[:_KEY_BYTES]


def code_item(item_key: bytes) -> str:
    return f"code#{ids.base64url(item_key)}"


def item_key(code_item: str) -> bytes:
    """What names the codes of a code item's key."""
    return ids.from_base64url(code_item.partition("#")[2]) or b""


def client_item(bucket: str) -> str:
    return f"ip#{ids.base64url(ids.keyed(vault.index_key(), 'ip', bucket)[:_KEY_BYTES])}"


def publishable_key(key: str) -> str:
    return f"publishable#{ids.base64url(ids.sha256(key.encode()))}"


def identity(address_key: str) -> str:
    return f"identity#{ids.base64url(ids.keyed(vault.index_key(), 'identity', address_key)[:_KEY_BYTES])}"


def registration(registration_id: str) -> str:
    return f"registration#{registration_id}"


def referral(code: str) -> str:
    return f"referral#{code}"


def deletion(request_id: str) -> str:
    return f"deletion#{request_id}"


def deletion_count(shard: int) -> str:
    return f"count#deletions#{shard}"


def notice(notice_id: str) -> str:
    return f"message#{notice_id}"


def password_attempts(customer_id: str) -> str:
    return f"attempts#{customer_id}"


def cleanup(customer_id: str) -> str:
    return f"cleanup#{customer_id}"


def customer(customer_id: str) -> str:
    return f"customer#{customer_id}"

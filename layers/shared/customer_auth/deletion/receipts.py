"""Receipts of deletions: what was erased and when, signed, with nothing in it of whom.

A JWS in its compact form (RFC 7515), ES256 by a key of its own in KMS that no function can read. The customer's id is a keyed hash.
"""

import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from jwt.algorithms import ECAlgorithm
from jwt.api_jws import PyJWS
from jwt.utils import der_to_raw_signature

from customer_auth import aws
from customer_auth.aws import secret_keys
from customer_auth.base import clock, ids, settings
from customer_auth.deletion.deletion_items import Deletion

ALGORITHM = "ES256"
TYPE = "deletion-receipt+jwt"


class _KmsAlgorithm(ECAlgorithm):
    """ES256 as PyJWT has it, but for the private key: that stays in KMS, and its id stands in its place."""

    def prepare_key(self, key: Any) -> Any:
        return key

    def sign(self, msg: bytes, key: Any) -> bytes:
        answer = aws.call("kms", "Sign", KeyId=key, Message=msg, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256")
        return der_to_raw_signature(answer["Signature"], SECP256R1())


_signer = PyJWS(algorithms=[])
_signer.register_algorithm(ALGORITHM, _KmsAlgorithm(ECAlgorithm.SHA256))


def issue(completed: Deletion, erased: dict[str, int], completed_at: int) -> str:
    """The signed receipt of this request. Raises: aws.Failed."""
    key_id = settings.processing().receipts_key
    body = {
        "request_id": completed.id,
        "customer": ids.base64url(ids.hmac_sha256(secret_keys.index_key(), "receipt-customer", completed.customer_id)),
        "asked_at": clock.iso(completed.created_at),
        "confirmed_at": clock.iso(completed.confirmed_at or completed.created_at),
        "completed_at": clock.iso(completed_at),
        "erased": erased,
    }
    payload = json.dumps(body, separators=(",", ":")).encode()
    return _signer.encode(payload, key_id, ALGORITHM, headers={"typ": TYPE, "kid": key_id})


def public_key() -> str:
    """What checks receipts, in PEM; for commands, no function reads it. Raises: aws.Failed."""
    der = aws.call("kms", "GetPublicKey", KeyId=settings.processing().receipts_key)["PublicKey"]
    return load_der_public_key(der).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def check(receipt: str, pem: str) -> dict[str, Any]:
    """What a receipt says, if this key has signed it; asks nobody. Raises: ValueError."""
    try:
        decoded = PyJWS(algorithms=[ALGORITHM]).decode_complete(receipt.strip(), pem, algorithms=[ALGORITHM])
    except jwt.InvalidSignatureError:
        raise ValueError("this key has not signed the receipt") from None
    except jwt.PyJWTError:
        raise ValueError("this is no receipt, or no key of receipts") from None
    if decoded["header"].get("typ") != TYPE:
        raise ValueError("this is no receipt, but something else that its key has signed")
    told: dict[str, Any] = json.loads(decoded["payload"])
    return told

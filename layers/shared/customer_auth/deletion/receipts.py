"""Deletion receipts: what was erased and when, signed, without revealing whose account it was.

A JWS in compact form (RFC 7515), signed with ES256 by a key of its own that never leaves KMS. The customer's id is a keyed hash.
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
    """PyJWT's ES256, with the id of a KMS key in the place of the private key."""

    def prepare_key(self, key: Any) -> Any:
        return key

    def sign(self, msg: bytes, key: Any) -> bytes:
        response = aws.call("kms", "Sign", KeyId=key, Message=msg, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256")
        return der_to_raw_signature(response["Signature"], SECP256R1())


_signer = PyJWS(algorithms=[])
_signer.register_algorithm(ALGORITHM, _KmsAlgorithm(ECAlgorithm.SHA256))


def issue(deletion: Deletion, erased: dict[str, int], completed_at: int) -> str:
    """The signed receipt of a completed deletion; `erased` counts what was erased, by kind. Raises: aws.Failed."""
    key_id = settings.processing().receipts_key
    body = {
        "request_id": deletion.id,
        "customer": ids.base64url(ids.hmac_sha256(secret_keys.index_key(), "receipt-customer", deletion.customer_id)),
        "asked_at": clock.iso(deletion.created_at),
        "confirmed_at": clock.iso(deletion.confirmed_at or deletion.created_at),
        "completed_at": clock.iso(completed_at),
        "erased": erased,
    }
    payload = json.dumps(body, separators=(",", ":")).encode()
    return _signer.encode(payload, key_id, ALGORITHM, headers={"typ": TYPE, "kid": key_id})


def public_key() -> str:
    """The public key that verifies receipts, as PEM; for commands only. Raises: aws.Failed."""
    der = aws.call("kms", "GetPublicKey", KeyId=settings.processing().receipts_key)["PublicKey"]
    return load_der_public_key(der).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def check(receipt: str, pem: str) -> dict[str, Any]:
    """The payload of a receipt that this key has signed, verified offline. Raises: ValueError."""
    try:
        decoded = PyJWS(algorithms=[ALGORITHM]).decode_complete(receipt.strip(), pem, algorithms=[ALGORITHM])
    except jwt.InvalidSignatureError:
        raise ValueError("this key has not signed the receipt") from None
    except jwt.PyJWTError:
        raise ValueError("this is no receipt, or no key of receipts") from None
    if decoded["header"].get("typ") != TYPE:
        raise ValueError("this is no receipt, but something else that its key has signed")
    payload: dict[str, Any] = json.loads(decoded["payload"])
    return payload

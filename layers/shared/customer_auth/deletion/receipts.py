"""Receipts of deletions: what was erased and when, signed, with nothing in it of whom.

A JWS in its compact form (RFC 7515), ES256 by a key of its own in KMS that no function can read. The customer's id is a keyed hash.
"""

import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key, load_pem_public_key

from customer_auth import aws
from customer_auth.aws import secret_keys
from customer_auth.base import clock, ids, settings
from customer_auth.deletion.deletion_items import Deletion

TYPE = "deletion-receipt+jwt"
_NUMBER_BYTES = 32  # r and s of P-256 (RFC 7518 §3.4)


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
    signed = f"{_part({'alg': 'ES256', 'typ': TYPE, 'kid': key_id})}.{_part(body)}"
    answer = aws.call("kms", "Sign", KeyId=key_id, Message=signed.encode(), MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256")
    r, s = decode_dss_signature(answer["Signature"])
    return f"{signed}.{ids.base64url(r.to_bytes(_NUMBER_BYTES, 'big') + s.to_bytes(_NUMBER_BYTES, 'big'))}"


def public_key() -> str:
    """What checks receipts, in PEM; for commands, no function reads it. Raises: aws.Failed."""
    der = aws.call("kms", "GetPublicKey", KeyId=settings.processing().receipts_key)["PublicKey"]
    return load_der_public_key(der).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def check(receipt: str, pem: str) -> dict[str, Any]:
    """What a receipt says, if this key has signed it; asks nobody. Raises: ValueError."""
    signed, _, signature = receipt.strip().rpartition(".")
    raw, body = ids.from_base64url(signature) or b"", ids.from_base64url(signed.rpartition(".")[2]) or b""
    key = load_pem_public_key(pem.encode())
    if len(raw) != 2 * _NUMBER_BYTES or not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("this is no receipt, or no key of receipts")
    r, s = (int.from_bytes(part, "big") for part in (raw[:_NUMBER_BYTES], raw[_NUMBER_BYTES:]))
    try:
        key.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise ValueError("this key has not signed the receipt") from None
    told: dict[str, Any] = json.loads(body)
    return told


def _part(told: dict[str, Any]) -> str:
    return ids.base64url(json.dumps(told, separators=(",", ":")).encode())

"""Refresh tokens of providers: stored encrypted by KMS, in order to be revoked when the account is deleted, and for nothing else."""

from customer_auth import aws
from customer_auth.base.provider_settings import resources

_PURPOSE = "provider-token"


def encrypt(token: str, customer_id: str) -> bytes:
    """The token, encrypted for this customer alone. Raises: aws.Failed."""
    response = aws.call(
        "kms", "Encrypt", KeyId=resources().provider_tokens_key, Plaintext=token.encode(), EncryptionContext=_context(customer_id)
    )
    sealed: bytes = response["CiphertextBlob"]
    return sealed


def decrypt(sealed: bytes, customer_id: str) -> str:
    """The token of this customer. Raises: aws.Failed."""
    response = aws.call(
        "kms", "Decrypt", KeyId=resources().provider_tokens_key, CiphertextBlob=sealed, EncryptionContext=_context(customer_id)
    )
    token: bytes = response["Plaintext"]
    return token.decode()


def _context(customer_id: str) -> dict[str, str]:
    return {"purpose": _PURPOSE, "customer": customer_id}

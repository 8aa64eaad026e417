"""AWS's Signature Version 4 of a POST to a service's root, with the credentials that Lambda puts into the environment.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
import os
import time
from collections.abc import Mapping
from functools import lru_cache

_ALGORITHM = "AWS4-HMAC-SHA256"


def sign(headers: Mapping[str, str], body: bytes, *, service: str, region: str, at: float | None = None) -> dict[str, str]:
    """The headers together with those of the signature. `headers` have lower-case names and include `host`; `at` is in epoch seconds."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    all_headers = {**headers, "x-amz-date": stamp}
    token = os.environ.get("AWS_SESSION_TOKEN")
    if token:
        all_headers["x-amz-security-token"] = token
    names = sorted(all_headers)
    canonical_headers = "".join([f"{name}:{all_headers[name]}\n" for name in names])
    signed_names = ";".join(names)
    request = f"POST\n/\n\n{canonical_headers}\n{signed_names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = _key(os.environ["AWS_SECRET_ACCESS_KEY"], scope)
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    all_headers["authorization"] = f"{_ALGORITHM} Credential={credential}, SignedHeaders={signed_names}, Signature={signature}"
    return all_headers


@lru_cache(maxsize=8)
def _key(secret: str, scope: str) -> bytes:
    """The signing key for a scope of a day, a region and a service."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key

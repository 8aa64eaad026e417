"""Saves the embedded AWS in a data folder and restores it in the next run: tables, secrets, keys and the clock."""

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from moto.kms.models import Key, kms_backends

from local.clock import Clock
from local.cloud import KEY, REGION, SECRET, Clients
from local.data import DataFolder
from local.engine import Backend
from local.intrinsics import ACCOUNT_ID
from local.scheduler import Fired
from local.template import Template

SIGNS = "SIGN_VERIFY"


class Keeper:
    """Saves to and restores from `folder`; `state` is what the last run saved."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self.state: dict[str, Any] = folder.state()

    @property
    def secrets(self) -> dict[str, str]:
        """The values of the secrets by logical id."""
        return dict(self.state.get("secrets", {}))

    @property
    def offset_seconds(self) -> float:
        return float(self.state.get("clock_offset_seconds", 0))

    @property
    def fired(self) -> Fired | None:
        """Until when the schedules have fired."""
        fired = self.state.get("schedules")
        return Fired(**fired) if fired else None

    def restore_keys(self) -> dict[str, str]:
        """Restore the KMS keys, which decrypt and sign as before; returns their ids by logical id."""
        ids: dict[str, str] = {}
        for name, stored in self.state.get("keys", {}).items():
            key = _keys().create_key(None, stored.get("usage", "ENCRYPT_DECRYPT"), stored.get("spec", "SYMMETRIC_DEFAULT"), "", None)
            del _keys().keys[key.id]
            key.id, key.key_material = stored["id"], base64.b64decode(stored["material"])
            if "private" in stored:
                key.private_key.private_key = load_der_private_key(base64.b64decode(stored["private"]), None)
            _keys().keys[key.id] = key
            ids[name] = key.id
        return ids

    def restore_tables(self, tables: Backend) -> None:
        """Restore the items of the tables that still exist, and write a journal of changes from here on."""
        for table, item in self._folder.items():
            if table in tables.tables:
                tables.restore(table, item)
        self._folder.begin_journal(tables.items())
        tables.listeners.append(self._folder.write)

    def close(self) -> None:
        """Release the folder for the next run."""
        self._folder.close()

    def keep(self, template: Template, clients: Clients, ids: Mapping[str, str], clock: Clock, fired: Fired) -> None:
        """Save the current state, except the tables."""
        keys = {name: _keys().keys[ids[name]] for name in template.resources_of(KEY)}
        read = clients.secrets.get_secret_value
        self.state = {
            "clock_offset_seconds": clock.offset_seconds,
            "schedules": fired._asdict(),
            "secrets": {name: read(SecretId=ids[name])["SecretString"] for name in template.resources_of(SECRET)},
            "keys": {name: _stored_key(key) for name, key in keys.items()},
        }
        self._folder.keep(self.state)


def _keys() -> Any:
    return kms_backends[ACCOUNT_ID][REGION]


def _stored_key(key: Key) -> dict[str, str]:
    stored = {"id": key.id, "usage": key.key_usage, "spec": key.key_spec, "material": base64.b64encode(key.key_material).decode()}
    if key.key_usage != SIGNS:
        return stored
    signing: Any = key.private_key
    private = signing.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return stored | {"private": base64.b64encode(private).decode()}

"""The settings of posting consents to Turkey's register (IYS) by Netgsm. With none of them nothing is posted; some of them are an error."""

from functools import cache
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from customer_auth.base import settings
from customer_auth.base.setting_types import comma_separated, matching

# The names in capitals are members of the secret.
PASSWORD, APP_KEY = "NETGSM_IYS_PASSWORD", "NETGSM_IYS_APP_KEY"
NEEDED = ("netgsm_iys_user", PASSWORD, "netgsm_iys_brand_code")
# The password is in the request, so it goes over TLS, or to this very machine (the local stack, the tests).
_ADDRESS = r"(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)(/[^\s?#]*)?"


class ConsentRegister(settings.Group):
    """How consents reach the register. `provider_secrets_set` names the members of the secret that are not empty."""

    netgsm_iys_url: Annotated[str, matching(_ADDRESS, "an address like https://api.netgsm.com.tr/iys/add")]
    netgsm_iys_user: str
    netgsm_iys_brand_code: str
    provider_secrets_set: Annotated[tuple[str, ...], BeforeValidator(comma_separated)]

    @model_validator(mode="after")
    def _is_complete(self) -> "ConsentRegister":
        missing = [name for name in NEEDED if not self._has(name)]
        if missing and (len(missing) < len(NEEDED) or self.has_app_key):
            raise ValueError(f"{missing[0].upper()} is not set, and posting consents is set up in part")
        return self

    @property
    def is_on(self) -> bool:
        """Whether consents are posted at all."""
        return all(self._has(name) for name in NEEDED)

    @property
    def has_app_key(self) -> bool:
        return APP_KEY in self.provider_secrets_set

    def _has(self, name: str) -> bool:
        return name in self.provider_secrets_set if name.isupper() else bool(getattr(self, name))


@cache
def consent_register() -> ConsentRegister:
    """The settings of posting consents. Raises: SettingsError."""
    return settings.read(ConsentRegister)


def forget() -> None:
    """Read the environment again at the next use; for tests."""
    consent_register.cache_clear()

"""Registering, verifying and signing in by password under every combination of the three settings that decide by what.

What is expected is computed here from the contract's sentences, and compared as a whole at each stage.
"""

from dataclasses import dataclass, field
from itertools import product

import pytest

from customer_auth.base import settings
from tests.harness.people import PASSWORD

CHANNELS = ("email", "phone")
BOTH = frozenset(CHANNELS)
LETS_IN = (200, None)
UNKNOWN = (401, "wrong_proof")
UNVERIFIED = (403, "verification_required")
INCOMPLETE = (403, "registration_incomplete")


@dataclass
class Oracle:
    """What the contract says of one registration under these settings, as it goes from one stage to the next."""

    registration: str
    login: str
    verification: bool
    created: bool = False
    verified: set[str] = field(default_factory=set)

    @property
    def collected(self) -> frozenset[str]:
        return BOTH if self.registration == "both" else frozenset({self.registration})

    @property
    def accepted(self) -> frozenset[str]:
        """The channels that may sign in."""
        if self.login == "":
            return self.collected
        return BOTH if self.login == "both" else frozenset({self.login})

    @property
    def own(self) -> str:
        """The channel that is registered; of two the other is an unverified address of the customer."""
        return "email" if "email" in self.collected else "phone"

    @property
    def starts(self) -> bool:
        nobody_could = self.collected == BOTH and self.accepted == {"phone"} and not self.verification
        return bool(self.accepted & self.collected) and not nobody_could

    @property
    def left(self) -> frozenset[str]:
        """What is left to verify."""
        return self.collected - self.verified

    @property
    def demanded(self) -> frozenset[str]:
        """What has to be verified before a session begins with the customer itself."""
        return self.left if self.verification else frozenset()

    def log_in(self, channel: str) -> tuple[int, str | None]:
        """With the right password."""
        if not self.created and channel == self.own:
            return INCOMPLETE
        if channel not in self.accepted:
            return UNVERIFIED if channel == self.own and self.demanded else (400, "bad_request")
        if channel in self.verified:
            return LETS_IN
        if channel != self.own:
            return UNKNOWN  # unverified, or nobody's
        return UNVERIFIED if self.verification else LETS_IN

    def log_in_wrongly(self, channel: str) -> tuple[int, str | None]:
        return UNKNOWN if channel in self.accepted else (400, "bad_request")

    def begins_session(self, proven: str) -> bool:
        """Whether the proof of this channel signs in."""
        return proven in self.accepted and not self.left


COMBINATIONS = [Oracle(*values) for values in product(["email", "phone", "both"], ["", *CHANNELS, "both"], [True, False])]


def _named(oracle: Oracle) -> str:
    return f"register-{oracle.registration}-login-{oracle.login or 'unset'}-{'verified' if oracle.verification else 'unverified'}"


def _orders(oracle: Oracle) -> list[tuple[str, ...]]:
    one = tuple(sorted(oracle.collected))
    return [one, one[::-1]] if len(one) > 1 else [one]


STARTING = [(oracle, order) for oracle in COMBINATIONS if oracle.starts for order in _orders(oracle)]
REFUSED = [oracle for oracle in COMBINATIONS if not oracle.starts]


@pytest.fixture
def combined(setting):
    """Sets the three settings as an oracle has them."""

    def change(oracle: Oracle) -> None:
        setting(
            REGISTRATION_IDENTIFIER=oracle.registration,
            LOGIN_IDENTIFIER=oracle.login,
            REQUIRE_VERIFICATION=str(oracle.verification).lower(),
        )

    return change


def sign_in_results(ada, password: str) -> dict[str, tuple[int, str | None]]:
    """What signing in answers by each channel."""
    answers = {channel: ada.log_in(password, **{channel: getattr(ada, channel)}) for channel in CHANNELS}
    for channel, answer in answers.items():
        if answer.status == 400:
            assert answer["message"] == f"{channel.capitalize()} login is not enabled"
        if (answer.status, answer.body.get("type")) == UNVERIFIED:
            assert answer["customer_id"] == ada.customer_id
    return {channel: (answer.status, answer.body.get("type")) for channel, answer in answers.items()}


def assert_as_the_contract_says(ada, oracle: Oracle) -> None:
    assert sign_in_results(ada, PASSWORD) == {channel: oracle.log_in(channel) for channel in CHANNELS}


def assert_a_wrong_password_reveals_nothing(ada, oracle: Oracle) -> None:
    assert sign_in_results(ada, "a wrong password") == {channel: oracle.log_in_wrongly(channel) for channel in CHANNELS}


@pytest.mark.parametrize(("oracle", "order"), STARTING, ids=[f"{_named(oracle)}-{'-'.join(order)}-first" for oracle, order in STARTING])
def test_each_stage_from_registering_to_signing_in_is_as_the_contract_says(combined, ada, oracle, order):
    combined(oracle)
    stage = Oracle(oracle.registration, oracle.login, oracle.verification)
    ada.customer_id = None
    [unregistered] = set(CHANNELS) - {stage.own}
    own, phone = {stage.own: getattr(ada, stage.own)}, {"phone": ada.phone} if stage.registration == "both" else {}

    assert ada.register(**{unregistered: getattr(ada, unregistered)}).status == 400
    assert ada.register(**own).status == 201
    token = ada.register(**own)["token"]  # what nobody has proven may be registered again
    assert_as_the_contract_says(ada, stage)

    created = ada.create(token, **phone)
    assert created.status == 201
    ada.customer_id, stage.created = created["customer"]["id"], True
    assert (created["token"] is not None) == (not stage.demanded)
    assert_as_the_contract_says(ada, stage)
    assert_a_wrong_password_reveals_nothing(ada, stage)

    for channel in order:
        proven = ada.prove(ada.customer_id, channel)
        stage.verified.add(channel)
        assert proven.status == 200
        assert {name for name in CHANNELS if proven[f"{name}_verified"]} == stage.verified
        assert (proven["token"] is not None, proven["needs_login"]) == (stage.begins_session(channel), not stage.begins_session(channel))
        assert_as_the_contract_says(ada, stage)

    assert not stage.left
    entered = ada.log_in(**{channel: getattr(ada, channel) for channel in sorted(stage.accepted & stage.collected)[:1]})
    assert ada.me(entered["token"])["customer"]["id"] == ada.customer_id
    assert ada.register(**own)["type"] == "identity_exists"


@pytest.mark.parametrize("oracle", REFUSED, ids=map(_named, REFUSED))
def test_settings_by_which_nobody_could_sign_in_are_refused_at_the_start(combined, oracle):
    combined(oracle)

    with pytest.raises(settings.SettingsError, match="LOGIN_IDENTIFIER"):
        settings.service()

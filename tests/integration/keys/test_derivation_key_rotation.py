"""A new derivation key beside the old one, put into the secret while containers are warm: nobody notices."""

import pytest

from customer_auth.aws import secret_keys
from customer_auth.base import clock
from tests.harness.people import REGISTER


class Containers:
    """Two containers that have each read the secret for themselves; one runs at a time."""

    def __init__(self, monkeypatch):
        self.derivation_keys = {"warm": secret_keys._DerivationKeys(), "new": secret_keys._DerivationKeys()}
        self.monkeypatch = monkeypatch

    def use(self, name: str) -> None:
        self.monkeypatch.setattr(secret_keys, "_derivation_keys", self.derivation_keys[name])


@pytest.fixture
def containers(derivation_key, monkeypatch):
    containers = Containers(monkeypatch)
    containers.use("warm")
    return containers


def version_of(refresh_token: str) -> int:
    return int(refresh_token.split(".")[2])


def fetches(answers) -> int:
    return sum(answer.aws_calls.count("GetSecretValue") for answer in answers)


@pytest.fixture
def rotated(api, containers, customer, derivation_key):
    """A second derivation key has counted for a minute; the warm container read the secret before that."""
    counts_from = clock.now() + 60
    derivation_key.add(counts_from)
    api.clock.advance(120)
    return counts_from


def test_older_sessions_and_pending_codes_continue_in_a_warm_and_in_a_new_container(api, containers, customer, bob, derivation_key, doors):
    challenge, code = customer.request_and_read_code()
    other_challenge, other_code = bob.request_and_read_code()
    derivation_key.add(clock.now() + 60)
    api.clock.advance(120)
    in_the_warm_one = customer.verify(code, challenge=challenge), customer.refresh(), doors.me(customer.session["token"])
    containers.use("new")
    in_the_new_one = bob.verify(other_code, challenge=other_challenge), bob.refresh(), doors.me(bob.session["token"])

    assert [answer.status for answer in (*in_the_warm_one, *in_the_new_one)] == [200] * 6


def test_a_new_container_begins_sessions_under_the_new_key_and_renews_old_ones_under_theirs(containers, customer, rotated, doors):
    old = customer.session["refresh_token"]
    containers.use("new")
    customer.sign_in()

    assert version_of(old) != rotated
    assert version_of(customer.session["refresh_token"]) == rotated
    assert version_of(doors.refresh(old)["refreshToken"]) == version_of(old)
    assert version_of(customer.refresh()["refreshToken"]) == rotated


def test_a_warm_container_fetches_the_new_key_once_and_continues_with_it(containers, customer, rotated, doors, bob, api):
    containers.use("new")
    customer.sign_in()
    challenge, code = bob.request_and_read_code()
    containers.use("warm")
    answers = [bob.verify(code, challenge=challenge), customer.refresh(), customer.refresh()]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert fetches(answers) == 1
    api.clock.advance(90)
    bob.sign_in()
    assert version_of(bob.session["refresh_token"]) == rotated


def test_a_derivation_key_does_not_count_before_its_second(api, containers, customer, derivation_key):
    counts_from = clock.now() + 3_600
    derivation_key.add(counts_from)
    containers.use("new")
    customer.sign_in()
    early = version_of(customer.session["refresh_token"])
    api.clock.advance(counts_from - clock.now())
    customer.sign_in()

    assert early != counts_from
    assert version_of(customer.session["refresh_token"]) == counts_from


def test_invented_key_versions_cost_at_most_one_fetch_a_second(api, containers, customer, doors):
    api.clock.advance(600)
    parts = customer.session["refresh_token"].split(".")
    now = clock.now()

    def of_version(version: int) -> str:
        return ".".join([*parts[:2], str(version), *parts[3:]])

    one_second = [doors.refresh(of_version(version)) for version in range(now - 40, now + 1)]
    the_future = [doors.refresh(of_version(now + ahead)) for ahead in (1, 60, 10**9)]
    long_ago = [doors.refresh(of_version(version)) for version in (1, 2, 1_000, now - 10_000)]
    api.clock.advance(1)
    the_next_second = [doors.refresh(of_version(version)) for version in range(now - 40, now + 2)]

    assert {answer.status for answer in (*one_second, *the_future, *long_ago, *the_next_second)} == {401}
    assert [fetches(answers) for answers in (one_second, the_future, long_ago, the_next_second)] == [1, 0, 0, 1]
    assert customer.refresh().status == 200


def test_removing_a_derivation_key_ends_what_was_derived_with_it_and_nothing_else(
    containers, customer, bob, derivation_key, rotated, doors
):
    challenge, code = bob.request_and_read_code()
    containers.use("new")
    derivation_key.put({str(rotated): derivation_key.versions[str(rotated)]})
    answers = [customer.refresh(), doors.log_out(customer.session["refresh_token"]), bob.verify(code, challenge=challenge)]

    assert [(answer.status, answer["type"]) for answer in answers] == [(401, "wrong_proof")] * 3
    customer.sign_in()
    assert customer.refresh().status == 200


@pytest.mark.parametrize("flow", ["code request", "refresh", "verify"])
def test_a_fetch_that_failed_is_repeated(wire, containers, customer, rotated, flow, ada):
    containers.use("new")
    act = {
        "code request": customer.request_code,
        "refresh": customer.refresh,
        "verify": lambda: ada.verify("000000", REGISTER),
    }[flow]
    with wire.broken("GetSecretValue", "error", service="secretsmanager"):
        broken = act()
    again = act()

    assert (broken.status, broken["type"]) == (503, "unavailable")
    assert again.status == (401 if flow == "verify" else 200)

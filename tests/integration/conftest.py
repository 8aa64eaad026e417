"""Fixtures for tests that read or change the tables, settings and keys without the service, and for sign-ins by providers."""

import hmac
import logging
import re
from collections import Counter
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher

from customer_auth import audit
from customer_auth.aws import secret_keys
from customer_auth.base import settings
from customer_auth.passwords import hashing
from customer_auth.tokens import keyring, publishable_keys
from tests.harness import transformed
from tests.harness.attacks import WHOLE
from tests.harness.browsers import Browser
from tests.harness.doors import CustomerItem, Doors
from tests.harness.forgery import Forge
from tests.harness.keyrings import restored_keyring
from tests.harness.logs import Log
from tests.harness.people import Person
from tests.harness.providers_set_up import configure, forget, three_providers
from tests.harness.walks import beginnings
from tests.harness.world import Tables

CODE = re.compile(rb"\d{6}")


@pytest.fixture(scope="session")
def combinations(request):
    """Counts the broken combinations, and reports them at the end of the run."""
    counted = Counter()

    class Report:
        def pytest_terminal_summary(self, terminalreporter):
            shares = ", ".join(f"{count} {name}" for name, count in sorted(counted.items()))
            terminalreporter.write_line(f"Faults: {counted.total()} combinations of function, AWS request and failure ({shares})")

    request.config.pluginmanager.register(Report())
    return counted


@pytest.fixture(scope="session")
def report(request):
    """Notes what an attack came to, which is said at the end of the run."""
    lines = []

    class Report:
        def pytest_terminal_summary(self, terminalreporter):
            size = "in their whole size" if WHOLE else "at a part of their size"
            terminalreporter.write_line(f"Attacks {size}: {' · '.join(lines)}")

    request.config.pluginmanager.register(Report())
    return lines.append


@pytest.fixture(scope="session")
def resources():
    """The resources that CloudFormation gets after SAM's transform of the template."""
    return transformed.resources()


@pytest.fixture(scope="session")
def cheap_hashes():
    """A hasher that takes next to no time, and its hash of a password that nobody has."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return hasher, hasher.hash("nobody's password")


@pytest.fixture(autouse=True)
def hashes(request, monkeypatch, cheap_hashes):
    """Passwords are hashed and compared as usual, with a cheap hasher, unless a test has the fixture `real_hashes`."""
    if "real_hashes" not in request.fixturenames:
        hasher, nobodys = cheap_hashes
        monkeypatch.setattr(hashing, "_HASHER", hasher)
        monkeypatch.setattr(hashing, "_DUMMY_HASH", nobodys)


@pytest.fixture
def real_hashes():
    """What a password costs on AWS."""


@pytest.fixture
def tables(api):
    """The tables, with nothing in them but the keys that sign."""
    tables = Tables(api)
    tables.empty()
    return tables


@pytest.fixture
def start_over(api):
    """Empties the tables and turns the clock back."""
    with beginnings(api) as begin:
        yield begin


@pytest.fixture
def bob(api, inbox):
    """Another customer."""
    bob = Person(api, inbox)
    bob.sign_up()
    return bob


@pytest.fixture
def customer_item(api, customer):
    """The customer's item, for direct changes in the table."""
    return CustomerItem(api, customer)


@pytest.fixture
def storefront(api):
    """The headers of a storefront that has a publishable key."""
    return {"x-publishable-api-key": publishable_keys.create("the shop", ["https://shop.example.com"])}


@pytest.fixture
def doors(api):
    """The endpoints that a session's tokens open."""
    return Doors(api)


@pytest.fixture
def forge(customer):
    """Makes tokens like the customer's own, with the service's key."""
    return Forge(customer.session["token"], keyring.signer().key)


@pytest.fixture
def compared(monkeypatch):
    """Every code that was compared with the right one."""
    seen, compare = [], hmac.compare_digest

    def noting(right: bytes, entered_code: bytes) -> bool:
        if CODE.fullmatch(right):
            seen.append(entered_code.decode())
        return compare(right, entered_code)

    monkeypatch.setattr(hmac, "compare_digest", noting)
    return seen


@pytest.fixture
def no_derivation_key_yet():
    """A container that has read the index key alone so far."""
    secret_keys.forget()
    secret_keys.index_key()
    yield
    secret_keys.forget()


@pytest.fixture
def setting(monkeypatch, engine):
    """Changes settings by name: `setting(ISSUER="https://id.shop.example")`."""

    def change(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, str(value))
        settings.forget()

    yield change
    monkeypatch.undo()
    settings.forget()


@pytest.fixture
def keyring_item(engine):
    """The keyring's item, for direct changes in the table; it is restored afterwards."""
    with restored_keyring(engine) as item:
        yield item


@pytest.fixture
def cold_keyring(engine):
    """A container that has not read the keyring yet."""
    keyring.forget()


@pytest.fixture
def customer_item_of(api):
    """A customer's item by the customer's id, for direct changes in the table."""
    return lambda customer_id: CustomerItem(api, SimpleNamespace(id=customer_id))


@pytest.fixture
def log(capfd, caplog):
    log = Log(capfd, caplog)
    handlers = [handler for handler in audit._logger._logger.handlers if isinstance(handler, logging.StreamHandler)]
    before = [handler.setStream(log.stream) for handler in handlers]
    yield log
    for handler, stream in zip(handlers, before, strict=True):
        handler.setStream(stream)


# ── providers ──


@pytest.fixture
def providers():
    """Google, Apple and Facebook, by name."""
    with three_providers() as three:
        yield three


@pytest.fixture
def set_up(api, engine, monkeypatch):
    """Sets the service up with these providers alone: `set_up(google, apple)`."""
    yield lambda *chosen, **others: configure(engine, monkeypatch, *chosen, **others)
    monkeypatch.undo()
    forget()


@pytest.fixture
def all_set_up(providers, set_up):
    set_up(*providers.values())
    return providers


@pytest.fixture
def google(all_set_up):
    return all_set_up["google"]


@pytest.fixture
def apple(all_set_up):
    return all_set_up["apple"]


@pytest.fixture
def facebook(all_set_up):
    return all_set_up["facebook"]


@pytest.fixture(params=["google", "apple", "facebook"])
def provider(request, all_set_up):
    """Each of the three."""
    return all_set_up[request.param]


@pytest.fixture
def browser(api):
    return Browser(api)


@pytest.fixture
def other_browser(api):
    return Browser(api)

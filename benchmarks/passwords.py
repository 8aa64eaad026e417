"""The cost of a password, and what its timing reveals: CPU of a warm sign-in and of the bare hash, and known and unknown addresses.

Handlers are called directly, with a stub for AWS that responds at once, so that only the service's own work makes a difference. All
addresses have the same length, and half of them are known; each sample takes one at random.
"""

import contextlib
import io
import random
import statistics
import time
from collections.abc import Callable

from benchmarks import warm
from benchmarks.warm import Handler

SIGN_INS = 40
ROUNDS = 7
SAMPLES = 2_000  # of known addresses, and as many of unknown ones
PEOPLE = 25
PASSWORD = "correct horse battery staple"  # noqa: S105 (opens nothing but the stub)
ENTER, RESET = "/auth/customer/emailpass", "/auth/customer/emailpass/reset-password"
KNOWN = [f"ada.{number:04}@example.com" for number in range(PEOPLE)]
UNKNOWN = [f"eve.{number:04}@example.com" for number in range(PEOPLE)]


def main() -> None:
    """Measure and print."""
    with warm.container(_known) as template, contextlib.redirect_stdout(io.StringIO()):
        enter, reset = (warm.handler(template, name) for name in ("SignInByPassword", "SendPasswordReset"))
        whole, bare = _cpu(enter)
        guessed = _area(lambda email: _post(enter, ENTER, 401, {"email": email, "password": PASSWORD + "!"}))
        reset_area = _area(lambda email: _post(reset, RESET, 200, {"email": email}))
    print("CPU of a warm sign-in by password, milliseconds, median of", ROUNDS, "rounds of", SIGN_INS)
    print(f"  whole              {whole:5.2f}")
    print(f"  the bare hash      {bare:5.2f}")
    print(f"  times              {whole / bare:5.2f}   at most 1.15 wanted")
    print("Known or unknown by time, area under the curve, of", SAMPLES, "samples each; 0.45 to 0.55 wanted")
    print(f"  a wrong password   {guessed:6.3f}")
    print(f"  asking for a reset {reset_area:6.3f}")


def _cpu(enter: Handler) -> tuple[float, float]:
    """Milliseconds of a sign-in and of a comparison alone, measured in alternating rounds, one call after the other."""
    from customer_auth.passwords import hashing  # noqa: PLC0415 (after the settings are there)

    password_hash = hashing.hash_password(PASSWORD)
    right = warm.event(ENTER, {"email": KNOWN[0], "password": PASSWORD})  # built once, because that is the gateway's work
    assert enter(right, warm.Context())["statusCode"] == 200
    acts: list[Callable[[], object]] = [
        lambda: enter(right, warm.Context()),
        lambda: hashing._HASHER.verify(password_hash, PASSWORD),  # noqa: SLF001 (nothing around it)
    ]
    for act in acts:
        act()  # warm: secrets, keyring, connections
    rounds = [[_round(act) for act in acts] for _ in range(ROUNDS)]
    whole, bare = (statistics.median(figures) for figures in zip(*rounds, strict=True))
    return whole, bare


def _round(act: Callable[[], object]) -> float:
    started = time.thread_time()
    for _ in range(SIGN_INS):
        act()
    return (time.thread_time() - started) * 1000 / SIGN_INS


def _area(act: Callable[[str], object]) -> float:
    """How well a call's duration separates known addresses from unknown ones; 0.5 if it does not."""
    took: dict[bool, list[float]] = {True: [], False: []}
    order = [*((email, True) for email in KNOWN), *((email, False) for email in UNKNOWN)] * (SAMPLES // PEOPLE + 1)
    random.shuffle(order)
    for email, there in order:
        started = time.perf_counter()
        act(email)
        took[there].append(time.perf_counter() - started)
    return _area_under_curve(took[True][PEOPLE:], took[False][PEOPLE:])  # the first samples warmed up


def _area_under_curve(values: list[float], others: list[float]) -> float:
    """The share of pairs in which the one in `values` is greater."""
    ranks = {value: rank for rank, value in enumerate(sorted(values + others), 1)}
    return (sum(ranks[value] for value in values) - len(values) * (len(values) + 1) / 2) / (len(values) * len(others))


def _post(handler: Handler, path: str, status: int, body: dict[str, str]) -> None:
    answer = handler(warm.event(path, body), warm.Context())
    assert answer["statusCode"] == status, answer


def _known() -> warm.Items:
    """Customers with a verified email and this password."""
    from customer_auth.addresses import email  # noqa: PLC0415
    from customer_auth.aws import keys  # noqa: PLC0415
    from customer_auth.customers import customers  # noqa: PLC0415
    from customer_auth.passwords import hashing  # noqa: PLC0415

    password_hash = hashing.hash_password(PASSWORD)
    items: warm.Items = {}
    for spelled in KNOWN:
        address = email.parse(spelled)
        customer = customers.new(customers.Names("Ada", "Lovelace"), address=address)._replace(password_hash=password_hash)
        items[keys.customer(customer.id)] = customer._asdict() | {"metadata": "{}"}
        items[keys.identity(address.key)] = {
            "customer_id": customer.id,
            "spelling": spelled,
            "channel": "email",
            "proven_at": int(time.time()),
            "revision": "0" * 16,
            "password_hash": password_hash,
            "epoch": 0,
        }
    return items

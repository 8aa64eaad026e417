"""All that is known of one address's codes in one lane: one item of the codes table.

| attribute | holds |
|---|---|
| pk | code#…, a keyed hash of address and lane |
| send0, send1, … | the times of the last messages, over all purposes |
| fail0, fail1, … | the times of the last tries without a challenge |
| `purpose` | the pending challenge as `Challenge.item` makes it; `bound` and `unbound` map its tries' ids to their times |
| done_`purpose` | what the last right code led to, for its caller's repeats |
| tries_`purpose` | the times of the tries without a challenge that the used code had |
| devices_since | devices given before it have ended |
| event | what the last write did, for the stream's filter |
| expires_at | TTL: when nothing of this is needed any more |
"""

from typing import NamedTuple

from customer_auth import clock, devices, ids, limits, settings
from customer_auth.challenges import Challenge, Place, Purpose
from customer_auth.errors import Throttled, WrongCode
from customer_auth.tables import dynamodb, keys
from customer_auth.tables.dynamodb import Item, Write

# For how long the caller's repeat with its key gets the same outcome.
REPEAT_SECONDS = 120

_DEVICE_HOLDS = "(attribute_not_exists(#devices_since) OR #devices_since <= :device)"


class DeviceEnded(Exception):
    """The device that chose the lane has been ended since it was given."""


class Try(NamedTuple):
    """One try: of which purpose, at which place, bound to a challenge's id or not, by which attempt, with which keyed hash of a key."""

    purpose: Purpose
    place: Place
    challenge_id: bytes | None
    attempt_id: str
    key_hash: bytes | None

    @property
    def map(self) -> str:
        return "unbound" if self.challenge_id is None else "bound"


class Outcome(NamedTuple):
    """What a right code led to: enough to answer its caller's repeat alike. `use` tells one use from another; no `family`: no session."""

    use: str
    challenge_hash: bytes
    address: list[str]
    asked_at: int
    expires_at: int
    nonce: bytes
    pepper_version: int
    key_hash: bytes | None
    customer_id: str
    family: str
    registered: bool
    at: int

    def item(self) -> Item:
        return self._asdict()


def put_challenge(place: Place, challenge: Challenge) -> None:
    """One write: the address's windows have room, and the new challenge is there in the place of the old.

    Of any number at once as many succeed as the windows have room for.
    Raises: Throttled; DeviceEnded; aws.Failed (it may be there).
    """
    window, now = limits.sends(), challenge.asked_at
    put = dynamodb.update(
        settings.places().codes_table,
        {"pk": keys.code_item(place.item_key)},
        f"SET {window.update()}, #p = :challenge, #event = :asked, #expires_at = :expires_at",
        where=and_device(window.condition(), place),
        values=window.values(now)
        | {":challenge": challenge.item(), ":asked": f"asked:{challenge.purpose}", ":expires_at": now + place.kept_seconds}
        | device_value(place),
        names={"p": challenge.purpose},
    )
    try:
        dynamodb.write(put)
    except dynamodb.ConditionFailed as failed:
        if failed.item.get(challenge.purpose, {}).get("id") == challenge.id:
            return  # the SDK repeated a write whose answer was lost
        insist_on_device(place, failed.item)
        raise Throttled(window.retry_after_seconds(failed.item, now), "address") from None


def spend_try(spending: Try) -> Item | Outcome:
    """Spend one try before anything is compared; answers the pending challenge, or the kept outcome that this call repeats.

    Of any number at once, at most OTP_MAX_ATTEMPTS of each kind get a challenge to compare with; the same attempt again is spent once.
    Raises: WrongCode; Throttled; DeviceEnded; aws.Failed (it may be spent).
    """
    now = clock.now()
    write = _spend_bound(spending, now) if spending.challenge_id is not None else _spend_unbound(spending, now)
    try:
        item = dynamodb.write(write)
    except dynamodb.ConditionFailed as failed:
        return _instead(spending, failed.item, now)
    challenge: Item = item[spending.purpose]
    return challenge


def _spend_bound(spending: Try, now: int) -> Write:
    return dynamodb.update(
        settings.places().codes_table,
        {"pk": keys.code_item(spending.place.item_key)},
        "SET #p.#bound.#attempt = :now, #event = :tried",
        where="#p.#id = :id"  # this very challenge is still there
        " AND #p.#expires_at > :now"  # it lives
        " AND size(#p.#bound) < :most"  # a try is left
        " AND attribute_not_exists(#p.#bound.#attempt)",  # this attempt is new
        values={":now": now, ":tried": "tried", ":id": spending.challenge_id, ":most": settings.service().otp_max_attempts},
        names={"p": spending.purpose, "attempt": spending.attempt_id},
    )


def _spend_unbound(spending: Try, now: int) -> Write:
    window = limits.failures()
    where = and_device(
        "attribute_exists(#p.#id) AND #p.#expires_at > :now"  # some challenge is pending and lives
        " AND size(#p.#unbound) < :most"  # a try is left
        " AND attribute_not_exists(#p.#unbound.#attempt)"  # this attempt is new
        f" AND {window.condition()}",  # the address's failures have room
        spending.place,
    )
    values: Item = window.values(now) | device_value(spending.place)
    if spending.key_hash:  # no outcome is kept for this key
        where += " AND (attribute_not_exists(#done) OR #done.#key_hash <> :key_hash OR #done.#at <= :kept_since)"
        values |= {":key_hash": spending.key_hash, ":kept_since": now - REPEAT_SECONDS}
    return dynamodb.update(
        settings.places().codes_table,
        {"pk": keys.code_item(spending.place.item_key)},
        # TTL must not forget the window before a day has passed.
        f"SET #p.#unbound.#attempt = :now, #event = :tried, #expires_at = :expires_at, {window.update()}",
        where=where,
        values=values | {":tried": "tried", ":expires_at": now + spending.place.kept_seconds, ":most": settings.service().otp_max_attempts},
        names={"p": spending.purpose, "done": done(spending.purpose), "attempt": spending.attempt_id},
    )


def _instead(spending: Try, item: Item, now: int) -> Item | Outcome:
    """What a try that was not spent means, in this order: repeat, another or no challenge, expired, this try again, spent, throttled."""
    insist_on_device(spending.place, item)
    kept = item.get(done(spending.purpose))
    if kept and _repeats(spending, outcome := Outcome(**kept), now):
        return outcome
    challenge: Item = item.get(spending.purpose, {})
    if not challenge or spending.challenge_id not in (None, challenge["id"]):
        raise WrongCode("unknown_challenge")
    if challenge["expires_at"] <= now:
        raise WrongCode("expired")
    tries = challenge[spending.map]
    if spending.attempt_id in tries:
        return challenge  # this very try, whose answer was lost or whose caller repeats it
    if len(tries) >= settings.service().otp_max_attempts:
        raise WrongCode("spent")
    raise Throttled(limits.failures().retry_after_seconds(item, now), "failures")


def _repeats(spending: Try, outcome: Outcome, now: int) -> bool:
    if spending.key_hash is None or outcome.key_hash != spending.key_hash or outcome.at <= now - REPEAT_SECONDS:
        return False
    return spending.challenge_id is None or ids.sha256(spending.challenge_id) == outcome.challenge_hash


def give_back(spending: Try) -> None:
    """Take the try of a right code that opened nothing out again, from its map and its window. Raises: aws.Failed."""
    unbound = spending.challenge_id is None
    write = dynamodb.update(
        settings.places().codes_table,
        {"pk": keys.code_item(spending.place.item_key)},
        f"SET #event = :gave_back{', ' + limits.failures().give_back() if unbound else ''} REMOVE #p.#{spending.map}.#attempt",
        where=f"attribute_exists(#p.#{spending.map}.#attempt)",
        values={":gave_back": "gave_back"} | ({":long_ago": limits.LONG_AGO} if unbound else {}),
        names={"p": spending.purpose, "attempt": spending.attempt_id},
    )
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed:
        return  # given back already, or the challenge is gone


def take_out_failure(spending: Try) -> None:
    """Take this try out of the window again, once, though another has used the code meanwhile. Raises: aws.Failed."""
    if spending.challenge_id is not None:
        return
    write = dynamodb.update(
        settings.places().codes_table,
        {"pk": keys.code_item(spending.place.item_key)},
        f"SET #event = :gave_back, {limits.failures().give_back()} REMOVE #tries.#attempt",
        where="attribute_exists(#tries.#attempt)",
        values={":gave_back": "gave_back", ":long_ago": limits.LONG_AGO},
        names={"tries": _tries(spending.purpose), "attempt": spending.attempt_id},
    )
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed:
        return  # taken out already, or a later code has been used


def consume(spending: Try, challenge: Item, outcome: Outcome, *, ends_devices: bool = False) -> Write:
    """The part of a transaction that uses the challenge up, once, and keeps what came of it; `ends_devices` as the function does."""
    assignments = "#done = :done, #tries = #p.#unbound, #event = :used"
    values: Item = {":done": outcome.item(), ":used": "used"}
    if spending.challenge_id is None:
        assignments, values = f"{assignments}, {limits.failures().give_back()}", values | {":long_ago": limits.LONG_AGO}
    if ends_devices:
        assignments, values = f"{assignments}, #devices_since = :since", values | {":since": outcome.at}
    return dynamodb.update(
        settings.places().codes_table,
        {"pk": keys.code_item(spending.place.item_key)},
        f"SET {assignments} REMOVE #p",
        where="#p.#id = :id",
        values=values | {":id": challenge["id"]},
        names={"p": spending.purpose, "done": done(spending.purpose), "tries": _tries(spending.purpose)},
    )


def end_devices(item_key: bytes, now: int, *, guessed: bool = False) -> Write:
    """The part of a transaction after which no device given before counts for the address whose known lane this is.

    `guessed`: a right password is taken out of its window there too.
    """
    assignments = "#devices_since = :now, #event = :ended, #expires_at = :expires_at"
    values: Item = {":now": now, ":ended": "ended", ":expires_at": now + devices.LIFE_SECONDS}
    if guessed:
        assignments, values = f"{assignments}, {limits.guesses().give_back()}", values | {":long_ago": limits.LONG_AGO}
    where = "attribute_not_exists(#devices_since) OR #devices_since <= :now"
    return dynamodb.update(settings.places().codes_table, {"pk": keys.code_item(item_key)}, f"SET {assignments}", where, values)


def kept_outcome(spending: Try, item: Item) -> Outcome | None:
    """The outcome that lies in a raw code item, for this try's purpose."""
    kept = item.get(done(spending.purpose))
    return Outcome(**kept) if kept else None


def end_outcome(spending: Try, outcome: Outcome) -> None:
    """Nobody gets this outcome again: somebody had its key and not its code. Raises: aws.Failed."""
    write = dynamodb.update(
        settings.places().codes_table,
        {"pk": keys.code_item(spending.place.item_key)},
        "SET #event = :ended REMOVE #done",
        where="#done.#challenge_hash = :challenge_hash",
        values={":challenge_hash": outcome.challenge_hash, ":ended": "ended"},
        names={"done": done(spending.purpose)},
    )
    try:
        dynamodb.write(write)
    except dynamodb.ConditionFailed:
        return  # gone already, or another's


def done(purpose: Purpose) -> str:
    """The attribute that keeps a purpose's last outcome."""
    return f"done_{purpose}"


def _tries(purpose: Purpose) -> str:
    return f"tries_{purpose}"


def and_device(where: str, place: Place) -> str:
    return where if place.device_issued_at is None else f"{where} AND {_DEVICE_HOLDS}"


def device_value(place: Place) -> Item:
    return {} if place.device_issued_at is None else {":device": place.device_issued_at}


def insist_on_device(place: Place, item: Item) -> None:
    if place.device_issued_at is not None and item.get("devices_since", 0) > place.device_issued_at:
        raise DeviceEnded

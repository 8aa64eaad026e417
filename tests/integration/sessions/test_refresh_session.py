import random

import pytest

from customer_auth.base import clock
from tests.harness.engines import ON_BOTH_ENGINES, ON_DYNAMODB
from tests.harness.forgery import claims_of

NOT_TEXT = [1, True, [], {}, ["a.b"]]


def used(customer, times: int) -> list[str]:
    """The customer's refresh tokens after `count` rotations, a minute apart, the newest last."""
    tokens = [customer.session["refresh_token"]]
    for _ in range(times):
        customer.api.clock.advance(60)
        tokens.append(customer.refresh(tokens[-1])["refreshToken"])
    return tokens


def rows(api, customer) -> list[dict]:
    return [item for item in api.table("SessionsTable") if item["pk"]["S"] == customer.id]


def changed(token: str, part: int, text: str) -> str:
    parts = token.split(".")
    parts[part] = text
    return ".".join(parts)


# ── rotation ──


@ON_BOTH_ENGINES
def test_a_refresh_returns_the_session_s_next_token_pair(customer, doors):
    answer = customer.refresh()

    assert answer.status == 200
    assert answer.body == {
        "success": True,
        "message": "Session refreshed successfully",
        "sessionToken": answer["sessionToken"],
        "refreshToken": answer["refreshToken"],
        "expiresIn": 900,
    }
    assert answer.headers["cache-control"] == "no-store"
    assert answer["refreshToken"] != customer.session["refresh_token"]
    assert doors.me(answer["sessionToken"])["customer"]["id"] == customer.id


@ON_BOTH_ENGINES
def test_every_refresh_token_is_new_and_each_works_in_turn(customer, doors):
    tokens = used(customer, 5)

    assert len(set(tokens)) == 6
    assert doors.refresh(tokens[-1]).status == 200


# ── the grace ──


@ON_BOTH_ENGINES
@pytest.mark.parametrize("seconds", [0, 10])
def test_the_last_used_token_has_the_same_successor_for_ten_seconds(api, customer, doors, seconds):
    first = customer.refresh()
    api.clock.advance(seconds)
    again = customer.refresh()

    assert again.status == 200
    assert again["refreshToken"] == first["refreshToken"]
    assert doors.me(again["sessionToken"]).status == 200


def test_a_second_use_between_reading_and_writing_has_the_same_successor(wire, customer, doors):
    between = []
    with wire.before("UpdateItem", lambda: between.append(customer.refresh())):
        late = customer.refresh()

    assert (late.status, between[0].status) == (200, 200)
    assert late["refreshToken"] == between[0]["refreshToken"]
    assert doors.refresh(late["refreshToken"]).status == 200


def test_a_late_parent_that_is_overtaken_by_another_one_has_the_same_sibling(wire, customer, doors, api):
    customer.refresh()
    api.clock.advance(11)
    between = []
    with wire.before("UpdateItem", lambda: between.append(customer.refresh())):
        late = customer.refresh()

    assert (late.status, late["refreshToken"]) == (200, between[0]["refreshToken"])
    assert doors.refresh(late["refreshToken"]).status == 200


def test_a_late_parent_that_is_overtaken_by_its_successor_is_refused_as_reuse(wire, customer, doors, api):
    """The successor was not lost, so two hold the chain."""
    successor = customer.refresh()["refreshToken"]
    api.clock.advance(11)
    with wire.before("UpdateItem", lambda: doors.refresh(successor)):
        late = customer.refresh()

    assert (late.status, late["type"]) == (401, "wrong_proof")


def test_two_uses_between_reading_and_writing_leave_the_late_one_nothing_and_end_nothing(wire, customer, doors):
    newest = []

    def overtake():
        newest.append(customer.refresh(customer.refresh()["refreshToken"]))

    with wire.before("UpdateItem", overtake):
        late = customer.refresh()

    assert (late.status, late["type"]) == (401, "wrong_proof")
    assert doors.open_to({"token": newest[0]["sessionToken"], "refresh_token": newest[0]["refreshToken"]}) == {"me", "validate", "refresh"}


def test_a_session_that_ends_between_reading_and_writing_is_not_renewed(wire, api, customer, doors):
    with wire.before("UpdateItem", lambda: doors.log_out(customer.session["refresh_token"])):
        late = customer.refresh()

    assert (late.status, late["type"]) == (401, "wrong_proof")
    assert not rows(api, customer)


# ── lost answers ──


@ON_BOTH_ENGINES
@pytest.mark.parametrize("seconds", [11, 3600, 13 * clock.DAY])
def test_a_client_whose_response_was_lost_continues_with_the_token_it_has_however_late(api, customer, days, doors, seconds):
    lost = customer.refresh()
    days.pass_by(seconds // clock.DAY)
    api.clock.advance(seconds % clock.DAY)

    again = customer.refresh()

    assert (again.status, again.aws_calls) == (200, ("BatchGetItem", "UpdateItem"))
    assert again["refreshToken"] not in (lost["refreshToken"], customer.session["refresh_token"])
    assert doors.me(again["sessionToken"]).status == 200
    assert doors.refresh(again["refreshToken"]).status == 200


def test_responses_that_are_lost_again_and_again_cost_nobody_the_session(api, customer, doors):
    for seconds in (11, 20, 60, 3600):
        assert customer.refresh().status == 200
        api.clock.advance(seconds)

    assert doors.refresh(customer.refresh()["refreshToken"]).status == 200


@ON_DYNAMODB
def test_a_client_that_loses_half_of_300_responses_is_never_signed_out(api, customer):
    chance = random.Random(300)
    token, received = customer.session["refresh_token"], 0
    for _ in range(300):
        api.clock.advance(chance.choice([0, 3, 10, 11, 60, 900]))
        answer = customer.refresh(token)
        assert answer.status == 200
        if chance.random() < 0.5:
            token, received = answer["refreshToken"], received + 1

    assert 100 < received < 200


def test_a_lost_response_does_not_prolong_a_session(api, customer, days, doors):
    begun = claims_of(customer.session["token"])["auth_time"]
    token = customer.session["refresh_token"]
    for _ in range(3):
        days.pass_by(9)
        token = doors.refresh(token)["refreshToken"]
    doors.refresh(token)
    api.clock.advance(begun + 30 * clock.DAY - 60 - clock.now())
    last = doors.refresh(token)
    assert (last.status, last["expiresIn"]) == (200, 60)

    api.clock.advance(60)
    assert (doors.refresh(token).status, doors.refresh(last["refreshToken"]).status) == (401, 401)


# ── theft ──


@ON_BOTH_ENGINES
@pytest.mark.parametrize("which", ["older than the parent", "a sibling that was replaced"])
def test_reuse_ends_the_session_and_its_access_tokens_at_once(api, customer, doors, log, which):
    if which == "older than the parent":
        replaced, _, newest = used(customer, 2)
    else:
        replaced, parent = customer.refresh()["refreshToken"], customer.session["refresh_token"]
        api.clock.advance(11)
        newest = customer.refresh(parent)["refreshToken"]
    api.clock.advance(11)

    reused = doors.refresh(replaced)

    assert (reused.status, reused["type"], reused["message"]) == (401, "wrong_proof", "Invalid or expired session")
    assert reused["errorCode"] == "E061102"
    assert (log.last["outcome"], log.last["reason"], log.last["refresh_tokens_reused"]) == ("wrong_proof", "reused", [1.0])
    assert log.last["sid"] == claims_of(customer.session["token"])["sid"]
    assert doors.open_to(customer.session | {"refresh_token": newest}) == set()


def test_a_parent_replaced_within_ten_seconds_is_only_refused_and_ends_the_session_later(api, customer, doors, log):
    oldest = customer.session["refresh_token"]
    parent = customer.refresh()["refreshToken"]
    api.clock.advance(4)
    newest = customer.refresh(parent)["refreshToken"]
    api.clock.advance(6)
    refused = doors.refresh(oldest)
    line = log.last
    alive = doors.me(customer.session["token"])
    api.clock.advance(1)
    later = doors.refresh(oldest)

    assert (refused.status, alive.status, later.status) == (401, 200, 401)
    assert refused["message"] == later["message"]
    assert "refresh_tokens_reused" not in line
    assert doors.me(customer.session["token"]).status == 401
    assert doors.refresh(newest).status == 401


def test_a_thief_who_refreshes_every_nine_seconds_is_detected_by_the_owner_s_next_refresh(api, customer, doors):
    token = customer.session["refresh_token"]
    for _ in range(5):
        token = doors.refresh(token)["refreshToken"]
        api.clock.advance(9)

    assert customer.refresh().status == 401
    assert doors.refresh(token).status == 401


def test_once_the_owner_and_a_thief_have_each_refreshed_the_session_ends_with_the_next_refresh_of_either(api, customer, doors):
    thief = customer.refresh()["refreshToken"]
    api.clock.advance(60)
    owner = customer.refresh()["refreshToken"]
    api.clock.advance(60)

    assert doors.refresh(thief).status == 401
    assert doors.refresh(owner).status == 401


def test_a_session_that_could_not_be_ended_is_ended_by_the_next_call(wire, customer, doors):
    oldest, _, newest = used(customer, 2)
    customer.api.clock.advance(11)
    with wire.broken("DeleteItem", "error"):
        broken = doors.refresh(oldest)

    assert (broken.status, doors.refresh(oldest).status, doors.refresh(newest).status) == (503, 401, 401)


def test_theft_of_one_session_leaves_the_customer_s_other_ones(api, customer, doors):
    other = dict(customer.session)
    customer.sign_in()
    oldest = used(customer, 2)[0]
    api.clock.advance(11)
    doors.refresh(oldest)

    assert doors.open_to(customer.session) == set()
    assert doors.open_to(other) == {"me", "validate", "refresh"}


def test_a_token_that_is_not_ours_ends_nobody_s_session(api, customer, doors, inbox):
    other = dict(customer.session)
    customer.sign_in()
    old, _, newest = used(customer, 2)
    api.clock.advance(60)  # by now a genuine one would end it
    now = clock.now()
    foreign = other["refresh_token"].split(".")
    invented = [
        old[:-1] + ("A" if old[-1] != "A" else "Q"),
        old + "A",
        old + "=",
        old.upper(),
        " " + old,
        changed(old, 0, "cus_somebody"),
        changed(old, 0, ""),
        changed(old, 1, foreign[1]),
        changed(old, 1, ""),
        changed(old, 2, str(now - 5)),
        changed(old, 2, "-1"),
        changed(old, 2, "00"),
        changed(old, 2, "9" * 12),
        changed(old, 2, "9" * 400),
        changed(old, 2, "٠"),
        changed(old, 3, "1"),
        changed(old, 3, "2"),
        changed(old, 3, "00"),
        changed(old, 4, newest.split(".")[4]),
        changed(old, 4, ""),
        changed(old, 5, foreign[5]),
        changed(old, 5, ""),
        old.rpartition(".")[0],
        old.partition(".")[2],
        f"{old}.{old}",
        ".....",
        "." * 500,
        claims_of(customer.session["token"])["sid"],
        customer.session["token"],
        customer.session["device"],
        customer.request_code()["challenge"],
        "refresh",
        "é" * 40,
    ]

    answers = {token: doors.refresh(token) for token in invented} | {f"out {token}": doors.log_out(token) for token in invented}

    assert {token: answer.status for token, answer in answers.items() if answer.status != 401} == {}
    refusals = {(answer["type"], answer["message"], answer["errorCode"]) for answer in answers.values()}
    assert refusals == {("wrong_proof", "Invalid or expired session", "E061102")}
    assert doors.refresh(newest).status == 200
    assert doors.open_to(other) == {"me", "validate", "refresh"}


def test_a_token_longer_than_any_of_ours_is_refused(customer, doors):
    long = customer.session["refresh_token"] + "A" * 600

    assert (doors.refresh(long).status, doors.log_out(long).status) == (401, 401)


def test_the_stored_values_of_a_session_make_no_token(api, customer, doors):
    [row] = rows(api, customer)
    parts = customer.session["refresh_token"].split(".")
    from_the_table = ".".join(
        [row["pk"]["S"], row["sk"]["S"], row["derivation_key"]["N"], row["generation"]["N"], parts[4], parts[5][::-1]]
    )

    assert doors.refresh(from_the_table).status == 401
    assert parts[4] not in str(row)


# ── the two ends ──


def test_a_session_without_use_ends_after_14_days_to_the_second(api, customer, doors):
    begun = claims_of(customer.session["token"])["auth_time"]
    api.clock.advance(begun + 14 * clock.DAY - 1 - clock.now())
    renewed = customer.refresh()
    assert renewed.status == 200

    api.clock.advance(14 * clock.DAY - 11)  # 14 days less than the grace: the last one used still says the same
    late = claims_of(renewed["sessionToken"])["iat"] + 14 * clock.DAY - clock.now()
    api.clock.advance(late)

    assert doors.refresh(renewed["refreshToken"]).status == 401
    assert len(rows(api, customer)) == 1


def test_a_session_ends_after_30_days_whatever_it_was_used_for(api, customer, days, doors):
    begun = claims_of(customer.session["token"])["auth_time"]
    token = customer.session["refresh_token"]
    for _ in range(4):
        days.pass_by(7)
        token = doors.refresh(token)["refreshToken"]
    api.clock.advance(begun + 30 * clock.DAY - 1 - clock.now())
    last = doors.refresh(token)
    assert (last.status, last["expiresIn"]) == (200, 1)

    api.clock.advance(1)
    assert doors.open_to({"token": last["sessionToken"], "refresh_token": last["refreshToken"]}) == set()

    api.clock.advance(49 * clock.HOUR)
    assert doors.open_to({"token": last["sessionToken"], "refresh_token": last["refreshToken"]}) == set()
    assert len(rows(api, customer)) == 1


# ── changes in the tables ──


@pytest.mark.parametrize(
    ("attribute", "value"), [("session_epoch", {"N": "1"}), ("status", {"S": "deletion_confirmed"}), ("status", {"S": "anything"})]
)
def test_a_customer_whose_item_is_changed_is_refused_at_once(customer, customer_item, doors, attribute, value):
    customer_item.set(attribute, value)

    assert doors.me(customer.session["token"]).status in {401, 403}
    for answer in (doors.validate(customer.session["token"]), customer.refresh()):
        assert (answer.status, answer["type"]) == (401, "wrong_proof")


def test_a_customer_who_is_gone_is_refused_at_once(customer, customer_item, doors):
    customer_item.delete()

    assert doors.open_to(customer.session) == set()


def test_a_new_role_comes_with_the_next_access_token(customer, customer_item):
    customer_item.set("roles", {"L": [{"S": "admin"}]})

    assert claims_of(customer.session["token"])["roles"] == []
    assert claims_of(customer.refresh()["sessionToken"])["roles"] == ["admin"]


# ── input ──


def test_without_a_refresh_token_the_field_is_named(api):
    answer = api.post("/login/refresh")

    assert (answer.status, answer["type"], answer["errorCode"]) == (400, "bad_request", "E011002")
    assert answer["message"] == "Refresh token is required"
    assert answer["errors"] == [{"field": "refreshToken", "message": "is required"}]


def test_a_refresh_token_that_is_no_text_is_refused_without_being_repeated(api):
    for wrong in NOT_TEXT:
        answer = api.post("/login/refresh", refreshToken=wrong)
        assert (answer.status, answer["errorCode"], answer["errors"][0]["field"]) == (400, "E011001", "refreshToken")
        assert "a.b" not in answer.text


# ── faults ──


def test_a_refresh_whose_write_lost_its_response_has_the_same_successor_afterwards(wire, customer, doors):
    with wire.broken("UpdateItem", "lost"):
        lost = customer.refresh()
    again = customer.refresh()

    assert (lost.status, lost["type"], again.status) == (503, "unavailable", 200)
    assert 0 < lost.retry_after < 10
    assert doors.refresh(again["refreshToken"]).status == 200


def test_a_derivation_key_that_could_not_be_read_makes_no_token_wrong(wire, customer, no_derivation_key_yet):
    with wire.broken("GetSecretValue", "error", service="secretsmanager"):
        broken = customer.refresh()
    again = customer.refresh()

    assert (broken.status, broken["type"]) == (503, "unavailable")
    assert again.status == 200

"""A customer whose account is being deleted learns so after the code was verified, and not before."""

import pytest

from tests.harness.people import LOGIN, PASSWORD, REGISTER, new_number, other_code


@pytest.fixture
def deleting(customer, customer_item):
    """A customer who has confirmed the deletion of the account."""
    customer_item.set("status", {"S": "deletion_confirmed"})
    return customer


@pytest.mark.parametrize("flow", [LOGIN, REGISTER], ids=["login", "register"])
@pytest.mark.parametrize("bound", [True, False], ids=["with-challenge", "without"])
def test_a_right_code_learns_of_the_deletion_and_stays_unused(api, deleting, customer_item, flow, bound):
    challenge, code = deleting.request_and_read_code(flow)
    named = {"challenge": challenge} if bound else {}
    refused = [deleting.verify(code, flow, **named) for _ in range(7)]  # more often than a code has attempts
    customer_item.set("status", {"S": "active"})
    cancelled = deleting.verify(code, flow, **named)

    assert {(answer.status, answer["type"]) for answer in refused} == {(403, "account_deletion_pending")}
    assert all(set(answer.body) == {"success", "type", "message", "request_id"} for answer in refused)
    assert cancelled.status == 200
    assert cancelled["customer"]["id"] == deleting.id


def test_a_wrong_code_does_not_learn_of_the_deletion(deleting):
    challenge, code = deleting.request_and_read_code()
    answer = deleting.verify(other_code(code), challenge=challenge)

    assert (answer.status, answer["type"]) == (401, "wrong_proof")


def test_a_code_request_does_not_reveal_the_deletion(deleting, bob):
    assert deleting.request_code().shape == bob.request_code().shape


def test_the_sign_in_api_says_so_too(api, deleting):
    api.post("/login/mobile/send", phone=deleting.phone)
    answer = api.post("/login/mobile/verify", phone=deleting.phone, code=deleting.inbox.code(deleting.phone))

    assert (answer.status, answer["type"]) == (403, "account_deletion_pending")


def test_no_session_begins_and_no_old_one_continues(api, deleting, doors):
    challenge, code = deleting.request_and_read_code()
    before = len(api.table("SessionsTable"))
    deleting.verify(code, challenge=challenge)

    assert len(api.table("SessionsTable")) == before
    assert doors.me(deleting.session["token"]).status in {401, 403}
    assert [answer.status for answer in (doors.validate(deleting.session["token"]), deleting.refresh())] == [401, 401]


def test_a_deletion_confirmed_between_reading_and_committing_is_seen(wire, customer, customer_item):
    challenge, code = customer.request_and_read_code()
    with wire.before("TransactWriteItems", lambda: customer_item.set("status", {"S": "deletion_confirmed"})):
        refused = customer.verify(code, challenge=challenge)
    customer_item.set("status", {"S": "active"})

    assert (refused.status, refused["type"]) == (403, "account_deletion_pending")
    assert customer.verify(code, challenge=challenge).status == 200


# ── all of docs/errors.md's table, with a deletion that was really confirmed ──

PENDING, WRONG, GONE = (403, "account_deletion_pending"), (401, "wrong_proof"), (401, "not_authenticated")
NEW_PASSWORD = "another long password"


@pytest.fixture
def leaver(setting, ada):
    """Somebody with a verified email, a password and an unverified phone."""
    setting(SENDS_PER_HOUR=20, SENDS_PER_DAY=20)
    return ada.member(phone=ada.phone)


def all_proofs(person) -> dict:
    """A proof of each kind that can be requested without a session."""
    api, inbox = person.api, person.inbox
    sign_in = api.post("/login/email/send", email=person.email)["challenge"], inbox.code(person.email)
    verification = person.request_verification(person.id, "phone")["token"], inbox.code(person.phone)
    api.clock.advance(90)
    person.forget_password()
    proofs = {"sign in": sign_in, "verify": verification, "reset": person.reset_token()}
    api.clock.advance(90)
    return proofs


def shown(person, proofs: dict) -> dict:
    """The response to each of them."""
    (challenge, code), email = proofs["sign in"], person.email
    answers = {
        "sign in": person.api.post("/login/email/verify", email=email, challenge=challenge, code=code),
        "verify": person.verify_address(*proofs["verify"]),
        "reset": person.reset(proofs["reset"], NEW_PASSWORD),
    }
    return {kind: (answer.status, answer.body.get("type")) for kind, answer in answers.items()}


def test_each_proof_is_answered_as_the_document_says_while_the_deletion_waits(leaver, doors):
    before = all_proofs(leaver)
    confirming = leaver.request_deletion()["token"], leaver.inbox.code(leaver.email)
    assert leaver.confirm_deletion(*confirming).status == 200
    leaver.api.clock.advance(90)

    assert shown(leaver, before) == {"sign in": PENDING, "verify": WRONG, "reset": WRONG}
    after = all_proofs(leaver)
    assert shown(leaver, after) == dict.fromkeys(after, PENDING)
    contact = leaver.request_contact_change(phone=new_number())
    with_session = [leaver.me(), leaver.change_password(NEW_PASSWORD), contact, leaver.request_deletion()]
    others = [leaver.log_in(PASSWORD), leaver.confirm_deletion(*confirming), doors.validate(leaver.session["token"]), leaver.refresh()]
    assert [(answer.status, answer["type"]) for answer in with_session] == [PENDING] * 4
    assert [(answer.status, answer["type"]) for answer in others] == [PENDING, WRONG, WRONG, WRONG]

    token = leaver.session["refresh_token"]
    assert [doors.log_out(token).status, doors.log_out(token, everywhere=True).status] == [200, 401]
    assert (leaver.me().status, leaver.me()["type"]) == GONE
    staying = leaver.request_cancellation(email=leaver.email)["token"], leaver.inbox.code(leaver.email)
    assert leaver.cancel_deletion(*staying).status == 200
    assert [status for status, _ in shown(leaver, after).values()] == [200] * 3

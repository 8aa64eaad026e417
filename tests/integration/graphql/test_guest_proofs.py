"""What is stored of a guest's proof, read as it is."""

from customer_auth.otp import guest_proof_items, verification_sessions


def test_a_proof_is_stored_without_its_session_s_value(api, guest, tables):
    guest.prove()
    [item] = tables.look().kinds("proof")

    assert set(item) == {"pk", "address", "expires_at"}
    assert guest.session not in str(item)


def test_a_proof_that_is_still_stored_has_ended_with_its_session(api, guest):
    guest.prove()
    session = verification_sessions.find(guest.session)
    item = {"address": ["phone", guest.number, guest.number, "US"], "expires_at": session.expires_at}

    assert guest_proof_items.find(session).value == guest.number
    api.clock.advance(1_800)
    assert guest_proof_items.find(session) is None
    assert guest_proof_items.address_in(item) is None


def test_a_proof_that_was_used_or_replaced_is_no_more(guest, tables):
    guest.prove()
    assert guest.sign_up()["success"]

    assert not tables.look().kinds("proof")

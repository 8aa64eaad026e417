import base64
import os

from tests.harness.people import LOGIN, REGISTER, new_number


def see(api, challenge):
    return api.get(f"/api/v1/auth/challenges/{challenge}")


def test_a_message_to_anyone_shows_its_way(api, ada):
    asked = ada.ask(REGISTER)

    before = see(api, asked["challenge"])
    api.deliver()
    after = see(api, asked["challenge"])

    assert (before.status, before["delivery"]) == (200, "queued")
    assert after.body == {"delivery": "sent", "reason": None, "resend_at": asked["resend_at"], "expires_at": asked["expires_at"]}


def test_a_message_that_its_provider_refuses_shows_why(api, ada):
    asked = ada.ask(REGISTER)
    with api.wire.broken("Publish", "reject", service="sns"):
        api.deliver()

    shown = see(api, asked["challenge"])

    assert (shown["delivery"], shown["reason"]) == ("failed", "opted_out")


def test_a_sign_in_code_looks_sent_after_3_seconds_for_everyone(api, customer):
    asked = [customer.ask(LOGIN), api.post(f"{LOGIN}/request-otp", phone=new_number())]
    with api.wire.broken("Publish", "reject", service="sns"):
        api.deliver()

    at_once = [see(api, each["challenge"]) for each in asked]
    api.clock.advance(3)
    later = [see(api, each["challenge"]) for each in asked]

    assert [shown["delivery"] for shown in at_once] == ["queued", "queued"]
    assert [(shown["delivery"], shown["reason"]) for shown in later] == [("sent", None)] * 2
    assert at_once[0].aws_calls == at_once[1].aws_calls == ("GetItem",)


def test_a_code_that_was_used_still_looks_sent(api, customer):
    challenge, code = customer.asked_and_read(LOGIN)
    api.clock.advance(3)
    before = see(api, challenge)

    customer.verify(code, challenge=challenge)

    assert see(api, challenge).body == before.body


def test_a_replaced_expired_or_made_up_challenge_is_not_found(api, ada):
    challenge, _code = ada.asked_and_read(REGISTER)
    api.clock.advance(90)
    replacing = ada.ask(REGISTER)["challenge"]
    replaced = see(api, challenge)
    api.clock.advance(300)

    assert replaced.status == 404
    assert replaced["type"] == "not_found"
    assert see(api, replacing).status == 404
    assert see(api, base64.urlsafe_b64encode(os.urandom(33)).decode()).status == 404
    assert see(api, "nothing").status == 404

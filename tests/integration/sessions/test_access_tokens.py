import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from customer_auth.base import clock
from local import events
from tests.harness.forgeries import FORGERIES
from tests.harness.forgery import PKCS1, claims_of, decoded, header_of


def me_at(api, domain: str, token: str) -> int:
    headers = {"authorization": f"Bearer {token}"}
    return api.invoke("GetCustomer", events.http_event("GET", "/store/customers/me", headers=headers, domain=domain))["statusCode"]


# ── contents ──


def test_the_header_is_algorithm_type_and_a_published_key(api, customer):
    header = header_of(customer.session["token"])

    assert header == {"alg": "RS256", "typ": "at+jwt", "kid": header["kid"]}
    assert header["kid"] in {key["kid"] for key in api.get("/.well-known/jwks.json")["keys"]}


def test_whoever_has_the_published_key_can_check_the_signature(api, customer):
    signed, _, signature = customer.session["token"].rpartition(".")
    kid = header_of(customer.session["token"])["kid"]
    [jwk] = [key for key in api.get("/.well-known/jwks.json")["keys"] if key["kid"] == kid]
    n, e = (int.from_bytes(decoded(jwk[name]), "big") for name in "ne")

    RSAPublicNumbers(e, n).public_key().verify(decoded(signature), signed.encode(), PKCS1, hashes.SHA256())


def test_the_claims_are_these_and_no_others(api, ada):
    begun = clock.now()
    ada.sign_up()
    claims = claims_of(ada.session["token"])

    assert claims == {
        "iss": "https://auth.shop.example",
        "sub": ada.id,
        "aud": "storefront",
        "exp": begun + 900,
        "iat": begun,
        "jti": claims["jti"],
        "sid": claims["sid"],
        "auth_time": begun,
        "amr": ["otp", "sms"],
        "roles": [],
    }
    assert claims["sid"].startswith("ses_")
    assert ada.session["expires_in"] == 900


def test_nothing_in_it_reveals_the_phone_or_the_name(ada):
    ada.sign_up(first_name="Augusta")
    text = json.dumps(claims_of(ada.session["token"]))

    assert ada.phone.removeprefix("+") not in text
    assert "Augusta" not in text


def test_a_code_by_email_is_not_sms_in_amr(api, ada, inbox):
    api.post("/login/email/send", email=ada.email)
    session = api.post("/login/email/verify", email=ada.email, code=inbox.code(ada.email))

    assert claims_of(session["sessionToken"])["amr"] == ["otp"]


def test_two_tokens_of_one_second_differ(customer):
    first = customer.refresh()
    again = customer.refresh()

    assert claims_of(first["sessionToken"])["iat"] == claims_of(again["sessionToken"])["iat"]
    assert claims_of(first["sessionToken"])["jti"] != claims_of(again["sessionToken"])["jti"]


def test_two_sign_ins_are_two_sessions_of_one_customer(customer):
    first = claims_of(customer.session["token"])
    customer.sign_in()
    second = claims_of(customer.session["token"])

    assert first["sub"] == second["sub"]
    assert first["sid"] != second["sid"]


def test_a_refresh_keeps_the_time_of_the_sign_in_and_the_session(api, customer):
    before = claims_of(customer.session["token"])
    api.clock.advance(3_600)
    after = claims_of(customer.refresh()["sessionToken"])

    assert after["iat"] == clock.now()
    assert after["exp"] == clock.now() + 900
    unchanged = ("iss", "sub", "aud", "sid", "auth_time", "amr", "roles")
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


def test_a_new_sign_in_is_the_step_up(customer):
    before = claims_of(customer.session["token"])["auth_time"]
    customer.sign_in()

    assert claims_of(customer.session["token"])["auth_time"] > before


# ── how long, and where ──


def test_a_token_is_valid_to_the_last_second_and_not_at_its_end(api, customer, doors):
    token = customer.session["token"]
    api.clock.advance(claims_of(token)["exp"] - clock.now() - 1)
    assert (doors.me(token).status, doors.validate(token).status) == (200, 200)

    api.clock.advance(1)
    assert (doors.me(token).status, doors.validate(token).status) == (401, 401)


def test_the_lifetime_of_a_token_is_a_setting(setting, ada):
    setting(ACCESS_TOKEN_MINUTES=60)
    ada.sign_up()

    claims = claims_of(ada.session["token"])
    assert (claims["exp"] - claims["iat"], ada.session["expires_in"]) == (3_600, 3_600)


def test_a_token_ends_with_its_session_at_the_latest(api, customer, days):
    begun = claims_of(customer.session["token"])["auth_time"]
    refresh_token = customer.session["refresh_token"]
    for _ in range(2):
        days.pass_by(10)
        refresh_token = customer.refresh(refresh_token)["refreshToken"]
    days.pass_by(9)
    api.clock.advance(begun + 30 * clock.DAY - 60 - clock.now())

    last = customer.refresh(refresh_token)

    assert claims_of(last["sessionToken"])["exp"] == begun + 30 * clock.DAY
    assert last["expiresIn"] == 60


def test_the_issuer_is_the_setting_where_there_is_one(setting, api, ada):
    setting(ISSUER="https://id.shop.example")
    ada.sign_up()

    assert claims_of(ada.session["token"])["iss"] == "https://id.shop.example"
    assert ada.me().status == 200
    assert me_at(api, "another.example", ada.session["token"]) == 200


def test_a_token_of_one_domain_opens_nothing_at_another(api, customer):
    assert me_at(api, "auth.shop.example", customer.session["token"]) == 200
    assert me_at(api, "another.example", customer.session["token"]) == 401


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "forwarded", "x-original-host"])
def test_no_header_of_the_caller_s_names_the_issuer(api, ada, inbox, header):
    ada.request_code("/api/v1/auth/customer/register")
    code = inbox.code(ada.phone)
    path = "/api/v1/auth/customer/register/verify-otp"
    session = api.post(path, phone=ada.phone, code=code, headers={header: "attacker.example"})

    assert claims_of(session["token"])["iss"] == "https://auth.shop.example"


def test_the_audience_is_a_setting_and_a_token_for_another_opens_nothing(setting, ada):
    setting(AUDIENCE="warehouse")
    ada.sign_up()
    assert claims_of(ada.session["token"])["aud"] == "warehouse"
    assert ada.me().status == 200

    setting(AUDIENCE="storefront")
    assert ada.me().status == 401


# ── invalid tokens ──


def test_a_token_assembled_by_hand_is_accepted_if_nothing_is_forged(forge, doors):
    assert (doors.me(forge.sign()).status, doors.validate(forge.sign()).status) == (200, 200)


def test_no_forged_token_authenticates_anybody(forge, doors):
    answers = {name: doors.me(make(forge)) for name, make in FORGERIES.items()}

    assert {name: answer.status for name, answer in answers.items() if answer.status != 401} == {}
    assert {(answer["type"], answer["message"]) for answer in answers.values()} == {
        ("not_authenticated", "Missing, invalid or expired token")
    }


def test_no_forged_token_is_a_valid_session(forge, doors):
    answers = {name: doors.validate(make(forge)) for name, make in FORGERIES.items()}

    assert {name: answer.status for name, answer in answers.items() if answer.status != 401} == {}
    refusals = {(answer["type"], answer["message"], answer["errorCode"]) for answer in answers.values()}
    assert refusals == {("wrong_proof", "Invalid or expired session", "E061102")}


def test_all_refused_tokens_look_alike_from_outside(api, customer, forge, doors):
    ended = customer.session["token"]
    doors.log_out(customer.session["refresh_token"])
    refused = [ended, forge.claiming(sub="cus_nobody"), forge.claiming(exp=1), forge.headed(kid="unknown"), "token"]

    for door in (doors.me, doors.validate):
        answers = [door(token) for token in refused]
        assert {answer.status for answer in answers} == {401}
        assert (
            len({(answer["type"], answer["message"], frozenset(answer.body), frozenset(answer.headers.items())) for answer in answers}) == 1
        )


def test_no_other_token_of_ours_is_an_access_token(api, customer, doors):
    challenge, code = customer.request_and_read_code()
    others = (customer.session["refresh_token"], customer.session["device"], challenge, code, customer.id)

    for other in others:
        assert doors.me(other).status == 401
        assert doors.validate(other).status == 401


@pytest.mark.parametrize("length", [4_097, 8_000, 100_000])
def test_a_huge_token_opens_nothing(forge, doors, length):
    huge = forge.claiming(roles=["x" * length])

    assert doors.me(huge).status == 401
    assert doors.validate(huge).status in {400, 401, 413}


def test_an_invented_key_id_costs_at_most_one_read_of_the_keyring_a_minute(api, forge, doors):
    api.clock.advance(60)
    calls = [doors.me(forge.headed(kid=f"key_{i}")).aws_calls for i in range(20)]

    assert calls == [("GetItem",)] + [()] * 19

    api.clock.advance(60)
    assert doors.me(forge.headed(kid="key_20")).aws_calls == ("GetItem",)

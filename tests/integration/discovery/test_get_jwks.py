from tests.harness.forgery import decoded

JWKS = "/.well-known/jwks.json"


def test_every_key_is_public_and_for_our_signatures_alone(api):
    answer = api.get(JWKS)

    assert answer.status == 200
    assert set(answer.body) == {"keys"}
    assert answer["keys"]
    for key in answer["keys"]:
        assert key == {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": key["kid"], "n": key["n"], "e": "AQAB"}
        assert len(decoded(key["n"])) == 256
        assert "=" not in key["n"]


def test_no_private_member_of_a_key_is_ever_served(api, days):
    days.pass_by(28)
    keys = api.get(JWKS)["keys"]

    assert len(keys) == 2
    assert not {"d", "p", "q", "dp", "dq", "qi", "oth", "k", "sealed"} & {name for key in keys for name in key}


def test_the_keys_can_be_cached_for_an_hour(api):
    answer = api.get(JWKS)

    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["content-type"] == "application/json"


def test_a_warm_container_requests_nothing_but_the_keyring_once_an_hour(api):
    api.get(JWKS)
    warm = [api.get(JWKS).aws_calls for _ in range(3)]
    api.clock.advance(3_600)
    an_hour_later = [api.get(JWKS).aws_calls for _ in range(2)]

    assert warm == [(), (), ()]
    assert an_hour_later == [("GetItem",), ()]


def test_a_table_that_does_not_answer_takes_nothing_from_a_warm_container(api, wire):
    api.get(JWKS)
    with wire.broken("GetItem", "error"):
        assert api.get(JWKS).status == 200


def test_a_cold_container_without_its_table_is_503_with_a_retry_after(api, wire, cold_keyring):
    with wire.broken("GetItem", "error"):
        answer = api.get(JWKS)

    assert (answer.status, answer["type"]) == (503, "unavailable")
    assert answer.retry_after > 0
    assert answer.headers["cache-control"] == "no-store"
    assert api.get(JWKS).status == 200


def test_the_keys_need_no_authentication(api):
    assert api.get(JWKS, headers={"authorization": "Bearer nonsense"}).status == 200

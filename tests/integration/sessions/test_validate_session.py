import json

from tests.harness.faults import answer
from tests.harness.forgery import claims_of


def test_a_live_session_is_valid_and_shows_its_claims(customer, doors):
    response = doors.validate(customer.session["token"])

    assert response.status == 200
    assert response.body == {"success": True, "message": "Session is valid", "token": claims_of(customer.session["token"])}
    assert response.headers["cache-control"] == "no-store"


def test_a_validation_changes_nothing(customer, doors, api):
    before = api.table("SessionsTable"), api.table("CustomersTable")
    for _ in range(3):
        doors.validate(customer.session["token"])

    assert (api.table("SessionsTable"), api.table("CustomersTable")) == before


def test_an_ended_session_is_refused_with_the_sign_in_api_s_message(customer, doors):
    doors.log_out(customer.session["refresh_token"])
    response = doors.validate(customer.session["token"])

    assert response.status == 401
    assert response.body == {
        "success": False,
        "type": "wrong_proof",
        "message": "Invalid or expired session",
        "request_id": response["request_id"],
        "errorCode": "E061102",
    }


def test_a_bearer_token_in_the_header_does_not_replace_the_field(api, customer):
    response = api.post("/login/validate", headers={"authorization": f"Bearer {customer.session['token']}"})

    assert (response.status, response["errorCode"], response["message"]) == (400, "E011002", "Session token is required")
    assert response["errors"] == [{"field": "sessionToken", "message": "is required"}]


def test_a_session_token_that_is_no_text_is_refused_without_being_repeated(api):
    for wrong in (1, True, [], {}, ["secret"]):
        response = api.post("/login/validate", sessionToken=wrong)
        assert (response.status, response["errorCode"], response["errors"][0]["field"]) == (400, "E011001", "sessionToken")
        assert "secret" not in response.text


def test_tables_that_do_not_answer_make_no_session_invalid(wire, customer, doors):
    for mode in ("error", "throttle", "timeout"):
        with wire.broken("BatchGetItem", mode):
            response = doors.validate(customer.session["token"])
        assert (response.status, response["type"]) == (503, "unavailable")
        assert response.retry_after > 0

    assert doors.validate(customer.session["token"]).status == 200


def test_half_a_response_of_the_tables_makes_no_session_invalid(wire, customer, doors):
    def all_unread(request):
        return answer(200, Responses={}, UnprocessedKeys=json.loads(request.body)["RequestItems"])(request)

    with wire.broken("BatchGetItem", all_unread):
        response = doors.validate(customer.session["token"])

    assert (response.status, response["type"]) == (503, "unavailable")

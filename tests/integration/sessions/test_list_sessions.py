"""Where a customer is signed in."""

from customer_auth.base import clock
from tests.harness.people import LOGIN

SESSIONS = "/store/customers/me/sessions"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/604.1"


def sessions_of(api, session: dict) -> list[dict]:
    answer = api.get(SESSIONS, headers={"authorization": f"Bearer {session['token']}"})
    assert answer.status == 200, answer.text
    assert answer.aws_calls == ("BatchGetItem", "Query")
    return answer["sessions"]


def signed_in_with(person, user_agent: str) -> dict:
    challenge, code = person.request_and_read_code()
    headers = {"user-agent": user_agent}
    begun = person.api.post(f"{LOGIN}/verify-otp", phone=person.phone, code=code, challenge=challenge, headers=headers)
    person.api.clock.advance(90)
    return begun.body


def test_every_live_session_is_there_with_the_one_used_last_first(api, customer):
    first, began = customer.session, clock.now() - 90
    phone = signed_in_with(customer, IPHONE)
    renewed = customer.refresh(first["refresh_token"])

    one, other = sessions_of(api, {"token": renewed["sessionToken"]})

    assert (one["current"], other["current"]) == (True, False)
    assert (one["client"], other["client"]) == (None, "Safari on iPhone")
    assert (one["created_at"], one["last_used_at"]) == (clock.iso(began), clock.iso(clock.now()))
    assert set(one) == {"sid", "created_at", "last_used_at", "client", "current"}
    assert [each["current"] for each in sessions_of(api, phone)] == [False, True]


def test_the_user_agent_itself_is_stored_nowhere(api, customer):
    signed_in_with(customer, IPHONE)

    assert "AppleWebKit" not in str([api.table(table) for table in ("CodesTable", "SessionsTable", "CustomersTable")])


def test_a_session_that_has_ended_is_not_there(api, customer):
    logged_out = customer.session
    session = signed_in_with(customer, "")
    api.post("/login/logout", refreshToken=logged_out["refresh_token"])

    assert [each["current"] for each in sessions_of(api, session)] == [True]


def test_sessions_that_ended_with_all_others_or_by_themselves_are_not_there(api, customer):
    api.post("/login/logout", refreshToken=customer.session["refresh_token"], everywhere=True)
    customer.sign_in()
    assert len(sessions_of(api, customer.session)) == 1

    api.clock.advance(14 * clock.DAY)
    customer.sign_in()
    assert len(sessions_of(api, customer.session)) == 1


def test_nobody_sees_another_s(api, customer, bob):
    ours, theirs = (sessions_of(api, person.session) for person in (customer, bob))

    assert len(ours) == len(theirs) == 1
    assert ours[0]["sid"] != theirs[0]["sid"]


def test_many_sessions_are_listed_completely(api, engine, customer):
    """More than one page of a query holds."""
    [item] = [each for each in api.table("SessionsTable") if each["pk"]["S"] == customer.id]
    for nth in range(3):
        large = item | {"sk": {"S": f"ses_{nth:024d}"}, "client": {"S": "x" * 390_000}}
        engine.clients.dynamodb.put_item(TableName=engine.ids["SessionsTable"], Item=large)

    answer = api.get(SESSIONS, headers={"authorization": f"Bearer {customer.session['token']}"})

    assert len(answer["sessions"]) == 4
    assert answer.aws_calls == ("BatchGetItem", "Query", "Query")


def test_without_a_session_there_is_no_list(api):
    answer = api.get(SESSIONS)

    assert (answer.status, answer["type"], answer.aws_calls) == (401, "not_authenticated", ())

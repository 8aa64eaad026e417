"""Facebook's demand that a person's data be deleted."""

from urllib.parse import urlencode

import pytest

from tests.harness.browsers import FORM

DELETION = "/login/facebook/data-deletion"


@pytest.fixture
def demand(api, facebook):
    """Posts what Facebook posts about its person, or whatever the changes make of it."""

    def post(**changes):
        form = urlencode({"signed_request": facebook.signed_request(**changes)})
        return api.post(DELETION, headers=FORM, raw=form.encode())

    return post


@pytest.fixture
def state(api):
    return lambda answer: api.get(f"{DELETION}/{answer['confirmation_code']}")["state"]


@pytest.mark.usefixtures("tables")
def test_the_only_way_in_leads_to_the_accounts_deletion(api, facebook, browser, demand, state, days):
    signed_in = browser.sign_in(facebook)
    answer = demand()

    assert answer["url"] == f"https://auth.shop.example{DELETION}/{answer['confirmation_code']}"
    assert api.post("/login/validate", sessionToken=signed_in["sessionToken"]).status == 401
    assert state(answer) == "pending"
    days.pass_by(7)
    assert api.process_deletions()["completed"] == 1
    assert state(answer) == "completed"


def test_beside_another_way_in_the_account_at_facebook_alone_goes(api, facebook, browser, customer, demand, state):
    browser.sign_in(facebook, token=customer.session["token"])
    answer = demand()
    headers = {"authorization": f"Bearer {customer.session['token']}"}

    assert (answer.status, state(answer)) == (200, "completed")
    assert api.get("/store/customers/me/identities", headers=headers)["identities"] == []
    assert browser.sign_in(facebook)["user"]["userId"] != customer.id


def test_names_that_came_by_facebook_go_with_it_and_others_stay(api, facebook, google, browser, customer, demand):
    theirs = browser.sign_in(google, token=browser.sign_in(facebook)["sessionToken"])["sessionToken"]
    demand(issued_at=int(api.clock.now()) - 1)
    me = api.get("/store/customers/me", headers={"authorization": f"Bearer {theirs}"})["customer"]

    assert (me["first_name"], me["last_name"]) == (None, None)
    token = customer.session["token"]
    facebook.person["id"] = f"{facebook.person['id']}0"
    api.request("PATCH", "/store/customers/me", headers={"authorization": f"Bearer {token}"}, first_name="Grace")
    browser.sign_in(facebook, token=token)
    demand()
    assert api.get("/store/customers/me", headers={"authorization": f"Bearer {token}"})["customer"]["first_name"] == "Grace"


def test_a_deletion_that_can_be_cancelled_holds_no_demand_up(api, facebook, browser, customer, demand):
    browser.sign_in(facebook, token=customer.session["token"])
    assert customer.leave().status == 200
    demand()
    api.clock.advance(90)
    challenge, code = customer.request_and_read_code()
    refusal = customer.verify(code, challenge=challenge)
    api.post("/store/customers/account-deletion/cancel-confirm", token=refusal["cancel_token"])

    assert browser.sign_in(facebook)["user"]["userId"] != customer.id


def test_a_way_in_that_is_added_meanwhile_saves_the_account(api, facebook, google, browser, demand, state):
    signed_in, visit, linked = browser.sign_in(facebook), browser.visit(google), []
    with api.wire.before("TransactWriteItems", lambda: linked.append(browser.exchange(google, visit, token=signed_in["sessionToken"]))):
        answer = demand()

    assert [each.status for each in linked] == [200]
    assert (answer.status, state(answer)) == (200, "completed")
    assert browser.sign_in(google)["user"]["userId"] == signed_in["user"]["userId"]


def test_the_same_demand_again_has_the_same_code(api, facebook, browser, demand):
    browser.sign_in(facebook)
    first, again = demand(issued_at=int(api.clock.now())), demand(issued_at=int(api.clock.now()))

    assert first.body == again.body


def test_a_demand_about_somebody_who_is_not_here_is_done(facebook, demand, state):
    answer = demand(user_id="123")

    assert (answer.status, state(answer)) == (200, "completed")


def test_a_demand_about_an_account_that_is_being_deleted_is_that_deletion(api, facebook, browser, demand, state):
    browser.sign_in(facebook)
    demand(issued_at=int(api.clock.now()) - 1)

    assert state(demand()) == "pending"


@pytest.mark.parametrize(
    "changes",
    [{"algorithm": "none"}, {"issued_at": 0}, {"user_id": ...}, {"code": "of a sign-in"}, {"oauth_token": "x"}],
    ids=str,
)
def test_a_demand_that_is_not_facebook_s_is_refused(api, facebook, browser, demand, changes):
    signed_in = browser.sign_in(facebook)

    assert demand(**changes).status == 401
    assert api.post("/login/validate", sessionToken=signed_in["sessionToken"]).status == 200


def test_another_secret_signs_no_demand(facebook, demand):
    facebook.client_secret = "another"

    assert demand().status == 401


def test_without_facebook_there_is_none(set_up, demand):
    set_up()

    assert demand().status == 404

"""The providers by which a customer can sign in."""

IDENTITIES = "/store/customers/me/identities"


def test_they_are_listed_with_what_the_provider_said(api, google, apple, browser):
    signed_up = browser.sign_in(google)
    answer = browser.sign_in(apple, token=signed_up["sessionToken"])
    listed = api.get(IDENTITIES, headers={"authorization": f"Bearer {answer['sessionToken']}"})["identities"]

    assert {each["provider"]: each["email"] for each in listed} == {"google": google.person["email"], "apple": apple.person["email"]}
    assert all(each["linked_at"].endswith("Z") for each in listed)


def test_a_customer_without_any_has_none(api, customer):
    assert api.get(IDENTITIES, headers={"authorization": f"Bearer {customer.session['token']}"})["identities"] == []


def test_they_are_shown_to_nobody_else(api):
    assert api.get(IDENTITIES).status == 401

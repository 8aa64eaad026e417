"""Signing in and up by the code of a provider."""

import pytest

from tests.harness.people import new_email


def test_a_person_signs_up_and_signs_in_again_as_the_same_customer(provider, browser, other_browser):
    first = browser.sign_in(provider)
    again = other_browser.sign_in(provider)

    assert (first.status, first["registered"]) == (200, True), first.text
    assert (again.status, again["registered"]) == (200, False), again.text
    assert first["message"] == f"{provider.kind.capitalize()} login successful"
    assert first["user"]["userId"] == again["user"]["userId"]
    assert first["user"]["name"] == "Ada Lovelace"

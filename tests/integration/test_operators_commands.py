"""The commands by which operators change a stack on AWS, on one: they find its settings, and do what its functions can."""

import pytest

from customer_auth.base import settings
from customer_auth.base.errors import NoPublishableKey, NotAllowed
from customer_auth.ledger import summary_items
from customer_auth.ledger.figures import CostGroup, Figures
from customer_auth.tokens import publishable_keys
from tests.harness.engines import ON_MOTO
from tests.harness.forgery import claims_of
from tests.harness.service import template
from tests.harness.stacks import deployed
from tools import grant_admin, publishable_key, receipts, renumber, report_costs, revoke_admin, revoke_publishable_key

pytestmark = ON_MOTO
STACK = "customer-auth-staging"


@pytest.fixture
def member(ada):
    """Somebody with a verified email and a password."""
    return ada.member()


@pytest.fixture
def stack(engine, api, monkeypatch):
    """A stack whose functions have the settings of this process; an operator's own shell has none of them."""
    names = ("SignInByPassword", "LookUpPhone", "ProcessAccountDeletions", "GetCosts")
    with deployed(STACK, engine, *names):
        for name in template().functions["SignInByPassword"].environment(engine.ids):
            monkeypatch.delenv(name, raising=False)
        settings.forget()
        yield STACK
    monkeypatch.undo()
    settings.forget()


def test_a_customer_becomes_an_admin_by_an_address_that_they_have_proven(customer, stack, capsys):
    assert grant_admin.main(stack, customer.phone) is None

    assert capsys.readouterr().out.endswith(f"{customer.id}: admin\n")
    customer.sign_in()
    assert claims_of(customer.session["token"])["roles"] == ["admin"]


def test_a_password_makes_an_admin_too_and_without_the_role_nobody_is_one_whatever_the_token_says(member, stack, capsys):
    grant_admin.main(stack, member.email)
    session = member.log_in().body
    assert claims_of(session["token"])["roles"] == ["admin"]
    assert requests_listed(member, session["token"]) == (200, None)

    assert revoke_admin.main(stack, member.email) is None

    assert capsys.readouterr().out.endswith(": no roles\n")
    assert requests_listed(member, session["token"]) == (403, "not_allowed")
    assert claims_of(member.log_in()["token"])["roles"] == []
    assert claims_of(member.refresh(session["refresh_token"])["sessionToken"])["roles"] == []
    assert revoke_admin.main(stack, member.email) is None  # again it changes nothing


def requests_listed(person, token: str) -> tuple[int, str | None]:
    answer = person.api.get("/admin/account-deletion-requests", headers=person.bearer(token))
    return answer.status, answer.body.get("type")


def test_other_roles_stay(customer, customer_item, stack):
    customer_item.set("roles", {"L": [{"S": "editor"}, {"S": "admin"}]})

    revoke_admin.main(stack, customer.phone)

    assert claims_of(customer.refresh()["sessionToken"])["roles"] == ["editor"]


@pytest.mark.parametrize("command", [grant_admin, revoke_admin])
@pytest.mark.parametrize(
    ("address", "wrong"),
    [("nobody@example.com", "no customer has proven this address"), ("12", "the address must be a valid phone number")],
)
def test_an_address_of_nobody_is_reported(stack, command, address, wrong):
    assert command.main(stack, address).startswith(wrong)


def test_a_publishable_key_is_printed_once_and_opens_its_origins(stack, capsys):
    publishable_key.main(stack, "the shop", "https://shop.example.com")

    key = capsys.readouterr().out.split()[-1]
    publishable_keys.check(key, "https://shop.example.com")
    with pytest.raises(NotAllowed):
        publishable_keys.check(key, "https://elsewhere.example.com")


def test_a_publishable_key_that_was_ended_opens_nothing(api, stack, capsys):
    publishable_key.main(stack, "the shop")
    key = capsys.readouterr().out.split()[-1]
    publishable_keys.check(key, None)

    assert revoke_publishable_key.main(stack, key) is None
    assert capsys.readouterr().out == "the shop: ended\n"

    api.clock.advance(60)  # for which a container continues with a key that it has seen
    with pytest.raises(NoPublishableKey):
        publishable_keys.check(key, None)
    assert revoke_publishable_key.main(stack, key) == "there is no such publishable key"


def test_the_key_of_receipts_is_printed(stack, capsys):
    assert receipts.main("key", stack) is None

    assert "-----BEGIN PUBLIC KEY-----" in capsys.readouterr().out


def test_numbers_of_a_former_plan_are_listed_and_moved_by_the_operator_s_credentials(customer, customer_item, stack, capsys, monkeypatch):
    customer_item.set("phone", {"S": "+22997123456"})

    assert renumber.main(stack) is None
    assert f"{customer.id} to be moved\n" in capsys.readouterr().out

    assert renumber.main(stack, "move") is None
    assert f"{customer.id} moved\n" in capsys.readouterr().out
    assert renumber.main(stack, "move") is None
    assert f"{customer.id}" not in capsys.readouterr().out


@pytest.fixture
def costs_of_a_month(api):
    """January 2020's, written before the shell forgets the settings."""
    summary_items.put(
        1_577_836_800, {CostGroup("TR", "sns"): Figures(4, 4, 2, 3, 90_000), CostGroup("", "ses"): Figures(1, 1, 0, 0, None)}, 1
    )


def test_what_messages_cost_in_a_month_is_printed_with_a_dash_for_what_is_not_known(costs_of_a_month, stack, capsys):
    assert report_costs.main(stack, "2020-01") is None

    head, email, turkey, prices = capsys.readouterr().out.splitlines()
    assert head.split() == ["region", "sender", "asked", "sent", "delivered", "verified", "USD", "USD/verified"]
    assert email.split() == ["email", "ses", "1", "1", "0", "0", "-", "-"]
    assert turkey.split() == ["TR", "sns", "4", "4", "2", "3", "0.0900", "0.0300"]
    assert prices.startswith("Prices as of 20")
    assert report_costs.main(stack, "January") == "MONTH must be a month like 2026-11"

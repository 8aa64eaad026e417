import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_auth.addresses.address import Address, Channel
from customer_auth.base import clock
from customer_auth.otp import devices

pytestmark = pytest.mark.usefixtures("stored_secrets", "template_settings")

PHONE = Address(Channel.PHONE, "+12125550123", "+12125550123", "US")
OTHER = Address(Channel.PHONE, "+12125550124", "+12125550124", "US")
EMAIL = Address(Channel.EMAIL, "ada@example.com", "Ada@example.com")


def test_a_device_proves_the_address_that_it_was_issued_for_and_when(second):
    assert devices.issued_at(devices.issue(PHONE, at=2_345), PHONE) == (2_345, PHONE.key)


@pytest.mark.parametrize("address", [OTHER, EMAIL])
def test_it_proves_no_other_address(second, address):
    assert devices.issued_at(devices.issue(PHONE, at=2_345), address) is None


def test_it_proves_an_email_address_in_all_its_spellings(second):
    device = devices.issue(EMAIL, at=2_345)

    assert devices.issued_at(device, EMAIL._replace(spelling="ADA@example.com")) == (2_345, EMAIL.key)


@pytest.mark.parametrize(("age", "known"), [(0, True), (180 * clock.DAY - 1, True), (180 * clock.DAY, False), (1_000 * clock.DAY, False)])
def test_it_is_good_for_180_days_to_the_second(second, age, known):
    device = devices.issue(PHONE, at=1_000)

    second(1_000 + age)

    assert (devices.issued_at(device, PHONE) is not None) == known


def test_it_holds_nothing_of_the_address():
    content = base64.urlsafe_b64decode(devices.issue(PHONE, at=1_000) + "==")

    assert b"212" not in content
    assert b"5550123" not in content


@pytest.mark.parametrize("invented", [None, "", "device", "é", "AA==", "A" * 28, "A" * 2_000, "\ud800"])
def test_an_invented_value_is_no_device(second, invented):
    assert devices.issued_at(invented, PHONE) is None


@given(position=st.integers(0, 21 * 8 - 1))
def test_no_bit_of_it_can_be_changed(position):
    device = bytearray(base64.urlsafe_b64decode(devices.issue(PHONE, at=clock.now() - 100)))
    device[position // 8] ^= 1 << position % 8

    assert devices.issued_at(base64.urlsafe_b64encode(device).decode(), PHONE) is None


@pytest.mark.parametrize("ending", ["=", "A", " ", "\n"])
def test_it_has_one_spelling(second, ending):
    assert devices.issued_at(devices.issue(PHONE, at=2_345) + ending, PHONE) is None

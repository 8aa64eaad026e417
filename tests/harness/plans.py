"""libphonenumber before it had heard of a change: today's metadata of a country taken away for a while."""

import contextlib

from phonenumbers import PhoneMetadata, PhoneNumberDesc

from customer_auth.addresses import phone


@contextlib.contextmanager
def benin_before_2024():
    """Benin's eight digits, as the library had them until the plan of 30 November 2024."""
    today = PhoneMetadata.metadata_for_region("BJ")
    desc = {"possible_length": (8,)}
    before = PhoneMetadata(
        id="BJ",
        country_code=229,
        international_prefix="00",
        general_desc=PhoneNumberDesc(national_number_pattern=r"[24-689]\d{7}", **desc),
        fixed_line=PhoneNumberDesc(national_number_pattern=r"2\d{7}", example_number="20211234", **desc),
        mobile=PhoneNumberDesc(national_number_pattern=r"(?:4[0-6]|[56]\d|9[013-9])\d{6}", example_number="90011234", **desc),
        register=False,
    )
    PhoneMetadata._region_metadata["BJ"] = before
    phone.forget()
    try:
        yield
    finally:
        PhoneMetadata._region_metadata["BJ"] = today
        phone.forget()

"""Consents as callers state them: a known type and source, and a time that has been."""

import pytest

from customer_auth.base import clock
from customer_auth.base.errors import BadRequest
from customer_auth.consents import consents
from customer_auth.consents.consents import SOURCES, ConsentType, GivenConsent

NOW = 1_769_852_000  # 2026-01-31T09:33:20Z


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(clock, "source", lambda: NOW)


@pytest.mark.parametrize("consent_type", ["CALL", "MESSAGE", "EMAIL"])
def test_a_consent_is_given_now_unless_its_time_is_stated(consent_type):
    assert consents.parse(consent_type, "HS_WEB") == GivenConsent(ConsentType(consent_type), "HS_WEB", NOW)


@pytest.mark.parametrize("source", sorted(SOURCES))
def test_every_source_of_the_register_is_accepted(source):
    assert consents.parse("CALL", source).source == source


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T09:30:00Z",
        "2026-01-31T09:30:00+00:00",
        "2026-01-31T12:30:00+03:00",
        "2026-01-31 12:30:00",
        "2026-01-31T12:30:00",
        "2026-01-31T09:30:00.250Z",
        "2026-01-31T12:30",
    ],
)
def test_a_time_is_iso_8601_and_without_an_offset_turkish(text):
    assert consents.parse("CALL", "HS_WEB", text).given_at == NOW - 200


def test_a_consent_may_be_of_this_very_second_and_not_of_the_next():
    assert consents.parse("CALL", "HS_WEB", clock.iso(NOW)).given_at == NOW
    with pytest.raises(BadRequest) as refused:
        consents.parse("CALL", "HS_WEB", clock.iso(NOW + 1))
    assert refused.value.message == "given_at must not be in the future"


WRONG = [
    pytest.param({"type": "FAX"}, "type", id="an unknown type"),
    pytest.param({"type": "call"}, "type", id="a type in lower case"),
    pytest.param({"type": "ARAMA"}, "type", id="the register's own word for a type"),
    pytest.param({"source": "HS_FAX"}, "source", id="an unknown source"),
    pytest.param({"source": ""}, "source", id="no source"),
    pytest.param({"given_at": ""}, "given_at", id="an empty time"),
    pytest.param({"given_at": "yesterday"}, "given_at", id="a word"),
    pytest.param({"given_at": "2026-02-30T09:30:00Z"}, "given_at", id="no such day"),
    pytest.param({"given_at": "2025-11-30"}, "given_at", id="a day alone"),
    pytest.param({"given_at": "1769852000"}, "given_at", id="seconds"),
    pytest.param({"given_at": "0202-01-31T09:30:00Z"}, "given_at", id="a slip of the year"),
    pytest.param({"given_at": "9999-12-31T23:59:59-12:00"}, "given_at", id="the end of all years"),
    pytest.param({"given_at": "0001-01-01T00:00:00+14:00"}, "given_at", id="their beginning"),
    pytest.param({"given_at": "٢٠٢٦-٠١-٣١T09:30:00Z"}, "given_at", id="other digits"),
    pytest.param({"given_at": "2026-W05-6T09:30:00Z"}, "given_at", id="a week"),
]


@pytest.mark.parametrize(("fields", "named"), WRONG)
def test_what_is_wrong_is_refused_by_the_name_of_its_field_and_never_repeated(fields, named):
    with pytest.raises(BadRequest) as refused:
        consents.parse(**{"type": "CALL", "source": "HS_WEB"} | fields)

    [error] = refused.value.errors
    assert error.field == named
    value = next(iter(fields.values()))
    assert not value or value not in refused.value.message

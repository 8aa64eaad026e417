"""Whatever a form or a token for a body holds: a clear 4xx in the one shape, which names the field and never repeats the value."""

import base64
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from local import events
from tests.harness.browsers import FORM
from tests.harness.engines import ON_MOTO
from tests.harness.service import handler, matching

pytestmark = ON_MOTO

CALLBACK, DATA_DELETION, NOTIFICATIONS = "/login/apple/callback", "/login/facebook/data-deletion", "/login/google/notifications"
TOKEN = {"content-type": "application/secevent+jwt"}
CANARY = "kanarienvogel"
# A form that each endpoint takes, with every field that it knows.
FORMS = {
    CALLBACK: {"state": "A" * 54, "code": "c5a", "error": "access_denied", "user": "{}"},
    DATA_DELETION: {"signed_request": "a.b"},
}
REQUIRED = {CALLBACK: ("state", "State is required"), DATA_DELETION: ("signed_request", "Signed request is required")}
FIELDS = [(path, field) for path, form in FORMS.items() for field in form]
MAX_FIELDS, MAX_BYTES = 50, 10 * 1024


def send(api, path: str, body: bytes, headers: dict | None = None):
    return api.post(path, raw=body, headers=headers or (TOKEN if path == NOTIFICATIONS else FORM))


def assert_refused(answer, *, status: int = 400, kind: str = "bad_request", field: str | None = "body", missing: bool = False) -> None:
    assert (answer.status, answer["type"], answer["success"]) == (status, kind, False), answer.text
    assert answer["errorCode"] == ("E011002" if missing else "E011001")
    assert field is None or [error["field"] for error in answer["errors"]] == [field], answer.text
    assert CANARY not in answer.text
    assert set(answer.aws_calls) <= {"GetSecretValue"}


def test_the_endpoints_of_other_media_types_are_these(engine):
    for path, media_type in {**dict.fromkeys(FORMS, FORM["content-type"]), NOTIFICATIONS: TOKEN["content-type"]}.items():
        assert handler(matching().find("POST", path).function).contract.body.media_type == media_type


@pytest.mark.parametrize("content_type", [None, "", "application/json", "text/plain", "application/jwt", "multipart/form-data; boundary=x"])
def test_another_content_type_is_not_supported(api, content_type):
    for path in (*FORMS, NOTIFICATIONS):
        answer = send(api, path, b"state=kanarienvogel", {"content-type": content_type})
        assert_refused(answer, status=415, kind="unsupported_media_type", field=None)


@pytest.mark.parametrize("path", [*FORMS, NOTIFICATIONS])
def test_a_body_over_10_kb_is_too_large(api, path):
    assert_refused(send(api, path, b"a" * (MAX_BYTES + 1)), status=413, kind="too_large")


@pytest.mark.parametrize("path", [*FORMS, NOTIFICATIONS])
@pytest.mark.parametrize("raw", [b"state=kanarien\xffvogel", b"\xff", "state=kanarien\ufffdvogel".encode()])
def test_bytes_that_are_no_utf_8_are_refused(api, path, raw):
    assert_refused(send(api, path, raw))


def test_a_form_in_base64_is_the_same_form(api):
    match = matching().find("POST", CALLBACK)
    body = base64.b64encode(urlencode(FORMS[CALLBACK]).encode()).decode()
    event = events.http_event("POST", CALLBACK, route_key=f"POST {CALLBACK}", headers=FORM, source_ip="192.0.2.1")
    answer = api.invoke(match.function, event | {"body": body, "isBase64Encoded": True})

    assert answer["statusCode"] == 401
    assert "wrong_proof" in answer["body"]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("without", ["", "&&&", "=", "another=kanarienvogel", "{name}="])
def test_a_missing_field_is_refused_by_name(api, path, without):
    name, message = REQUIRED[path]
    answer = send(api, path, without.format(name=name).encode())

    assert_refused(answer, field=name, missing=True)
    assert answer["message"] == message


def test_an_empty_token_is_refused_by_name(api):
    for raw in (b"", b" \r\n"):
        assert_refused(send(api, NOTIFICATIONS, raw), field="token", missing=True)


@pytest.mark.parametrize(("path", "field"), FIELDS)
@pytest.mark.parametrize("value", ["kanarien\x00vogel", "kanarien\x1bvogel", "kanarien\r\nvogel", "kanarienvogel" * 700])
def test_control_characters_and_endless_texts_are_refused(api, path, field, value):
    assert_refused(send(api, path, urlencode(FORMS[path] | {field: value}).encode()), field=field)


def test_a_token_with_control_characters_or_without_end_is_refused(api):
    for raw in (b"kanarien\x00vogel", b"kanarien\nvogel", b"kanarienvogel" * 700):
        assert_refused(send(api, NOTIFICATIONS, raw), field="token")


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_endless_fields_is_refused(api, path):
    name, _ = REQUIRED[path]
    many = "&".join([f"{name}=kanarienvogel", *("x=1" for _ in range(MAX_FIELDS))])

    assert_refused(send(api, path, many.encode()))


def test_of_two_fields_with_one_name_the_first_counts(api):
    twice = f"state=kanarien%00vogel&{urlencode(FORMS[CALLBACK])}"

    assert_refused(send(api, CALLBACK, twice.encode()), field="state")


_TEXTS = st.text(max_size=60) | st.sampled_from(["A" * 54, "a.b.c", '{"name":{"firstName":"Ada"}}', "\ud800", "%", "%zz", "[" * 3_000])
_FORMS = st.lists(st.tuples(st.sampled_from(["state", "code", "error", "user", "signed_request", "id_token"]), _TEXTS), max_size=60)
_BODIES = st.binary(max_size=200) | _FORMS.map(lambda pairs: urlencode(pairs, errors="replace").encode())


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from([*FORMS, NOTIFICATIONS]), raw=_BODIES)
@example(path=CALLBACK, raw=b"state=%ff%fe&code=%ed%a0%80")
@example(path=DATA_DELETION, raw="signed_request=é.é".encode())
@example(path=NOTIFICATIONS, raw="é.é.é".encode())
def test_no_body_is_answered_with_a_5xx(all_set_up, api, path, raw):
    answer = send(api, path, raw)

    assert answer.status in {400, 401, 413}, answer.text
    assert answer["request_id"]

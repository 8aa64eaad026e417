"""Whatever a body holds: a clear 4xx in the one shape, which names the field and never repeats the value."""

import base64
import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from customer_auth.http import request
from local import events
from tests.harness.engines import ON_MOTO
from tests.harness.people import DELETION, LOGIN, PASSWORD, REGISTER, new_number
from tests.harness.service import handler, matching, routes

pytestmark = ON_MOTO

NUMBER, EMAIL, CODE = "+12125550123", "ada@example.com", "123456"
CHALLENGE = "A" * 44
PAGE = "https://shop.example.com/auth/callback"

# A body that each endpoint takes, with every field that it knows.
_ABOUT_CLIENT = {"device": "A" * 28, "locale": "tr"}
_CODE_REQUEST = {"phone": NUMBER} | _ABOUT_CLIENT
_ATTEMPT = {"phone": NUMBER, "code": CODE, "challenge": CHALLENGE} | _ABOUT_CLIENT
BODIES = {
    f"{REGISTER}/request-otp": _CODE_REQUEST,
    f"{REGISTER}/resend-otp": _CODE_REQUEST | {"challenge": CHALLENGE},
    f"{REGISTER}/verify-otp": _ATTEMPT | {"first_name": "Ada", "last_name": "Lovelace"},
    f"{LOGIN}/request-otp": _CODE_REQUEST,
    f"{LOGIN}/resend-otp": _CODE_REQUEST | {"challenge": CHALLENGE},
    f"{LOGIN}/verify-otp": _ATTEMPT,
    "/login/mobile/send": _CODE_REQUEST,
    "/login/mobile/verify": _ATTEMPT,
    "/login/email/send": {"email": EMAIL} | _ABOUT_CLIENT,
    "/login/email/verify": {"email": EMAIL, "code": CODE, "challenge": CHALLENGE} | _ABOUT_CLIENT,
    "/login/validate": {"sessionToken": "token"},
    "/login/refresh": {"refreshToken": "token"},
    "/login/logout": {"refreshToken": "token", "everywhere": False},
    "/store/auth/phone": _ATTEMPT,
    "/auth/customer/emailpass/register": {"email": EMAIL, "password": PASSWORD},
    "/auth/customer/emailpass": {"email": EMAIL, "password": PASSWORD} | _ABOUT_CLIENT,
    "/auth/customer/emailpass/reset-password": {"email": EMAIL} | _ABOUT_CLIENT,
    "/auth/customer/emailpass/update": {"email": EMAIL, "password": PASSWORD},
    "/store/customers": {"first_name": "Ada", "last_name": "Lovelace", "referral_code": "7K2M9XQ4R8TD"} | _ABOUT_CLIENT,
    "/store/customers/change-password": {"old_password": "a password", "new_password": PASSWORD, "confirm_password": PASSWORD},
    "/store/customers/otp/send": {"customer_id": "cus_4fj0k2p9v7q1m8r3t6a5c0dn", "type": "email_verification"} | _ABOUT_CLIENT,
    "/store/customers/otp/verify": {"token": CHALLENGE, "code": CODE},
    "/store/customers/me/contact": {"email": EMAIL} | _ABOUT_CLIENT,
    "/store/customers/me/contact/verify": {"token": CHALLENGE, "code": CODE},
    f"{DELETION}/request": {"reason": "I have moved."} | _ABOUT_CLIENT,
    f"{DELETION}/confirm": {"token": CHALLENGE, "code": CODE},
    f"{DELETION}/cancel-request": {"email": EMAIL} | _ABOUT_CLIENT,
    f"{DELETION}/cancel-confirm": {"token": CHALLENGE, "code": CODE},
    "/store/customers/me": {"first_name": "Ada", "last_name": "Lovelace", "company_name": "Analytical Engines"},
    "/login/google/start": {"redirectUrl": PAGE},
    "/login/google/exchange": {"code": "4/0A", "state": "A" * 54, "binding": "A" * 43, "referralCode": "7K2M9XQ4R8TD"},
    "/login/apple/notifications": {"payload": "x.y.z"},
}
# Bodies of other media types are in test_forms_and_tokens.py, GraphQL's in graphql/.
OTHERS = {"/login/apple/callback", "/login/facebook/data-deletion", "/login/google/notifications", "/graphql"}
METHODS = {path.replace("{provider}", "google"): method for method, path in routes() if method not in {"GET", "HEAD", "DELETE"}}
# A missing field has the sign-in API's message, in every family.
REQUIRED = {
    "phone": "Phone number is required",
    "email": "Email is required",
    "code": "Code is required",
    "challenge": "Challenge is required",
    "password": "Password is required",
    "new_password": "New password is required",
    "confirm_password": "Confirmed password is required",
    "customer_id": "Customer is required",
    "type": "Type is required",
    "token": "Token is required",
    "sessionToken": "Session token is required",
    "refreshToken": "Refresh token is required",
    "redirectUrl": "Redirect URL is required",
    "payload": "Payload is required",
}
# What a body that is taken may come to; no provider is set up here.
TAKEN = {200, 201, 401, 403, 404, 409, 429}
TEXTS = [(path, field) for path, body in BODIES.items() for field, value in body.items() if isinstance(value, str)]
CANARY = "kanarienvogel"


def assert_refused(answer, path: str, *, status: int = 400, kind: str = "bad_request", field: str | None = "body", missing: bool = False):
    """The one error shape, about this field, with nothing done."""
    body = answer.body
    assert (answer.status, body["type"], body["success"]) == (status, kind, False), (path, answer.text)
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(body["message"], str)
    assert body["message"]
    assert body["request_id"]
    assert set(body) <= {"success", "type", "message", "request_id", "errors", "errorCode"}
    if field:
        assert field in [error["field"] for error in body["errors"]], (path, answer.text)
        assert all(set(error) == {"field", "message"} and error["message"] for error in body["errors"])
    code = "E011002" if missing else "E011001"
    assert body.get("errorCode") == (code if path.startswith("/login/") else None), (path, answer.text)
    assert CANARY not in answer.text
    assert set(answer.aws_calls) <= {"GetSecretValue"}, path


def contract_of(path: str):
    return handler(matching().find(METHODS[path], path).function).contract


def required(path: str) -> set[str]:
    """Which fields of this body must be there."""
    fields = contract_of(path).body.model_fields.items()
    return {field.alias or name for name, field in fields if field.is_required()}


def send(api, path: str, **more):
    return api.request(METHODS[path], path, **more)


def event_of(path: str, body: str, *, encoded: bool, content_type: str = "application/json") -> dict:
    """The event of a request whose body the gateway passes on like this."""
    match, headers = matching().find(METHODS[path], path), {"content-type": content_type}
    route_key, parameters = f"{METHODS[path]} {match.route.path}", match.path_parameters
    event = events.http_event(METHODS[path], path, route_key=route_key, path_parameters=parameters, headers=headers, source_ip="192.0.2.1")
    return event | {"body": body, "isBase64Encoded": encoded}


def response_to(api, event: dict) -> tuple[int, dict]:
    answer = api.invoke(matching().find(METHODS[event["rawPath"]], event["rawPath"]).function, event)
    return answer["statusCode"], json.loads(answer["body"])


def test_every_endpoint_that_takes_a_body_is_here(api):
    assert set(METHODS) == set(BODIES) | OTHERS


@pytest.mark.parametrize("path", list(BODIES))
def test_the_bodies_that_are_spoilt_here_are_good_ones(api, path):
    assert send(api, path, **BODIES[path]).status in TAKEN


# ── bodies ──

NO_OBJECTS = {
    "nothing": b"",
    "spaces": b"  \n ",
    "null": b"null",
    "an array": b"[]",
    "an array of bodies": json.dumps([{"phone": NUMBER}]).encode(),
    "text": b'"kanarienvogel"',
    "a number": b"7",
    "true": b"true",
    "a word": b"kanarienvogel",
    "half": b'{"phone": "kanarienvogel',
    "two": b'{"phone": "kanarienvogel"} {}',
    "a comma too many": b'{"phone": "kanarienvogel",}',
    "single quotes": b"{'phone': 'kanarienvogel'}",
    "no quotes": b"{phone: 1}",
    "a comment": b'{"phone": "kanarienvogel"} // comment',
    "a form": b"phone=kanarienvogel&code=123456",
    "markup": b"<phone>kanarienvogel</phone>",
    "UTF-16": '{"phone": "kanarienvogel"}'.encode("utf-16"),
    "a raw NUL": b'{"phone": "kanarien\x00vogel"}',
    "a raw line end": b'{"phone": "kanarien\nvogel"}',
    "a lone surrogate": b'{"phone": "kanarien\\ud800vogel"}',
    "a lone low surrogate": b'{"phone": "kanarien\\udc00vogel"}',
    "half an escape": b'{"phone": "kanarien\\u12"}',
    "deep arrays": b"[" * 5_000,
    "deep arrays that close": b"[" * 5_000 + b"]" * 5_000,
    "deep objects": b'{"a":' * 1_600 + b"1" + b"}" * 1_600,
    "a deep unknown member": b'{"x":' + b"[" * 4_000 + b"]" * 4_000 + b"}",
    "a number without end": b'{"phone": 1e}',
}


@pytest.mark.parametrize("raw", list(NO_OBJECTS.values()), ids=NO_OBJECTS)
def test_a_body_that_is_no_json_object_is_refused_by_every_endpoint(api, raw):
    for path in BODIES if raw else BODIES.keys() - BODILESS:
        assert_refused(send(api, path, raw=raw), path)


@pytest.mark.parametrize("letter", ["a", "é", "😀"])
def test_a_body_over_10_kb_is_too_large(api, letter):
    for path, body in BODIES.items():
        room = 10 * 1024 - len(json.dumps(body | {"padding": ""}).encode())
        padding = letter * (room // len(letter.encode()) + 1)
        assert_refused(
            send(api, path, raw=json.dumps(body | {"padding": padding}, ensure_ascii=False).encode()), path, status=413, kind="too_large"
        )


def test_a_body_of_10_kb_is_accepted(api):
    for path, body in BODIES.items():
        room = 10 * 1024 - len(json.dumps(body | {"padding": ""}).encode())
        assert send(api, path, **body, padding="a" * room).status in TAKEN


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/vnd.api+json",
        "application/jsonp",
        "json",
        "application/json, text/plain",
    ],
)
def test_another_content_type_is_not_supported(api, content_type):
    for path, body in BODIES.items():
        answer = send(api, path, headers={"content-type": content_type}, **body)
        assert_refused(answer, path, status=415, kind="unsupported_media_type", field=None)


@pytest.mark.parametrize(
    "content_type", ["application/json", "APPLICATION/JSON", "application/json; charset=utf-8", " application/json ;charset=UTF-8"]
)
def test_json_is_accepted_however_its_type_is_spelled(api, content_type):
    assert api.post(f"{LOGIN}/request-otp", headers={"content-type": content_type}, phone=new_number()).status == 200


def test_a_body_in_base64_is_the_same_body(api):
    body = json.dumps({"phone": new_number()}).encode()

    status, response = response_to(api, event_of("/login/mobile/send", base64.b64encode(body).decode(), encoded=True))

    assert (status, response["success"]) == (200, True)


NO_BASE64 = {
    "no base64": "{}",
    "cut": "e30",
    "a letter too many": "e30=e",
    "with line ends": "e3\n0=",
    "URL-safe": "eyJhIjoi__79In0=",
    "not ASCII": "é" * 8,
    "a lone surrogate": "\ud800",
    "binary": base64.b64encode(bytes(range(256))).decode(),
    "text that is no JSON": base64.b64encode(CANARY.encode()).decode(),
    "JSON with bytes that are no UTF-8": base64.b64encode(b'{"phone": "\xff\xfe"}').decode(),
    "nothing": "",
}


@pytest.mark.parametrize("text", list(NO_BASE64.values()), ids=NO_BASE64)
def test_a_body_in_bad_base64_is_refused(api, text):
    for path in BODIES if text else BODIES.keys() - BODILESS:
        status, response = response_to(api, event_of(path, text, encoded=True))
        assert (status, response["type"], response["errors"][0]["field"]) == (400, "bad_request", "body")
        assert CANARY not in json.dumps(response)


def test_a_body_in_base64_is_measured_as_it_was_sent(api):
    body = json.dumps({"phone": "+1 212", "padding": "a" * 10_240}).encode()

    status, response = response_to(api, event_of("/login/mobile/send", base64.b64encode(body).decode(), encoded=True))

    assert (status, response["type"]) == (413, "too_large")


@pytest.mark.parametrize("text", ["\ud800", '{"phone": "\udfff"}'])
def test_invalid_characters_are_refused(api, text):
    for path in BODIES:
        status, response = response_to(api, event_of(path, text, encoded=False))
        assert (status, response["type"]) == (400, "bad_request")


def test_bytes_that_are_no_utf_8_are_refused(api):
    for path, body in BODIES.items():
        for name, value in body.items():
            if isinstance(value, str):
                spoilt = json.dumps(body | {name: "*"}).encode().replace(b'"*"', json.dumps(value).encode()[:-1] + b'\xff"')
                answer = send(api, path, raw=spoilt)
                assert_refused(answer, path)
                assert answer["message"] == "The body must be UTF-8"


def test_the_replacement_character_may_be_escaped(api):
    assert api.post("/login/mobile/send", raw=json.dumps({"phone": new_number(), "more": "\ufffd"}).encode()).status == 200


# ── no body ──

BODILESS = {
    "/store/customers",
    "/store/customers/me/contact",
    f"{DELETION}/request",
    f"{DELETION}/cancel-request",
    "/auth/customer/emailpass/reset-password",
}


def test_a_post_whose_body_has_no_required_member_may_come_without_one_and_without_a_content_type(api):
    assert {path for path in BODIES if METHODS[path] == "POST" and not required(path)} == BODILESS
    for path in BODILESS:
        without = send(api, path, raw=b"", headers={"content-type": None})
        empty = send(api, path)

        assert (without.status, without.shape) == (empty.status, empty.shape), path
        assert without["type"] != "unsupported_media_type"


def test_where_a_member_is_required_a_missing_body_is_an_error(api):
    for path in BODIES.keys() - BODILESS:
        assert_refused(
            send(api, path, raw=b"", headers={"content-type": None}), path, status=415, kind="unsupported_media_type", field=None
        )


def test_a_deletion_can_be_requested_without_a_body(customer):
    assert customer.api.post(f"{DELETION}/request", raw=b"", headers=customer.bearer() | {"content-type": None}).status == 200


def test_a_customer_can_be_created_without_a_body(ada):
    token = ada.register()["token"]
    headers = {"authorization": f"Bearer {token}", "content-type": None}

    assert ada.api.post("/store/customers", raw=b"", headers=headers).status == 201


def test_a_reset_can_be_requested_by_the_query_string_alone(ada):
    response = ada.api.post("/auth/customer/emailpass/reset-password", raw=b"", headers={"content-type": None}, query=f"email={ada.email}")

    assert (response.status, response.body) == (200, {})


# ── fields ──

_NOTHING = object()


@pytest.mark.parametrize("value", [_NOTHING, None, ""], ids=["missing", "null", "empty"])
def test_a_missing_required_field_is_refused_with_the_sign_in_api_s_message(api, value):
    for path, body in BODIES.items():
        for field in required(path):
            spoilt = {name: each for name, each in body.items() if name != field} | ({} if value is _NOTHING else {field: value})
            answer = send(api, path, **spoilt)

            assert_refused(answer, path, field=field, missing=True)
            assert answer["message"] == REQUIRED[field]
            assert answer["errors"] == [{"field": field, "message": "is required"}]


def test_all_missing_fields_are_named_at_once(api):
    for path in filter(required, BODIES):
        answer = send(api, path)

        assert_refused(answer, path, field=None, missing=True)
        assert {error["field"] for error in answer["errors"]} == required(path)
        assert answer["message"] in REQUIRED.values()


def test_a_missing_field_takes_precedence_over_an_invalid_one(api):
    answer = api.post("/login/mobile/verify", phone=CANARY)

    assert_refused(answer, "/login/mobile/verify", field="phone", missing=True)
    assert {error["field"] for error in answer["errors"]} == {"phone", "code"}


def parsed(path: str, members: dict):
    """The body as the endpoint gets it."""
    return request.parse_body(request.Request(event_of(path, json.dumps(members), encoded=False)), contract_of(path).body)


@pytest.mark.parametrize("empty", ["", "  ", "\u200b", "\t\u00a0\r\n"], ids=["empty", "spaces", "unseen", "tab and line end"])
@pytest.mark.parametrize("path", list(BODIES))
def test_an_empty_optional_field_counts_as_absent(engine, path, empty):
    fields = contract_of(path).body.model_fields.items()
    needed = {name: value for name, value in BODIES[path].items() if name in required(path)}
    optional = {field.alias or name for name, field in fields if not field.is_required()}
    filled = dict.fromkeys(optional - ({"old_password"} if empty else set()), empty)

    model = parsed(path, needed | filled)

    assert model == parsed(path, needed)
    assert not model.model_fields_set & set(filled)


def test_spaces_are_a_part_of_a_password(engine):
    body = {"new_password": PASSWORD, "confirm_password": PASSWORD}

    assert parsed("/store/customers/change-password", body | {"old_password": " " * 8}).old_password == " " * 8


def test_an_empty_address_beside_another_counts_as_absent(api):
    who = {"email": EMAIL, "phone": "", "email_or_phone": " "}

    assert api.post("/auth/customer/emailpass", **who, password=PASSWORD).status in TAKEN
    assert api.post(f"{DELETION}/cancel-request", **who).status in TAKEN


OTHER_TYPES = {
    "a number": 7,
    "a code's number": 123456,
    "a fraction": 1.5,
    "an endless number": 10**400,
    "true": True,
    "false": False,
    "an array": [],
    "an array of text": [CANARY],
    "an object": {},
    "an object of text": {"a": CANARY},
}


@pytest.mark.parametrize("value", list(OTHER_TYPES.values()), ids=OTHER_TYPES)
def test_a_field_of_another_type_is_refused_by_name(api, value):
    for path, field in TEXTS:
        answer = send(api, path, **BODIES[path] | {field: value})

        assert_refused(answer, path, field=field)
        assert [error["field"] for error in answer["errors"]] == [field]


@pytest.mark.parametrize("value", ["true", CANARY, 1, 0, None, [], {}], ids=str)
def test_everywhere_is_true_or_false(api, value):
    answer = api.post("/login/logout", refreshToken="token", everywhere=value)

    assert_refused(answer, "/login/logout", field="everywhere")
    assert answer["message"] == "Everywhere must be true or false"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\x85", "\r\n"], ids=ascii)
def test_control_characters_are_refused_in_every_text(api, character):
    for path, field in TEXTS:
        if field != "reason" or character != "\r\n":  # a reason may have several lines
            assert_refused(send(api, path, **BODIES[path] | {field: f"{CANARY}{character}{CANARY}"}), path, field=field)


def test_a_text_of_endless_length_is_refused(api):
    for path, field in TEXTS:
        assert_refused(send(api, path, **BODIES[path] | {field: CANARY * 700}), path, field=field)


def test_optional_fields_may_be_null(api):
    for path, body in BODIES.items():
        needed = required(path) | {"everywhere"} | ({"code"} if path.endswith("/cancel-confirm") else set())
        if "emailpass" in path or path.endswith(("/me/contact", "/cancel-request")):
            needed.add("email")
        assert send(api, path, **body | {field: None for field in body if field not in needed}).status in TAKEN


def test_a_member_that_is_sent_twice_counts_once(api, inbox):
    number, other = new_number(), new_number()

    answer = api.post("/login/mobile/send", raw=f'{{"phone": "{other}", "phone": "{number}"}}'.encode())

    assert answer.status == 200
    assert [len(inbox.of(other)), len(inbox.of(number))] in ([0, 1], [1, 0])


def test_unknown_members_are_ignored(api):
    assert api.post("/login/mobile/send", phone=new_number(), admin=True, constructor={}, __proto__={"x": 1}).status == 200


@pytest.mark.parametrize("name", ["a" * 101, 7, ["Ada"], "Ada\x00"], ids=["too long", "number", "array", "NUL"])
def test_an_invalid_name_is_refused_before_the_code_is_compared(api, name):
    for field in ("first_name", "last_name"):
        path = f"{REGISTER}/verify-otp"
        assert_refused(send(api, path, phone=NUMBER, code=CODE, **{field: name}), path, field=field)


@pytest.mark.parametrize(
    "code", ["kanarienvogel", "k9!", "0" * 64, "'; DROP TABLE codes; --", "${jndi:ldap://x}", "𝟏𝟐𝟑𝟒𝟓𝟔", "²³", "ﷺ" * 20, "½", "١٢٣"]
)
def test_any_text_is_accepted_as_a_code_and_is_wrong(api, code):
    answer = api.post(f"{LOGIN}/verify-otp", phone=NUMBER, code=code)

    assert (answer.status, answer["type"]) == (401, "wrong_proof")
    assert code not in answer.text


# ── phones ──

BAD_PHONES = {
    "letters": CANARY,
    "a vanity number": "1-212-KANARIENVOGEL",
    "an extension": "+12125550123x4",
    "another URI": "sms:+12125550123",
    "too short": "+1212555",
    "too long": "+121255501234",
    "40 digits": "+1" + "2" * 40,
    "another script": "+१२१२५५५०१२३",
    "superscripts": "+¹²¹²⁵⁵⁵⁰¹²³",
    "no such country": "+999123456789",
    "not allowed: Canada": "+16135550123",
    "not allowed: Türkiye": "+905012345678",
    "not allowed: Iran": "+989123456789",
    "fixed line of another region": "+442079460000",
    "premium rate": "+19002345678",
    "toll-free": "+18002345678",
    "personal": "+15002345678",
    "an email": f"{CANARY}@example.com",
    "markup": "<script>+12125550123</script>",
    "blank": "   ",
    "two numbers": "+12125550123 +12125550124",
}


@pytest.mark.parametrize("number", list(BAD_PHONES.values()), ids=BAD_PHONES)
def test_a_bad_phone_number_is_refused_and_not_repeated(api, number):
    for path, body in BODIES.items():
        if "phone" in body:
            answer = send(api, path, **body | {"phone": number})

            assert_refused(answer, path, field="phone")
            assert answer["message"].startswith("Phone number must be ")
            assert number.strip() == "" or number not in answer.text


# ── emails ──

BAD_EMAILS = {
    "no at": CANARY,
    "a header": f"{CANARY}@example.com\r\nBcc: eve@example.com",
    "an encoded header": f"{CANARY}@example.com%0d%0aBcc:eve@example.com",
    "a header in Unicode line ends": f"{CANARY}@example.com\u2028Bcc:eve@example.com",
    "two addresses": f"{CANARY}@example.com,eve@example.com",
    "a name": f"Ada <{CANARY}@example.com>",
    "a quoted local part": f'"{CANARY}"@example.com',
    "a comment": f"{CANARY}(x)@example.com",
    "300 characters": f"{CANARY}@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 50}.com",
    "a local part of 65": f"{CANARY:x<65}@example.com",
    "a local part that NFKC changes": f"{CANARY}ﬁ@example.com",
    "a full-width local part": "ｋａｎａｒｉｅｎｖｏｇｅｌ@example.com",
    "a host": f"{CANARY}@localhost",
    "an address literal": f"{CANARY}@[127.0.0.1]",
    "an IP address": f"{CANARY}@127.0.0.1",
    "a letter that is not ASCII": f"{CANARY}é@example.com",
    "a letter that looks like one of ASCII": f"{CANARY}а@example.com",
    "an empty label": f"{CANARY}@example..com",
    "a broken A-label": f"{CANARY}@xn--zzzzzzzz99.example",
    "blank": "   ",
    "a phone number": "+12125550123",
}


@pytest.mark.parametrize("email", list(BAD_EMAILS.values()), ids=BAD_EMAILS)
def test_a_bad_email_is_refused_and_not_repeated(api, email):
    for path in ("/login/email/send", "/login/email/verify"):
        answer = send(api, path, **BODIES[path] | {"email": email})

        assert_refused(answer, path, field="email")
        assert answer["message"].startswith("Email must ")
        assert email.strip() == "" or email not in answer.text


# ── anything at all ──

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=10), children, max_size=4),
    max_leaves=10,
)
_SPOILT = st.fixed_dictionaries(
    {},
    optional={
        name: _JSON | st.sampled_from([NUMBER, EMAIL, CODE, CHALLENGE, "tr"])
        for name in ("phone", "email", "code", "challenge", "device", "locale", "first_name", "sessionToken", "refreshToken", "everywhere")
    },
)
_BODIES = st.one_of(
    st.binary(max_size=200),
    _JSON.map(lambda value: json.dumps(value).encode()),
    _SPOILT.map(lambda value: json.dumps(value).encode()),
    _SPOILT.map(lambda value: json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")),
)
_HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "accept-language": st.text(max_size=30) | st.just("tr" * 6_000),
        "idempotency-key": st.text(max_size=70),
        "authorization": st.text(max_size=30),
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(list(BODIES)), raw=_BODIES, headers=_HEADERS)
@example(path="/login/refresh", raw=b'{"refreshToken": "a.b.99999999999.0.\\u00e9.x"}', headers={})
@example(path="/login/refresh", raw=b'{"refreshToken": "cus_a.ses_b.\\u0661.0.c.d"}', headers={})
@example(path="/login/validate", raw=b'{"sessionToken": "e30.e30."}', headers={})
@example(path="/login/validate", raw=b'{"sessionToken": "\\u0661.\\u0662.\\u0663"}', headers={})
def test_no_body_is_answered_with_a_5xx(api, path, raw, headers):
    answer = send(api, path, raw=raw, headers=headers)

    assert answer.status in {200, 400, 401, 404, 413, 415, 429}, answer.text
    if answer.status >= 400:
        assert answer["success"] is False
        assert answer["message"]
        assert answer["request_id"]
        assert set(answer.body) <= {"success", "type", "message", "request_id", "errors", "errorCode"}
    if answer.status == 429:
        assert answer.retry_after > 0

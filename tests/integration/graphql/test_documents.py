"""What a request may be: GraphQL over HTTP, the bounds of a document, and messages that repeat nothing."""

import hashlib
import json
import re

import pytest
from graphql import get_introspection_query

from customer_auth.graphql_api import documents
from tests.harness.graphql_clients import CUSTOMER, ME, SEND, STATUS, TOKEN, VERIFY
from tests.harness.people import PASSWORD

CANARY = "kanarienvogel"
JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
TYPENAME = "{ __typename }"


def messages(answer) -> list[str]:
    """Of a response that has errors and no data."""
    assert list(answer.body) == ["errors"], answer.text
    assert all(set(each) <= {"message", "locations", "extensions"} for each in answer["errors"])
    return [each["message"] for each in answer["errors"]]


def refused(answer, message: str, *, status: int = 400) -> bool:
    assert not set(answer.aws_calls) & {"UpdateItem", "TransactWriteItems", "PutItem"}
    return (answer.status, messages(answer)) == (status, [message])


# ── requests ──


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "The body must be JSON"),
        (b"{", "The body must be JSON"),
        (b"null", "The body must be a JSON object"),
        (b'"{ __typename }"', "The body must be a JSON object"),
        (b"[]", "The body must be a JSON object"),
        (json.dumps([{"query": TYPENAME}]).encode(), "The body must be a JSON object"),
        (b"[" * 5_000, "The body must be JSON"),
        (b"{}", "query is required"),
        (b'{"query": null}', "query is required"),
        (b'{"query": " "}', "query is required"),
        (b'{"query": 7}', "query must be text"),
        (b'{"query": {}}', "query must be text"),
        (b'{"query": "\\ud800"}', "query must be UTF-8"),
        (b'{"query": "{ __typename }", "operationName": 7}', "operationName must be text"),
        (b'{"query": "{ __typename }", "variables": []}', "variables must be an object"),
        (b'{"query": "{ __typename }", "variables": "kanarienvogel"}', "variables must be an object"),
        (b'{"query": "{ __typename }", "extensions": 7}', "extensions must be an object"),
        (b'{"query": "\xff"}', "The body must be UTF-8"),
    ],
)
def test_what_is_no_graphql_request_is_a_400_in_both_kinds_of_json(guest, raw, message):
    answers = [guest.send(raw, headers={"accept": kind}) for kind in (GRAPHQL_JSON, JSON)]

    assert [(answer.status, [each["message"] for each in answer["errors"]]) for answer in answers] == [(400, [message])] * 2
    assert CANARY not in "".join(answer.text for answer in answers)


def test_nulls_and_empty_texts_are_as_absent(guest):
    for more in ({"operationName": None}, {"operationName": ""}, {"variables": None}, {"variables": {}}, {"extensions": None}):
        assert guest.send(json.dumps({"query": TYPENAME} | more).encode()).body == {"data": {"__typename": "Query"}}


def test_a_body_over_10_kb_is_too_large(guest):
    answer = guest.send(json.dumps({"query": TYPENAME, "extensions": {"padding": "a" * 10_240}}).encode())

    assert refused_as(answer, 413, "too_large")


def refused_as(answer, status: int, kind: str) -> bool:
    [error] = answer["errors"]
    return (answer.status, error["extensions"]["type"], list(answer.body)) == (status, kind, ["errors"])


@pytest.mark.parametrize("content_type", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_content_type_that_a_page_of_another_site_can_send_is_refused(guest, content_type):
    answer = guest.post(SEND, input={"phone_number": guest.number}, headers={"content-type": content_type})

    assert refused_as(answer, 415, "unsupported_media_type")
    assert not guest.inbox.of(guest.number)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, GRAPHQL_JSON),
        ("", GRAPHQL_JSON),
        ("*/*", GRAPHQL_JSON),
        ("application/*", GRAPHQL_JSON),
        (JSON, JSON),
        (f"{JSON}; charset=utf-8", JSON),
        (GRAPHQL_JSON, GRAPHQL_JSON),
        (f"{JSON}, {GRAPHQL_JSON}", GRAPHQL_JSON),
        (f"{GRAPHQL_JSON};q=0.4, {JSON};q=0.5", JSON),
        (f"{GRAPHQL_JSON}; charset=utf-8, {JSON}; q=0.9", GRAPHQL_JSON),
        (f"text/html, {JSON};q=0.1", JSON),
        (f"{GRAPHQL_JSON};q=0, */*", JSON),
    ],
)
def test_the_kind_of_json_is_the_one_that_the_client_prefers(guest, accept, kind):
    answer = guest.post(TYPENAME, headers={"accept": accept})

    assert (answer.status, answer.headers["content-type"]) == (200, kind)


@pytest.mark.parametrize("accept", ["text/html", "text/*", "application/xml, image/*", "*/*;q=0", f"{JSON};q=0"])
def test_a_client_that_accepts_no_json_is_told_so_and_nothing_is_run(guest, accept):
    answer = guest.post(SEND, input={"phone_number": guest.number}, headers={"accept": accept})

    assert refused_as(answer, 406, "not_acceptable")
    assert not guest.inbox.of(guest.number)


@pytest.mark.parametrize("document", ["{", "{ nothing }", "query A { __typename } query B { __typename }", SEND])
def test_a_wrong_document_is_400_in_the_new_kind_of_json_and_200_in_the_old(guest, document):
    answers = [guest.post(document, headers={"accept": kind}) for kind in (GRAPHQL_JSON, JSON)]

    assert [answer.status for answer in answers] == [400, 200]
    assert messages(answers[0]) == messages(answers[1])


# ── GET ──


def test_a_query_may_come_by_get_with_its_variables_and_its_name(guest):
    guest.ask()
    document = "query A { __typename } query B($no: Boolean!) { phoneOtpStatus { has_pending_otp is_expired @skip(if: $no) } }"

    answer = guest.get(document, operationName="B", variables='{"no": true}')

    assert answer.body == {"data": {"phoneOtpStatus": {"has_pending_otp": True}}}


def test_a_mutation_by_get_is_not_allowed_and_not_run(guest):
    document = f'mutation {{ sendPhoneOtp(input: {{phone_number: "{guest.number}"}}) {{ success }} }}'

    answers = [guest.get(document), guest.get(f"query A {TYPENAME} {document.replace('mutation', 'mutation B')}", operationName="B")]

    assert all(refused_as(answer, 405, "method_not_allowed") for answer in answers)
    assert {answer.headers["allow"] for answer in answers} == {"POST"}
    assert not guest.inbox.of(guest.number)


def test_a_get_that_a_page_of_another_site_could_have_made_is_refused(guest):
    plain = guest.get(TYPENAME, headers={"content-type": None})
    allowed = [
        guest.get(TYPENAME, headers={"content-type": None, name: "x"}) for name in ("x-requested-with", "x-session-id", "authorization")
    ]

    assert refused_as(plain, 415, "unsupported_media_type")
    assert [answer.status for answer in allowed] == [200] * 3


@pytest.mark.parametrize(("name", "text"), [("variables", "{"), ("variables", "7"), ("extensions", "x")])
def test_what_is_no_json_in_a_query_string_is_refused(guest, name, text):
    assert guest.get(TYPENAME, **{name: text}).status == 400


def test_a_query_string_over_10_kb_is_too_large(guest):
    assert refused_as(guest.get("# " + "a" * 10_240), 413, "too_large")


# ── bounds ──


@pytest.mark.parametrize("alias", [True, False])
def test_many_aliases_try_no_code(guest, alias):
    guest.ask()
    tries = " ".join(f'{f"a{i}: " if alias else ""}verifyPhoneOtp(input: {{otp_code: "{i:06}"}}) {{ success }}' for i in range(40))

    assert refused(guest.post(f"mutation {{ {tries} }}"), "A request may have one mutation field")
    assert messages(guest.send(json.dumps({"query": f"mutation {{ {'a:b ' * 1_000} }}"}).encode())) == [
        "Document contains more than 1000 tokens"
    ]
    assert guest.verify()["success"]


def test_a_batch_of_a_thousand_tries_none(guest):
    guest.ask()
    batch = [{"query": VERIFY, "variables": {"input": {"otp_code": f"{i:06}"}}} for i in range(1_000)]

    assert [guest.send(json.dumps(batch[:count]).encode()).status for count in (20, 1_000)] == [400, 413]
    assert guest.verify()["success"]


@pytest.mark.parametrize(
    "document",
    [
        "mutation { ...F ...F } fragment F on Mutation { revokeCustomerToken { result } }",
        "mutation { revokeCustomerToken { result } ... on Mutation { a: revokeCustomerToken { result } } }",
        "mutation { revokeCustomerToken { result } ... { a: revokeCustomerToken { result } } }",
        "mutation { ...F } fragment F on Mutation { ...G } fragment G on Mutation { a: revokeCustomerToken { result } b: x { result } }",
        "mutation { revokeCustomerToken @skip(if: true) { result } a: revokeCustomerToken { result } }",
        "query A { __typename } mutation B { a: revokeCustomerToken { result } b: revokeCustomerToken { result } }",
    ],
)
def test_two_mutations_are_refused_wherever_they_stand(guest, document):
    assert refused(guest.post(document), "A request may have one mutation field")


def test_a_mutation_may_ask_for_its_type_name(guest):
    assert guest.post("mutation { __typename revokeCustomerToken { result } }").status == 200


@pytest.mark.parametrize(("fields", "status"), [(15, 200), (16, 400)])
def test_an_operation_has_15_root_fields_at_most(guest, fields, status):
    aliases = " ".join(f"a{i}: __typename" for i in range(fields - 1))

    assert guest.post(f"{{ {aliases} ...F }} fragment F on Query {{ __typename }}").status == status


def nested(levels: int) -> str:
    return "{ " + "a { " * (levels - 1) + "a" + " }" * levels


@pytest.mark.parametrize(("leaves", "status"), [(149, 200), (150, 400)])
def test_a_document_has_150_fields_at_most(signed_in, leaves, status):
    assert signed_in.post(f"{{ customer {{ {'id ' * leaves} }} }}").status == status


def test_an_operation_is_7_fields_deep_at_most(guest):
    assert "deep" not in messages(guest.post(nested(7)))[0]
    assert messages(guest.post(nested(8))) == ["An operation may be 7 fields deep at most"]
    in_fragments = "{ customer { ...F } } fragment F on Customer { a { b { c { ...G } } } } fragment G on X { d { e { f { g } } } }"
    assert messages(guest.post(in_fragments)) == ["An operation may be 7 fields deep at most"]


@pytest.mark.parametrize("document", [nested(320), "{ a(b: " + "[" * 480 + "]" * 480 + ") }"])
def test_a_document_that_nests_as_deeply_as_its_tokens_allow_is_refused(guest, document):
    assert guest.post(document).status == 400


@pytest.mark.parametrize(
    "document",
    [
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...A } fragment A on Query { ...A }",
        "{ " + "...A " * 300 + "} fragment A on Query { __typename }",
        "{ ...F0 } "
        + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
        + " fragment F60 on Query { __typename }",
        "{ customer { " + "id " * 980 + "} }",
        "{ customer { " + " ".join(f"a{i}: id" for i in range(320)) + " } }",
        "{ customer { ...C } } fragment C on Customer { ...C }",
    ],
)
def test_documents_that_are_made_to_be_expensive_are_answered(guest, document):
    assert guest.post(document).status in (200, 400)


# ── introspection ──


def test_nobody_asks_for_the_schema_unless_a_setting_allows_it(guest, setting):
    query = get_introspection_query(input_value_deprecation=True)
    off = guest.post(query)
    setting(GRAPHQL_INTROSPECTION="true")
    documents.clear_cache()
    on = guest.post(query)

    assert off.status == 400
    assert "introspection" in messages(off)[0].lower()
    assert len(on["data"]["__schema"]["types"]) > 20


def test_similar_names_are_suggested_where_the_schema_may_be_asked_for(guest, setting):
    off = messages(guest.post("{ customr { id } }"))
    setting(GRAPHQL_INTROSPECTION="true")
    on = messages(guest.post("{ customr { id } }"))

    assert "Did you mean" not in off[0]
    assert "Did you mean" in on[0]


def test_the_type_name_may_always_be_asked_for(guest):
    assert guest.post(f"{{ __typename customer {{ __typename {CUSTOMER} }} }}").status == 200


def test_the_schema_is_served_as_text_and_can_be_kept(api):
    answer = api.get("/graphql/schema")

    assert (answer.status, answer.headers["content-type"], answer.aws_calls) == (200, "text/plain", ())
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert re.search(r"^type Mutation \{", answer.text, re.MULTILINE)


# ── messages ──


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (f'mutation {{ sendPhoneOtp(input: "{CANARY}") {{ success }} }}', {}),
        (f'mutation {{ sendPhoneOtp(input: {{phone_number: "{CANARY}", a: "{CANARY}"}}) {{ success }} }}', {}),
        (f'mutation {{ sendPhoneOtp(input: {{phone_number: ["{CANARY}"]}}) {{ success }} }}', {}),
        (f"mutation {{ sendPhoneOtp(input: {{phone_number: {CANARY}}}) {{ success }} }}", {}),
        (f'{{ "{CANARY}" }}', {}),
        (f'{{ a(b: "{CANARY}\n") }}', {}),
        (f'query ($a: Int = "{CANARY}") {{ customer {{ id @skip(if: $a) }} }}', {}),
        (SEND, {"input": CANARY}),
        (SEND, {"input": {"phone_number": [CANARY]}}),
        (SEND, {"input": {"phone_number": "1", CANARY: CANARY}}),
        (SEND, {"input": {"phone_number": {CANARY: CANARY}}}),
        (SEND, {"input": {"phone_number": None, "x": f"{CANARY}"}}),
        (TOKEN, {"email": [CANARY], "password": CANARY}),
        (TOKEN, {"email": CANARY, "password": CANARY}),
        (SEND, {"input": {"phone_number": CANARY}}),
        (VERIFY, {"input": {"otp_code": CANARY}}),
    ],
)
def test_no_message_and_no_line_repeats_a_value(guest, log, document, variables):
    answer = guest.post(document, **variables)

    assert answer.status in (200, 400)
    assert CANARY not in answer.text + log.everything
    assert CANARY.upper() not in answer.text + log.everything


@pytest.mark.parametrize(
    ("document", "variables", "message"),
    [
        ("{", {}, "The document is not GraphQL"),
        ("{ nothing }", {}, "Cannot query field 'nothing' on type 'Query'."),
        (f'mutation {{ sendPhoneOtp(input: "{CANARY}") {{ success }} }}', {}, "A value does not have the type that is expected here"),
        (SEND, {}, "Variable $input does not have the type that is expected"),
        (SEND, {"input": {"phone_number": 7}}, "Variable $input.phone_number does not have the type that is expected"),
        (SEND, {"input": {}}, "phone_number is required"),
        (f"query A {TYPENAME} query B {TYPENAME}", {}, "The document has no such operation; if it has several, one must be named"),
        ("fragment F on Query { __typename }", {}, "Fragment 'F' is never used."),
        ("subscription { a }", {}, "The subscription operation is not supported by the schema."),
    ],
)
def test_a_message_says_what_is_wrong(guest, document, variables, message):
    answer = guest.post(document, **variables)

    assert answer.status == 400
    assert message in messages(answer)


# ── documents that are kept ──


@pytest.fixture
def kept():
    documents.clear_cache()
    yield documents._cache
    documents.clear_cache()


def test_a_document_without_texts_is_parsed_once(guest, kept, monkeypatch):
    for _ in range(2):
        guest.ask()
    monkeypatch.setattr(documents, "parse", None)

    assert guest.post(SEND, input={"phone_number": "x"}).status == 200
    assert len(kept) == 1


@pytest.mark.parametrize(
    "document",
    [
        f'mutation {{ generateCustomerToken(email: "a@example.com", password: "{PASSWORD}") {{ token }} }}',
        'mutation { verifyPhoneOtp(input: {otp_code: """123456"""}) { success } }',
        "{ nothing }",
        "{",
    ],
)
def test_a_document_with_a_text_or_an_error_is_not_kept(guest, kept, document):
    guest.post(document)

    assert not kept


def test_a_hundred_documents_are_kept_the_last_used_ones(guest, kept):
    guest.post(STATUS)
    for number in range(110):
        guest.post(f"{{ a{number}: __typename }}")
        guest.post(STATUS)

    assert len(kept) == documents.MAX_CACHED
    assert hashlib.sha256(STATUS.encode()).digest() in kept
    assert guest.post(ME).status == 200

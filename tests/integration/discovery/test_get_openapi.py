from tests.harness.engines import ON_ONE_ENGINE
from tests.harness.service import routes

pytestmark = ON_ONE_ENGINE


def test_the_document_names_every_route_of_the_template_and_no_other(api):
    answer = api.get("/openapi.json")
    told = {(method.upper(), path) for path, item in answer["paths"].items() for method in item if method != "parameters"}

    assert answer.status == 200
    assert answer["openapi"].startswith("3.1")
    assert told == set(routes())


def test_it_costs_aws_nothing_and_anyone_may_keep_it(api):
    answer = api.get("/openapi.json")

    assert answer.aws_calls == ()
    assert answer.headers["cache-control"].startswith("public, max-age=")

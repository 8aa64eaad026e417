import pytest

from local.routes import Routes
from local.template import Function, Handler, Route


@pytest.fixture
def routes():
    paths = {
        "Any": ("ANY", "/orders/{id}"),
        "One": ("GET", "/orders/{id}"),
        "Mine": ("GET", "/orders/mine"),
        "Lines": ("GET", "/orders/{id}/lines/{line-id}"),
        "Rest": ("GET", "/files/{path+}"),
        "Dotted": ("GET", "/.well-known/jwks.json"),
    }
    return Routes({name: Function(name, None, Handler("m", "h"), 3, 128, (Route(*pair),), {}, None) for name, pair in paths.items()})


@pytest.mark.parametrize(
    ("method", "path", "function", "parameters"),
    [
        ("GET", "/orders/mine", "Mine", {}),
        ("GET", "/orders/7", "One", {"id": "7"}),
        ("DELETE", "/orders/mine", "Any", {"id": "mine"}),
        ("GET", "/orders/%2B1%205", "One", {"id": "+1 5"}),
        ("GET", "/orders/7/lines/8", "Lines", {"id": "7", "line-id": "8"}),
        ("GET", "/files/a/b.txt", "Rest", {"path": "a/b.txt"}),
        ("GET", "/%6Frders/mine", "Mine", {}),
        ("GET", "/.well-known/jwks.json", "Dotted", {}),
    ],
)
def test_the_most_specific_route_answers(routes, method, path, function, parameters):
    match = routes.find(method, path)

    assert (match.function, match.path_parameters) == (function, parameters)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/orders"),
        ("GET", "/orders/"),
        ("GET", "/orders/7/"),
        ("HEAD", "/orders/7/lines/8"),
        ("GET", "/-well-known/jwks.json"),
        ("GET", "/"),
    ],
)
def test_a_path_without_a_route_is_not_found(routes, method, path):
    assert routes.find(method, path) is None

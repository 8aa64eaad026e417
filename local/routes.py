"""Which function handles a path, by the rules of an HTTP API: the most specific route wins, an exact one before `{a}` before `{a+}`."""

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from local.template import Function, Route

ANY = "ANY"
PARAMETER = re.compile(r"\{([^}+]+)\+?\}")


class Match(NamedTuple):
    """A route, its function, and the values of its path parameters."""

    function: str
    route: Route
    path_parameters: dict[str, str]


class Routes:
    """The routes of all functions, by logical id."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        pairs = [(route, name) for name, function in functions.items() for route in function.routes]
        self._routes = [(route, name, _pattern(route.path)) for route, name in sorted(pairs, key=lambda pair: _rank(pair[0]))]

    def find(self, method: str, path: str) -> Match | None:
        """The best route for a path, which is as in the request line."""
        plain = "/".join(unquote(segment).replace("/", "%2F") for segment in path.split("/"))
        for route, name, pattern in self._routes:
            match = pattern.fullmatch(plain) if route.method in {method, ANY} else None
            if match:
                return Match(name, route, dict(zip(PARAMETER.findall(route.path), match.groups(), strict=True)))
        return None


def _rank(route: Route) -> tuple[list[int], bool]:
    segments = route.path.split("/")
    return [2 if each.endswith("+}") else 1 if each.startswith("{") else 0 for each in segments], route.method == ANY


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile("/".join(_segment(segment) for segment in path.split("/")), re.DOTALL)


def _segment(segment: str) -> str:
    if not PARAMETER.fullmatch(segment):
        return re.escape(segment)
    return "(.+)" if segment.endswith("+}") else "([^/]+)"

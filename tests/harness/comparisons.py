"""Comparisons in a source file that leak a secret by their time: `==`, `!=` and `in` with a value whose name is a secret's."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

# A secret, or a value derived from one, has any of these words in its name, unless the name is about one (`ABOUT`).
SECRET = re.compile(
    r"(?:^|_)(?:code|digest|fingerprint|hash|hmac|mac|nonce|otp|password|derivation_key|secret|sig|signature|tag|token)s?(?:_|$)"
)
ABOUT = re.compile(r"_(?:at|charset|count|id|length|minutes|name|seconds|type|version)$")
# Hashes may be compared as they are: they have 128 random bits or more, or are both the table's own. Somebody who learns how much of
# one was right knows no more of the hashed value.
HASH = re.compile(r"(?:^|_)hash$|^sha256$|^hash_of$")
# What leaves a text or bytes the secret that they are.
SPELLINGS = {"bytes", "casefold", "decode", "encode", "hex", "lower", "removeprefix", "removesuffix", "str", "strip", "upper"}


class Comparison(NamedTuple):
    """Where, and what."""

    line: int
    text: str


def leaking(tree: ast.AST) -> list[Comparison]:
    """Those in which a secret stands."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Compare))
    return [Comparison(node.lineno, ast.unparse(node)) for node in nodes if any(_leaks(*pair) for pair in _pairs(node))]


def of_hashes(left: ast.expr, right: ast.expr) -> bool:
    """Whether both sides are hashes."""
    return all(any(HASH.search(name) for name in _names(side)) for side in (left, right))


def in_constant_time(tree: ast.AST) -> Iterator[ast.Call]:
    """Every call of `hmac.compare_digest`, also by a name of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _names(node.func) & {"compare_digest"}:
            yield node


def _pairs(compare: ast.Compare) -> Iterator[tuple[ast.expr, ast.expr]]:
    """The two sides of each comparison that stops at the first difference."""
    sides = [compare.left, *compare.comparators]
    for left, operator, right in zip(sides, compare.ops, sides[1:], strict=False):
        if isinstance(operator, ast.Eq | ast.NotEq):
            yield from zip(_parts(left), _parts(right), strict=False)
        if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, ast.Tuple | ast.List | ast.Set):
            yield from ((left, each) for each in right.elts)


def _parts(side: ast.expr) -> list[ast.expr]:
    return side.elts if isinstance(side, ast.Tuple | ast.List) else [side]


def _leaks(left: ast.expr, right: ast.expr) -> bool:
    if isinstance(left, ast.Constant) or isinstance(right, ast.Constant):
        return False  # what stands in the source is no secret
    if of_hashes(left, right):
        return False
    names = _names(left), _names(right)
    return any(SECRET.search(name) and not ABOUT.search(name) for each in names for name in each)


def _names(node: ast.expr | None) -> set[str]:
    """The names of a value: its own, or that of the secret whose spelling was changed."""
    match node:
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            return _names(one) | _names(other)
        case ast.BoolOp(values=values):
            return {name for each in values for name in _names(each)}
        case ast.Call():
            return _names_of_call(node)
        case ast.Subscript(slice=ast.Constant(value=str(name))) | ast.Name(id=name) | ast.Attribute(attr=name):
            return {name}
        case ast.Subscript(value=value) | ast.NamedExpr(value=value):
            return _names(value)
    return set()


def _names_of_call(call: ast.Call) -> set[str]:
    match call:
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(name)), *_]):
            return {name}
        case ast.Call(func=ast.Attribute(value=value, attr=name)) | ast.Call(func=ast.Name(id=name), args=[value, *_]) if name in SPELLINGS:
            return _names(value)
    return _names(call.func)

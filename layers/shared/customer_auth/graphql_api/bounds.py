"""The bounds of a document, counted before it is validated: validating compares fields with each other, and costs far more.

A field counts as often as the document names it: aliases and fragments multiply nothing for free, and no directive takes a field out.
"""

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from customer_auth.base.errors import BadRequest

MAX_DEPTH = 7
MAX_ROOT_FIELDS = 15
MAX_FIELDS = 150  # of a document; the standard introspection query has 72, and validating compares fields with each other
MAX_MUTATIONS = 1  # each of them sends a message, tries a secret, or creates or ends something
_INTROSPECTION = frozenset({"__schema", "__type"})  # as deep as they are; a rule of the library bounds them
_TYPENAME = "__typename"


def check(document: DocumentNode) -> None:
    """Raises: BadRequest for the first bound that an operation exceeds."""
    if sum(_fields(each) for each in document.definitions) > MAX_FIELDS:
        raise BadRequest(f"A document may have {MAX_FIELDS} fields at most")
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            _Walk(fragments).check(operation)


class _Walk:
    """The fields of one operation. Each fragment is measured once."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._depths: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def check(self, operation: OperationDefinitionNode) -> None:
        is_mutation = operation.operation is OperationType.MUTATION
        if is_mutation and self._count(operation.selection_set, without=_TYPENAME) > MAX_MUTATIONS:
            raise BadRequest("A request may have one mutation field")
        self._counts.clear()
        if self._count(operation.selection_set) > MAX_ROOT_FIELDS:
            raise BadRequest(f"An operation may have {MAX_ROOT_FIELDS} root fields at most")
        if self._depth(operation.selection_set) > MAX_DEPTH:
            raise BadRequest(f"An operation may be {MAX_DEPTH} fields deep at most")

    def _count(self, selection_set: SelectionSetNode, *, without: str = "") -> int:
        """How many fields a selection names, in its fragments too."""
        fields = sum(each.name.value != without for each in selection_set.selections if isinstance(each, FieldNode))
        inline = sum(self._count(each.selection_set, without=without) for each in _inline(selection_set))
        return fields + inline + sum(self._count_spread(name, without) for name in _spreads(selection_set))

    def _count_spread(self, name: str, without: str) -> int:
        if name not in self._counts and name in self._fragments:
            self._counts[name] = 0  # a fragment in itself is refused by validation
            self._counts[name] = self._count(self._fragments[name].selection_set, without=without)
        return self._counts.get(name, 0)

    def _depth(self, selection_set: SelectionSetNode | None) -> int:
        """How many fields lie within each other at most."""
        if selection_set is None:
            return 0
        fields = (each for each in selection_set.selections if isinstance(each, FieldNode) and each.name.value not in _INTROSPECTION)
        depths = [1 + self._depth(each.selection_set) for each in fields]
        depths += [self._depth(each.selection_set) for each in _inline(selection_set)]
        return max([*depths, *map(self._depth_of_spread, _spreads(selection_set))], default=0)

    def _depth_of_spread(self, name: str) -> int:
        if name not in self._depths and name in self._fragments:
            self._depths[name] = 0
            self._depths[name] = self._depth(self._fragments[name].selection_set)
        return self._depths.get(name, 0)


def _fields(node: Node) -> int:
    """How many fields are written in a part of a document."""
    selection_set = getattr(node, "selection_set", None)
    return isinstance(node, FieldNode) + sum(map(_fields, selection_set.selections if selection_set else ()))


def _inline(selection_set: SelectionSetNode) -> Iterator[InlineFragmentNode]:
    return (each for each in selection_set.selections if isinstance(each, InlineFragmentNode))


def _spreads(selection_set: SelectionSetNode) -> Iterator[str]:
    return (each.name.value for each in selection_set.selections if isinstance(each, FragmentSpreadNode))

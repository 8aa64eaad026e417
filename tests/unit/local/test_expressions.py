"""Update expressions are worked on as moto itself does."""

import copy
import pickle
from types import SimpleNamespace

import pytest
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.dynamodb.parsing.validators import UpdateExpressionValidator

from local import expressions

TABLE = SimpleNamespace(table_key_attrs=["pk"], attr=[{"AttributeName": "pk", "AttributeType": "S"}], attribute_keys=["pk"])
NAMES = {"#n": "name", "#w": "window"}
VALUES = {":s": {"S": "Ada"}, ":n": {"N": "5"}, ":set": {"SS": ["a"]}, ":l": {"L": [{"N": "1"}]}}
TEXTS = [
    "SET #n = :s",
    "SET #n = :s, counted = counted + :n, another = if_not_exists(another, :n) - :n",
    "SET #w.slot0 = :n, #w.nested.slot1 = :s REMOVE #w.slot2",
    "SET listed = list_append(listed, :l), listed[0] = :n",
    "REMOVE listed[0], listed[1], #n",
    "ADD counted :n DELETE marks :set",
    "SET copied = #w ADD marks :set",
]


@pytest.fixture(autouse=True)
def installed():
    expressions.install()


def item() -> Item:
    window = {"M": {"slot0": {"N": "1"}, "slot2": {"N": "2"}, "nested": {"M": {}}}}
    stored = {"counted": {"N": "3"}, "listed": {"L": [{"N": "7"}, {"N": "8"}]}, "marks": {"SS": ["a", "b"]}, "window": window}
    return Item(DynamoType({"S": "key"}), None, attrs=stored)


def validator(text: str) -> UpdateExpressionValidator:
    parsed = UpdateExpressionParser.make(text)
    return UpdateExpressionValidator(parsed, NAMES, VALUES, item(), TABLE)


def tree(node):
    """All that a node says, and whether each child knows its parent."""
    if not isinstance(node, Node):
        return node.to_json() if isinstance(node, DynamoType) else node
    return type(node).__name__, node.type, [(tree(each), getattr(each, "parent", node) is node) for each in node.children or []]


def by_moto(text: str):
    expected = validator(text)
    expected.node_to_validate = pickle.loads(pickle.dumps(UpdateExpressionParser.make(text)))  # noqa: S301 (our own)
    node = expected.node_to_validate
    for processor in expected.processors:
        node = DepthFirstTraverser.traverse_node_recursively(processor, node)
    return tree(node)


@pytest.mark.parametrize("text", TEXTS)
def test_the_tree_is_the_one_that_moto_makes(text):
    assert tree(validator(text).validate()) == by_moto(text)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_parsed_stays_as_it_is_and_serves_the_next_request(text):
    before = tree(UpdateExpressionParser.make(text))
    first = tree(validator(text).validate())

    assert tree(UpdateExpressionParser.make(text)) == before
    assert tree(validator(text).validate()) == first


def test_a_copy_has_the_same_tree_and_shares_no_node():
    parsed = UpdateExpressionParser.make(TEXTS[1])
    copied = copy.deepcopy(parsed)

    def nodes(node):
        return {id(node)}.union(*(nodes(child) for child in node.children if isinstance(child, Node)))

    assert tree(copied) == tree(parsed)
    assert not nodes(copied) & nodes(parsed)

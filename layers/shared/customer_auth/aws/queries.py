"""Queries of DynamoDB: the items of one partition, and the pages of an index."""

from collections.abc import Iterator, Sequence
from typing import Any

from customer_auth import aws
from customer_auth.aws.attribute_values import marshal, marshal_item, unmarshal_item
from customer_auth.aws.dynamodb import Item


def partition(table: str, pk: str) -> list[Item]:
    """All items with this partition key in the order of their sort keys, by a consistent read. Raises: aws.Failed."""
    return [item for page in partition_pages(table, pk) for item in page]


def partition_pages(
    table: str, pk: str, *, names: Sequence[str] = (), limit: int | None = None, between: tuple[str, str] | None = None
) -> Iterator[list[Item]]:
    """The items of `partition` a page at a time, so that only one page is in memory. Raises: aws.Failed.

    `names` restricts the items to these attributes, `limit` a page to this many items, `between` the sort keys to a range.
    """
    parameters: dict[str, Any] = {
        "KeyConditionExpression": "#pk = :pk",
        "ExpressionAttributeNames": {"#pk": "pk"} | {f"#{name}": name for name in names},
        "ExpressionAttributeValues": {":pk": {"S": pk}},
    }
    parameters |= {"ProjectionExpression": ", ".join(f"#{name}" for name in names)} if names else {}
    parameters |= {"Limit": limit} if limit else {}
    if between:
        parameters["KeyConditionExpression"] += " AND #sk BETWEEN :first AND :last"
        parameters["ExpressionAttributeNames"] |= {"#sk": "sk"}
        parameters["ExpressionAttributeValues"] |= {":first": {"S": between[0]}, ":last": {"S": between[1]}}
    while True:
        response = aws.call("dynamodb", "Query", TableName=table, ConsistentRead=True, **parameters)
        yield [*map(unmarshal_item, response["Items"])]
        if "LastEvaluatedKey" not in response:
            return
        parameters["ExclusiveStartKey"] = response["LastEvaluatedKey"]


def index_page(
    table: str,
    index: str,
    key: Item,
    *,
    limit: int | None,
    start: Item | None = None,
    ascending: bool = False,
    until: tuple[str, int] | None = None,
    beyond: tuple[str, str] | None = None,
) -> tuple[list[Item], Item | None]:
    """A page of the items of an index with this partition key, and the `start` of the next page, if there is one.

    The newest items come first, or with `ascending` the oldest. `until` names the sort key and the last value that is included, `beyond`
    the sort key and the value after which the items begin. An index may lag behind its table for a moment. Raises: aws.Failed.
    """
    parameters = _index_condition(key, until, beyond, ">" if ascending else "<")
    if limit:
        parameters["Limit"] = limit
    if start:
        parameters["ExclusiveStartKey"] = marshal_item(start)
    response = aws.call("dynamodb", "Query", TableName=table, IndexName=index, ScanIndexForward=ascending, **parameters)
    last = response.get("LastEvaluatedKey")
    return [*map(unmarshal_item, response["Items"])], unmarshal_item(last) if last else None


def _index_condition(key: Item, until: tuple[str, int] | None, beyond: tuple[str, str] | None, is_beyond: str) -> dict[str, Any]:
    [(name, value)] = key.items()
    names, values, condition = {"#key": name}, {":key": marshal(value)}, "#key = :key"
    for bound, operator in ((until, "<="), (beyond, is_beyond)):
        if bound:
            names["#sort"], values[":sort"] = bound[0], marshal(bound[1])
            condition += f" AND #sort {operator} :sort"
    return {"KeyConditionExpression": condition, "ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
